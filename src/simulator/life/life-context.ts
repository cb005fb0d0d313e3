/** What every state machine of a world works on. */
import type { Ids } from '../seed/ids.ts';
import type { Random } from '../seed/random.ts';
import type { Store } from '../store/store.ts';
import type { Timeline } from './timeline.ts';

export interface LifeContext {
  readonly store: Store;
  readonly timeline: Timeline;
  readonly ids: Ids;
  /** Fork it by an id: what happens to an entity then does not depend on what happened before. */
  readonly random: Random;
}
