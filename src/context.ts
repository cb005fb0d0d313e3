/** `Context`: the one object a resolver sees, made anew for every operation, and for every event of a subscription. */
import type { Following } from './live/following.ts';
import type { Loaders } from './loaders/loaders.ts';

export interface Context {
  /** Everything a resolver may read, each thing once per operation. */
  readonly loaders: Loaders;
  /** Everything a resolver may follow. */
  readonly live: Following;
}
