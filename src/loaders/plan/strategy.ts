/** `Strategy`: the ways in which a list may answer look-ups by id, and one batch guess by one of them. */

/** What is known of a thing that is looked up, beside its id. */
export interface Hint {
  /** A list that holds it: that of the benchmark of a scenario, or of the benchmark run of a scenario run. */
  readonly within?: string | null | undefined;
  /** When it came to be, roughly, as Unix time in milliseconds. */
  readonly atMs?: number | null | undefined;
  /** Things with an equal name here came to be about the same time. */
  readonly near?: string | null | undefined;
}

export interface Wanted {
  readonly id: string;
  readonly hint?: Hint | undefined;
}

/**
 * How a list may answer look-ups by id:
 * - `within`: the list of what belongs to one thing;
 * - `newest`: the start of the list of everything;
 * - `seek`: the list of everything, newest first, from the newest wanted thing on: what came to be with it follows it;
 * - `as-given`: the same when nothing says which is the newest: ids are mostly given in the order of a list.
 */
export type Strategy = 'within' | 'newest' | 'seek' | 'as-given';

/** A list call, and the ids that are hoped to be among its rows. */
export type BatchGuess = { readonly ids: readonly string[]; readonly limit: number } & (
  | { readonly strategy: 'within'; readonly of: string }
  | { readonly strategy: 'newest' }
  /** `after` is wanted, too: it is no row of that list, and is got by itself at the same time. */
  | { readonly strategy: 'seek' | 'as-given'; readonly after: string }
);
