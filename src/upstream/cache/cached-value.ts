/** `CachedValue`: something that was read and is kept, and in which order reads of the same thing stand. */
import { isTerminal } from './freshness.ts';
import type { Changes, CacheDependency } from './read-tracker.ts';
import type { LruEntry } from './lru-list.ts';
import type { Entity, ReadMark, ReadSpan } from '../types.ts';
import type { Versioned } from '../upstream.ts';

/** Something that was read, as it is to be told. */
export interface Cached<T> extends CacheDependency, Versioned<T> {
  /**
   * Another read of about the same time has shown something else, and nobody can tell which is the later. It is told to
   * those who asked for it before the other was told, and not kept for anybody.
   */
  readonly isContested: boolean;
  /** As JSON; 0 when it is not kept. */
  readonly bytes: number;
}

/** What is to be kept. */
export interface Reading<T> {
  readonly value: T;
  readonly read: ReadSpan;
  /** When it was sent and received, in the order of all that is sent and received: milliseconds are too coarse. */
  readonly sentTick: number;
  readonly receivedTick: number;
  /** That of the drawer when it was asked for, or of the mutation that it came with. */
  readonly generation: number;
}

/** Where it is kept: there the latest generation is known, and changes are counted. */
interface Place {
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
  /** A mutation makes all that was read before it doubtful, unless it never changes. */
  generation: number;
  /** When it was first read in a terminal state, in milliseconds; null while it is not terminal. */
  terminalSinceMs: number | null;
  readonly isMovable: boolean;
  readonly bytes: number;
  readonly #drawer: Place;
  readonly #onEvict: () => void;
  #isReplaced = false;
  older: LruEntry | null = null;
  younger: LruEntry | null = null;

  constructor(
    given: Reading<T> &
      Pick<CachedValue<T>, 'freshUntilMs' | 'terminalSinceMs' | 'isMovable' | 'isContested' | 'bytes'>,
    drawer: Place,
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
    this.#drawer = drawer;
    this.#onEvict = onEvict;
  }

  get isReplaced(): boolean {
    return this.#isReplaced || this.#isDoubtful;
  }

  get #isDoubtful(): boolean {
    return this.isMovable && this.freshUntilMs !== Infinity && this.generation !== this.#drawer.generation;
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
    this.#drawer.changes.count++;
  }

  onEvict(): void {
    // What never changes stays true when nobody keeps it any more; of anything else no change would be noticed.
    if (this.freshUntilMs !== Infinity) this.replace();
    this.#onEvict();
  }
}

/** Whether what was read now shows a state before or after the one that is known. */
export function orderOf(
  known: CachedValue<Entity | null>,
  next: Reading<Entity | null>,
): 'before' | 'after' | 'unclear' {
  // An index that lags behind does not make what has ended for good go on.
  if (known.freshUntilMs === Infinity && next.value !== null && !isTerminal(next.value)) return 'before';
  // A generation is a mutation: what was asked for before the mutation's answer came is older than that.
  if (known.generation > next.generation) return 'before';
  if (next.sentTick > known.receivedTick) return 'after';
  if (next.receivedTick < known.sentTick) return 'before';
  // They overlap: the one that has come further is the later one.
  if (isTerminal(known.value) !== isTerminal(next.value)) return isTerminal(known.value) ? 'before' : 'after';
  return 'unclear';
}
