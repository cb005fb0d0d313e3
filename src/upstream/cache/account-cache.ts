/** `AccountCache`: what is cached of one account: entities by their ids, and pages of lists. */
import { sizeOf } from '../../memory/size.ts';
import { ENTITIES } from '../endpoints.ts';
import { mapTable } from '../map-table.ts';
import type { Kind, Kinds, ReadSpan } from '../types.ts';
import type { CachedValue } from './cached-value.ts';
import { type FreshnessSettings, freshUntil, isMovable, isTerminal } from './freshness.ts';
import { ListIndex, listName, type ListPlace } from './list-index.ts';
import type { LruList } from './lru-list.ts';
import { orderOf } from './order.ts';
import type { Changes } from './read-tracker.ts';
import type { Cached, Reading } from './reading.ts';
import { isSame } from './same.ts';
import { type AskedAt, type ValueMap, ValueStore } from './value-store.ts';

type EntityMaps = { readonly [K in Kind]: ValueMap<Kinds[K] | null> };

export class AccountCache {
  readonly #settings: FreshnessSettings;
  readonly #store: ValueStore;
  readonly #entities = mapTable<EntityMaps>(ENTITIES, () => new Map());
  readonly #pages: ValueMap<unknown> = new Map();
  readonly #lists = new ListIndex();

  constructor({
    settings,
    ...given
  }: {
    readonly changes: Changes;
    readonly settings: FreshnessSettings;
    readonly lru: LruList;
    readonly onEmpty: () => void;
  }) {
    this.#settings = settings;
    this.#store = new ValueStore(given);
  }

  /** Another one after every mutation. */
  get generation(): number {
    return this.#store.generation;
  }

  set generation(generation: number) {
    this.#store.generation = generation;
  }

  /** An entity that is fresh enough to be answered without a call. */
  entity<K extends Kind>(kind: K, id: string, at: AskedAt): Cached<Kinds[K] | null> | undefined {
    return this.#store.find(this.#entities[kind], id, at);
  }

  /** The latest reading of an entity, fresh or not. */
  latest<K extends Kind>(kind: K, id: string): Cached<Kinds[K] | null> | undefined {
    return this.#entities[kind].get(id);
  }

  /** Whether an entity has ended so long before this read that nothing of it can have changed since the read. */
  hasSettledBefore(kind: Kind, id: string, read: ReadSpan): boolean {
    const known = this.#entities[kind].get(id);
    if (!known?.value) return false;
    const { value, terminalSinceMs } = known;
    const settings = this.#settings;
    return freshUntil(ENTITIES[kind].cache, value, read, { terminalSinceMs, settings }) === Infinity;
  }

  /** The latest reading of a page, fresh or not. */
  latestPage<T>(key: string): CachedValue<T> | undefined {
    return this.#pages.get(key) as CachedValue<T> | undefined;
  }

  page<T>(key: string, at: AskedAt): Cached<T> | undefined {
    // A key belongs to one kind of page.
    return this.#store.find(this.#pages as ValueMap<T>, key, at);
  }

  /** Caches a reading of an entity. Answers the latest reading, which may be another one. */
  put<K extends Kind>(kind: K, id: string, next: Reading<Kinds[K] | null>): Cached<Kinds[K] | null> {
    const { value, read } = next;
    const { cache: policy, parentOf } = ENTITIES[kind];
    const entities = this.#entities[kind];
    const known = entities.get(id);
    const order = known ? orderOf(known, next) : 'after';
    if (known && order === 'before') return known;
    const terminalSinceMs = isTerminal(value) ? (known?.terminalSinceMs ?? read.receivedAtMs) : null;
    const freshUntilMs = freshUntil(policy, value, read, { terminalSinceMs, settings: this.#settings });
    if (known && !known.isContested && isSame(known.value, value)) {
      // An equal value only extends its freshness: answers that depend on it stay valid.
      if (next.sentTick > known.sentTick)
        Object.assign(known, { ...next, value: known.value, terminalSinceMs, freshUntilMs });
      this.#store.touch(known);
      return known;
    }
    const isContested = order === 'unclear';
    if (value) {
      // A new entity may be missing from every cached list; a changed one only from those with conditions.
      const onlyConditional = known !== undefined;
      this.#replaceOutdated(listName(kind, null), next, { onlyConditional });
      const parentId = parentOf?.(value) ?? null;
      if (parentId !== null) this.#replaceOutdated(listName(kind, parentId), next, { onlyConditional });
    }
    return this.#store.set(entities, id, {
      ...next,
      isContested,
      freshUntilMs: isContested ? -Infinity : freshUntilMs,
      terminalSinceMs,
      isMovable: isMovable(policy, value),
      bytes: sizeOf(value) + id.length,
    });
  }

  /** Caches a page, or whatever else is not found by an id alone. */
  putPage<T>(
    key: string,
    next: Reading<T> & Pick<Cached<T>, 'freshUntilMs' | 'isContested' | 'bytes'>,
    place: ListPlace | null,
  ): Cached<T> {
    const pages = this.#pages as ValueMap<T>;
    const given = { ...next, terminalSinceMs: null, isMovable: true };
    return this.#store.set(pages, key, given, place ? this.#lists.add(key, place) : undefined);
  }

  /** Whether an entity was read since `sentTick` that the list may lack. */
  hasChangedSince(list: string, sentTick: number): boolean {
    return this.#lists.hasChangedSince(list, sentTick);
  }

  /** Replaces the pages of a list that were received before a reading, because they may lack its entity. */
  #replaceOutdated(
    list: string,
    { receivedTick }: Reading<unknown>,
    which: { readonly onlyConditional: boolean },
  ): void {
    if (!which.onlyConditional) this.#lists.noteChange(list, receivedTick);
    for (const key of this.#lists.keysOf(list, which)) {
      const page = this.#pages.get(key);
      if (page && page.freshUntilMs !== Infinity && page.receivedTick < receivedTick) page.replace();
    }
  }
}
