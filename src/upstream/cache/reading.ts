/** `Reading`: a value with its place in the order of all reads; `Cached`: the same with its freshness. */
import type { ReadSpan } from '../types.ts';
import type { CacheDependency } from './read-tracker.ts';

/** An answer of the upstream, and its place among all others. */
export interface Reading<T> {
  readonly value: T;
  readonly read: ReadSpan;
  /** When it was sent and received, as ticks of the `ReadClock`. */
  readonly sentTick: number;
  readonly receivedTick: number;
  /** That of the account's cache when it was requested, or of the mutation that it answers. */
  readonly generation: number;
}

/** What a read is answered with. */
export interface Cached<T> extends CacheDependency {
  readonly value: T;
  readonly read: ReadSpan;
  /**
   * An overlapping read has shown another state, and which is the later cannot be decided. It answers those who requested
   * it before the other was answered, and no later read.
   */
  readonly isContested: boolean;
  /** As JSON; 0 when it is not cached. */
  readonly bytes: number;
}

/** An answer that is not cached. */
export function uncached<T>({ value, read }: Pick<Reading<T>, 'value' | 'read'>): Cached<T> {
  return { value, read, freshUntilMs: -Infinity, isReplaced: false, isContested: false, bytes: 0 };
}
