/** `AccountCache`: what is kept of one account: entities by their ids, and pages of lists. */
import { sizeOf } from '../../memory/size.ts';
import { type Cached, CachedValue, orderOf, type Reading } from './cached-value.ts';
import { isMovable, isTerminal, type FreshnessSettings, freshUntil } from './freshness.ts';
import type { LruList } from './lru-list.ts';
import type { Changes } from './read-tracker.ts';
import { isSame } from './same.ts';
import type { Entity, Kind, Kinds, ReadMark } from '../types.ts';

export class AccountCache {
  readonly #settings: FreshnessSettings;
  readonly #recency: LruList;
  readonly #onEmpty: () => void;
  readonly #entities: { readonly [K in Kind]: Map<string, CachedValue<Kinds[K] | null>> } = {
    scenarioRun: new Map(),
    benchmarkRun: new Map(),
    benchmarkJob: new Map(),
    benchmark: new Map(),
    scenario: new Map(),
    devbox: new Map(),
  };
  readonly #pages = new Map<string, CachedValue<unknown>>();
  /** The keys of kept pages by the list that they are of, and whether they show only what meets some condition. */
  readonly #lists = new Map<string, Map<string, boolean>>();
  /** When something was last seen that a list read before may lack, by list; of those forgotten, the latest. */
  readonly #moved = new Map<string, number>();
  #movedBefore = 0;
  #size = 0;
  #generation = 0;
  readonly changes: Changes;

  constructor(given: {
    readonly changes: Changes;
    readonly settings: FreshnessSettings;
    readonly recency: LruList;
    readonly onEmpty: () => void;
  }) {
    this.changes = given.changes;
    this.#settings = given.settings;
    this.#recency = given.recency;
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

  /** What may be told of an entity without asking; undefined when it has to be asked for. */
  entity<K extends Kind>(kind: K, id: string, at: AskedAt): Cached<Kinds[K] | null> | undefined {
    const kept = this.#entities[kind].get(id);
    if (!kept?.isValid(at.nowMs) || !kept.isAfter(at.since)) return undefined;
    this.#recency.touch(kept);
    return kept;
  }

  /** The latest that was read of an entity, however old. */
  latest<K extends Kind>(kind: K, id: string): Cached<Kinds[K] | null> | undefined {
    return this.#entities[kind].get(id);
  }

  page<T>(key: string, at: AskedAt): Cached<T> | undefined {
    const kept = this.#pages.get(key);
    if (!kept?.isValid(at.nowMs) || !kept.isAfter(at.since)) return undefined;
    this.#recency.touch(kept);
    // A key belongs to one kind of page.
    return kept as CachedValue<T>;
  }

  /** Takes in what was read of an entity. Answers what is to be told: what is known to be later stays. */
  put<K extends Kind>(kind: K, id: string, next: Reading<Kinds[K] | null>): Cached<Kinds[K] | null> {
    const { value, read } = next;
    const entities = this.#entities[kind];
    const known = entities.get(id);
    const order = known ? orderOf(known, next) : 'after';
    if (known && order === 'before') return known;
    const terminalSinceMs = isTerminal(value) ? (known?.terminalSinceMs ?? read.receivedAtMs) : null;
    const freshUntilMs = freshUntil(value, read, { terminalSinceMs, settings: this.#settings });
    if (known && !known.isContested && isSame(known.value, value)) {
      // It is true for longer, which is no change for who has looked.
      if (next.sentTick > known.sentTick)
        Object.assign(known, { ...next, value: known.value, terminalSinceMs, freshUntilMs });
      this.#recency.touch(known);
      return known;
    }
    const isContested = order === 'unclear';
    // What is new belongs into lists that were read before; what has changed may belong into others than before.
    if (value)
      for (const list of listsOf(value)) this.#outdate(list, next, { onlyConditional: known !== undefined });
    return this.#keep(entities, id, {
      ...next,
      isContested,
      freshUntilMs: isContested ? -Infinity : freshUntilMs,
      terminalSinceMs,
      isMovable: isMovable(value),
      bytes: sizeOf(value) + id.length,
    });
  }

  /** Takes in a page, or whatever else is not found by an id alone. */
  putPage<T>(
    key: string,
    next: Reading<T> & Pick<Cached<T>, 'freshUntilMs' | 'isContested' | 'bytes'>,
    of: ListPlace | null = null,
  ): Cached<T> {
    const pages = this.#pages as Map<string, CachedValue<T>>;
    const given = { ...next, terminalSinceMs: null, isMovable: true };
    if (!of) return this.#keep(pages, key, given);
    const keys = this.#lists.get(of.list) ?? new Map<string, boolean>();
    this.#lists.set(of.list, keys);
    keys.set(key, of.isConditional);
    return this.#keep(pages, key, given, () => {
      keys.delete(key);
      if (keys.size === 0 && this.#lists.get(of.list) === keys) this.#lists.delete(of.list);
    });
  }

  /** Whether something was seen while a list was read that the list may lack. */
  hasMovedSince(list: string, sentTick: number): boolean {
    return (this.#moved.get(list) ?? this.#movedBefore) > sentTick;
  }

  /** Pages that were received before something was seen which they may lack are not told any more. */
  #outdate(
    list: string,
    { receivedTick }: Reading<unknown>,
    { onlyConditional }: { readonly onlyConditional: boolean },
  ): void {
    if (!onlyConditional) this.#noteMove(list, receivedTick);
    for (const [key, isConditional] of this.#lists.get(list) ?? []) {
      const page = this.#pages.get(key);
      if (!page || page.freshUntilMs === Infinity || page.receivedTick >= receivedTick) continue;
      if (isConditional || !onlyConditional) page.replace();
    }
  }

  #noteMove(list: string, tick: number): void {
    if (this.#moved.size >= MOST_MOVED_LISTS) {
      this.#movedBefore = tick;
      this.#moved.clear();
    }
    this.#moved.set(list, tick);
  }

  #keep<T>(
    place: Map<string, CachedValue<T>>,
    key: string,
    given: ConstructorParameters<typeof CachedValue<T>>[0],
    onGone?: () => void,
  ): CachedValue<T> {
    const known = place.get(key);
    if (known) {
      known.replace();
      this.#recency.remove(known);
    } else this.#size++;
    const kept = new CachedValue<T>(given, this, () => {
      place.delete(key);
      onGone?.();
      this.#size--;
      if (this.#size === 0) this.#onEmpty();
    });
    place.set(key, kept);
    this.#recency.add(kept);
    return kept;
  }
}

/** When something is asked for that may be kept. */
export interface AskedAt {
  readonly nowMs: number;
  /** What may move and was asked for before this point is too old; undefined when nothing is. */
  readonly since: ReadMark | undefined;
}

/** Lists of which it is remembered when they moved: enough for those that are under way at the same time. */
const MOST_MOVED_LISTS = 1_000;

/** Which list a page is of. */
export interface ListPlace {
  /** One of `listsOf` its rows. */
  readonly list: string;
  /** Whether the page shows only what meets a condition. */
  readonly isConditional: boolean;
}

/** The lists in which a thing is found. */
function listsOf(entity: Entity): readonly string[] {
  if (entity.type !== 'ScenarioRun' || entity.benchmarkRunId === null) return [entity.type];
  return [entity.type, scenarioRunsOf(entity.benchmarkRunId)];
}

/** The list of the scenario runs of one benchmark run. */
export function scenarioRunsOf(benchmarkRunId: string): string {
  return `ScenarioRun ${benchmarkRunId}`;
}
