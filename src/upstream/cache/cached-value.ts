/** `CachedValue`: a reading in the cache, valid until it is no longer fresh, replaced, or evicted. */
import type { ReadMark, ReadSpan } from '../types.ts';
import type { LruEntry } from './lru-list.ts';
import type { Changes } from './read-tracker.ts';
import type { Cached, Reading } from './reading.ts';

/** The store that holds it, which knows the latest generation and counts changes. */
interface Holder {
  readonly generation: number;
  readonly changes: Changes;
}

export class CachedValue<T> implements Cached<T>, LruEntry {
  value: T;
  read: ReadSpan;
  sentTick: number;
  receivedTick: number;
  readonly isContested: boolean;
  freshUntilMs: number;
  /** The generation that it was read in. A mutation begins another, and invalidates earlier readings of what can change. */
  generation: number;
  /** When it was first read in a terminal state, in milliseconds; null while it is not terminal. */
  terminalSinceMs: number | null;
  readonly isMovable: boolean;
  readonly bytes: number;
  readonly #holder: Holder;
  readonly #onEvict: () => void;
  #isReplaced = false;
  older: LruEntry | null = null;
  younger: LruEntry | null = null;

  constructor(
    given: Reading<T> &
      Pick<CachedValue<T>, 'freshUntilMs' | 'terminalSinceMs' | 'isMovable' | 'isContested' | 'bytes'>,
    holder: Holder,
    onEvict: () => void,
  ) {
    this.isMovable = given.isMovable;
    this.isContested = given.isContested;
    this.sentTick = given.sentTick;
    this.receivedTick = given.receivedTick;
    this.value = given.value;
    this.read = given.read;
    this.freshUntilMs = given.freshUntilMs;
    this.generation = given.generation;
    this.terminalSinceMs = given.terminalSinceMs;
    this.bytes = given.bytes;
    this.#holder = holder;
    this.#onEvict = onEvict;
  }

  get isReplaced(): boolean {
    return this.#isReplaced || this.#isDoubtful;
  }

  get #isDoubtful(): boolean {
    return this.isMovable && this.freshUntilMs !== Infinity && this.generation !== this.#holder.generation;
  }

  isValid(nowMs: number): boolean {
    return nowMs < this.freshUntilMs && !this.isReplaced;
  }

  /** Whether it was requested after this mark, or cannot have changed since. */
  isAfter(since: ReadMark | undefined): boolean {
    return since === undefined || !this.isMovable || this.freshUntilMs === Infinity || this.sentTick > since;
  }

  replace(): void {
    this.#isReplaced = true;
    this.#holder.changes.count++;
  }

  onEvict(): void {
    // What never changes stays valid after its eviction. Changes of anything else are not noticed after it.
    if (this.freshUntilMs !== Infinity) this.replace();
    this.#onEvict();
  }
}
