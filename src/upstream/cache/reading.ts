/** `Reading` and `Cached`: something that was read, in the order of all reads, and what is known of it once it is cached. */
import type { ReadSpan } from '../types.ts';
import type { CacheDependency } from './read-tracker.ts';

/** An answer, and where it stands among all others. */
export interface Reading<T> {
  readonly value: T;
  readonly read: ReadSpan;
  /** When it was sent and received, in the order of all that is sent and received: milliseconds are too coarse. */
  readonly sentTick: number;
  readonly receivedTick: number;
  /** That of the account's cache when it was asked for, or of the mutation that it came with. */
  readonly generation: number;
}

/** What a read is answered with. */
export interface Cached<T> extends CacheDependency {
  readonly value: T;
  readonly read: ReadSpan;
  /**
   * Another read of about the same time has shown something else, and nobody can tell which is the later. It answers
   * those who asked for it before the other was answered, and is cached for nobody.
   */
  readonly isContested: boolean;
  /** As JSON; 0 when it is not cached. */
  readonly bytes: number;
}

/** An answer that is not cached: it is given once. */
export function uncached<T>({ value, read }: Pick<Reading<T>, 'value' | 'read'>): Cached<T> {
  return { value, read, freshUntilMs: -Infinity, isReplaced: false, isContested: false, bytes: 0 };
}
