/** `createEntityCache`: what was read of the upstream, by account, for as long as it is true. */
import { sizeOf } from '../size.ts';
import { isMovable, isTerminal, type KeepingSettings, trueUntil } from './keeping.ts';
import type { Fact } from './read-record.ts';
import { createRecency, type Recency, type Resident } from './recency.ts';
import { isSame } from './same.ts';
import type { Told } from './upstream.ts';
import type { Entity, Kind, Kinds, ReadSpan } from './types.ts';

export interface EntityCacheSettings extends KeepingSettings {
  /** What all that is kept may take, in bytes as JSON. What was not used for longest is let go first. */
  readonly maxBytes: number;
}

export interface EntityCache {
  /** What is kept of an account, made when it is first written to; undefined when nothing is. */
  find(accountId: string): Drawer | undefined;
  /** Never use it across a wait: a drawer in which nothing is left is thrown away. */
  open(accountId: string): Drawer;
  readonly bytes: number;
  /** How many entities and pages are kept. */
  readonly size: number;
  readonly accountCount: number;
}

/** Something that was read, as it is to be told. */
export interface Kept<T> extends Fact, Told<T> {
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

export function createEntityCache(settings: EntityCacheSettings): EntityCache {
  const recency = createRecency(settings);
  const drawers = new Map<string, Drawer>();
  return {
    find: (accountId) => drawers.get(accountId),
    open(accountId) {
      const known = drawers.get(accountId);
      if (known) return known;
      const drawer = new Drawer({ settings, recency, onEmpty: () => drawers.delete(accountId) });
      drawers.set(accountId, drawer);
      return drawer;
    },
    get bytes() {
      return recency.bytes;
    },
    get size() {
      return recency.size;
    },
    get accountCount() {
      return drawers.size;
    },
  };
}

class KeptValue<T> implements Kept<T>, Resident {
  value: T;
  read: ReadSpan;
  sentTick: number;
  receivedTick: number;
  readonly isContested: boolean;
  trueUntilMs: number;
  /** A mutation makes all that was read before it doubtful, unless it never changes. */
  generation: number;
  /** When it was first read in a terminal state, in milliseconds; null while it is not terminal. */
  terminalSinceMs: number | null;
  readonly isMovable: boolean;
  readonly bytes: number;
  readonly #drawer: Drawer;
  readonly #onEvict: () => void;
  #isReplaced = false;
  older: Resident | null = null;
  younger: Resident | null = null;

  constructor(
    given: Reading<T> &
      Pick<KeptValue<T>, 'trueUntilMs' | 'terminalSinceMs' | 'isMovable' | 'isContested' | 'bytes'>,
    drawer: Drawer,
    onEvict: () => void,
  ) {
    this.isMovable = given.isMovable;
    this.isContested = given.isContested;
    this.sentTick = given.sentTick;
    this.receivedTick = given.receivedTick;
    this.value = given.value;
    this.read = given.read;
    this.trueUntilMs = given.trueUntilMs;
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
    return this.isMovable && this.trueUntilMs !== Infinity && this.generation !== this.#drawer.generation;
  }

  isTrue(nowMs: number): boolean {
    return nowMs < this.trueUntilMs && !this.isReplaced;
  }

  replace(): void {
    this.#isReplaced = true;
  }

  onEvict(): void {
    // What never changes stays true when nobody keeps it any more; of anything else no change would be noticed.
    if (this.trueUntilMs !== Infinity) this.#isReplaced = true;
    this.#onEvict();
  }
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

/** What is kept of one account. */
export class Drawer {
  readonly #settings: KeepingSettings;
  readonly #recency: Recency;
  readonly #onEmpty: () => void;
  readonly #entities: { readonly [K in Kind]: Map<string, KeptValue<Kinds[K] | null>> } = {
    scenarioRun: new Map(),
    benchmarkRun: new Map(),
    benchmarkJob: new Map(),
    benchmark: new Map(),
    scenario: new Map(),
    devbox: new Map(),
  };
  readonly #pages = new Map<string, KeptValue<unknown>>();
  /** The keys of kept pages by the list that they are of, and whether they show only what meets some condition. */
  readonly #lists = new Map<string, Map<string, boolean>>();
  /** When something was last seen that a list read before may lack, by list; of those forgotten, the latest. */
  readonly #moved = new Map<string, number>();
  #movedBefore = 0;
  #size = 0;
  /** Another one after every mutation. */
  generation = 0;

