/** `CachedValue`: something that was read and is cached, until it is too old, replaced, or evicted. */
import type { ReadMark, ReadSpan } from '../types.ts';
import type { LruEntry } from './lru-list.ts';
import type { Changes } from './read-tracker.ts';
import type { Cached, Reading } from './reading.ts';

/** What holds it: there the latest generation is known, and changes are counted. */
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
  /** A mutation puts all that was read before it in doubt, unless it never changes. */
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

  /** Whether it was asked for after this point, or cannot have moved since. */
  isAfter(since: ReadMark | undefined): boolean {
    return since === undefined || !this.isMovable || this.freshUntilMs === Infinity || this.sentTick > since;
  }

  replace(): void {
    this.#isReplaced = true;
    this.#holder.changes.count++;
  }

  onEvict(): void {
    // What never changes stays valid after its eviction; of anything else no change would be noticed any more.
    if (this.freshUntilMs !== Infinity) this.replace();
    this.#onEvict();
  }
}
