/** `Context`: the one object a resolver sees, made anew for every operation, and for every event of a subscription. */
import type { Control } from './control/control.ts';
import type { Following } from './live/following.ts';
import type { FilteredLoaders } from './loaders/filter-lists.ts';
import type { Scope } from './security/scopes.ts';

export type { Scope } from './security/scopes.ts';

export interface Context {
  /** Whether the caller may do what the scope stands for. Fields declare theirs; this is for what depends on more. */
  permits(scope: Scope): boolean;
  /** Everything a resolver may read, each thing once per operation. */
  readonly loaders: FilteredLoaders;
  /**
   * Begins, beside the look-up of an entity, to read what else is known to be needed of it; once for each id, and without
   * counting as something that a field has asked for. What was read is taken from `loaders`, and so is its failure.
   */
  startAhead(id: string, start: (loaders: FilteredLoaders) => void): void;
  /** Everything a resolver may change. After a change, `loaders` remember nothing from before it. */
  readonly control: Control;
  /** Learns that this mutation was refused to the caller before anything was done. */
  noteRefusal(mutation: string, subject: unknown): void;
  /** Everything a resolver may follow. */
  readonly live: Following;
}