  constructor(given: {
    readonly settings: KeepingSettings;
    readonly recency: Recency;
    readonly onEmpty: () => void;
  }) {
    this.#settings = given.settings;
    this.#recency = given.recency;
    this.#onEmpty = given.onEmpty;
  }

  /** What may be told of an entity without asking; undefined when it has to be asked for. */
  entity<K extends Kind>(kind: K, id: string, nowMs: number): Kept<Kinds[K] | null> | undefined {
    const kept = this.#entities[kind].get(id);
    if (!kept?.isTrue(nowMs)) return undefined;
    this.#recency.touch(kept);
    return kept;
  }

  /** The latest that was read of an entity, however old. */
  latest<K extends Kind>(kind: K, id: string): Kept<Kinds[K] | null> | undefined {
    return this.#entities[kind].get(id);
  }

  page<T>(key: string, nowMs: number): Kept<T> | undefined {
    const kept = this.#pages.get(key);
    if (!kept?.isTrue(nowMs)) return undefined;
    this.#recency.touch(kept);
    // A key belongs to one kind of page.
    return kept as KeptValue<T>;
  }

  /** Takes in what was read of an entity. Answers what is to be told: what is known to be later stays. */
  put<K extends Kind>(kind: K, id: string, next: Reading<Kinds[K] | null>): Kept<Kinds[K] | null> {
    const { value, read } = next;
    const entities = this.#entities[kind];
    const known = entities.get(id);
    const order = known ? orderOf(known, next) : 'after';
    if (known && order === 'before') return known;
    const terminalSinceMs = isTerminal(value) ? (known?.terminalSinceMs ?? read.receivedAtMs) : null;
    const trueUntilMs = trueUntil(value, read, { terminalSinceMs, settings: this.#settings });
    if (known && !known.isContested && isSame(known.value, value)) {
      if (next.sentTick > known.sentTick)
        Object.assign(known, { ...next, value: known.value, terminalSinceMs, trueUntilMs });
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
      trueUntilMs: isContested ? -Infinity : trueUntilMs,
      terminalSinceMs,
      isMovable: isMovable(value),
      bytes: sizeOf(value) + id.length,
    });
  }

  /** Takes in a page, or whatever else is not found by an id alone. */
  putPage<T>(
    key: string,
    next: Reading<T> & Pick<Kept<T>, 'trueUntilMs' | 'isContested' | 'bytes'>,
    of: ListPlace | null = null,
  ): Kept<T> {
    const pages = this.#pages as Map<string, KeptValue<T>>;
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
      if (!page || page.trueUntilMs === Infinity || page.receivedTick >= receivedTick) continue;
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
    place: Map<string, KeptValue<T>>,
    key: string,
    given: ConstructorParameters<typeof KeptValue<T>>[0],
    onGone?: () => void,
  ): KeptValue<T> {
    const known = place.get(key);
    if (known) {
      known.replace();
      this.#recency.remove(known);
    } else this.#size++;
    const kept = new KeptValue<T>(given, this, () => {
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

/** Whether what was read now shows a state before or after the one that is known. */
function orderOf(
  known: KeptValue<Entity | null>,
  next: Reading<Entity | null>,
): 'before' | 'after' | 'unclear' {
  // An index that lags behind does not make what has ended for good go on.
  if (known.trueUntilMs === Infinity && next.value !== null && !isTerminal(next.value)) return 'before';
  // A generation is a mutation: what was asked for before the mutation's answer came is older than that.
  if (known.generation > next.generation) return 'before';
  if (next.sentTick > known.receivedTick) return 'after';
  if (next.receivedTick < known.sentTick) return 'before';
  // They overlap: the one that has come further is the later one.
  if (isTerminal(known.value) !== isTerminal(next.value)) return isTerminal(known.value) ? 'before' : 'after';
  return 'unclear';
}
