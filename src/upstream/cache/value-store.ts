/** `ValueStore`: holds the cached values of one account within the bound that all accounts share. */
import type { ReadMark } from '../types.ts';
import { CachedValue } from './cached-value.ts';
import type { LruList } from './lru-list.ts';
import type { Changes } from './read-tracker.ts';

/** The time of a look-up, and how fresh its result has to be. */
export interface AskedAt {
  readonly nowMs: number;
  /** What may change and was requested before this mark is too old; undefined when nothing is. */
  readonly since: ReadMark | undefined;
}

/** Values of one kind by their key. */
export type ValueMap<T> = Map<string, CachedValue<T>>;

export class ValueStore {
  readonly changes: Changes;
  readonly #lru: LruList;
  readonly #onEmpty: () => void;
  #size = 0;
  #generation = 0;

  constructor(given: { readonly changes: Changes; readonly lru: LruList; readonly onEmpty: () => void }) {
    this.changes = given.changes;
    this.#lru = given.lru;
    this.#onEmpty = given.onEmpty;
  }

  /** Another one after every mutation. */
  get generation(): number {
    return this.#generation;
  }

  set generation(generation: number) {
    this.#generation = generation;
    this.changes.count++;
  }

  /** A value that is fresh enough to be answered without a call. */
  find<T>(values: ValueMap<T>, key: string, at: AskedAt): CachedValue<T> | undefined {
    const cached = values.get(key);
    if (!cached?.isValid(at.nowMs) || !cached.isAfter(at.since)) return undefined;
    this.#lru.touch(cached);
    return cached;
  }

  touch(cached: CachedValue<unknown>): void {
    this.#lru.touch(cached);
  }

  /** Replaces the value with the same key. `onEvict` is called when the new one is evicted. */
  set<T>(
    values: ValueMap<T>,
    key: string,
    given: ConstructorParameters<typeof CachedValue<T>>[0],
    onEvict?: () => void,
  ): CachedValue<T> {
    const known = values.get(key);
    if (known) {
      known.replace();
      this.#lru.remove(known);
    } else this.#size++;
    const cached = new CachedValue<T>(given, this, () => {
      values.delete(key);
      onEvict?.();
      this.#size--;
      if (this.#size === 0) this.#onEmpty();
    });
    values.set(key, cached);
    this.#lru.add(cached);
    return cached;
  }
}
