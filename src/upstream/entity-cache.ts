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

/** Something that is kept. */
export interface Kept<T> extends Fact, Told<T> {}

/** What is to be kept. */
export interface Reading<T> {
  readonly value: T;
  readonly read: ReadSpan;
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
    given: Reading<T> & Pick<KeptValue<T>, 'trueUntilMs' | 'terminalSinceMs' | 'isMovable' | 'bytes'>,
    drawer: Drawer,
    onEvict: () => void,
  ) {
    this.isMovable = given.isMovable;
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
    const { value, read, generation } = next;
    const entities = this.#entities[kind];
    const known = entities.get(id);
    if (known && isLater(known, next)) return known;
    const terminalSinceMs = isTerminal(value) ? (known?.terminalSinceMs ?? read.receivedAtMs) : null;
    const trueUntilMs = trueUntil(value, read, { terminalSinceMs, settings: this.#settings });
    if (known && isSame(known.value, value)) {
      known.read = read;
      known.trueUntilMs = trueUntilMs;
      known.generation = generation;
      known.terminalSinceMs = terminalSinceMs;
      this.#recency.touch(known);
      return known;
    }
    return this.#keep(entities, id, {
      ...next,
      trueUntilMs,
      terminalSinceMs,
      isMovable: isMovable(value),
      bytes: sizeOf(value) + id.length,
    });
  }

  /** Takes in a page, or whatever else is not found by an id alone. */
  putPage<T>(
    key: string,
    next: Reading<T> & { readonly trueUntilMs: number; readonly bytes: number },
  ): Kept<T> {
    return this.#keep(this.#pages as Map<string, KeptValue<T>>, key, {
      ...next,
      terminalSinceMs: null,
      isMovable: true,
    });
  }

  #keep<T>(
    place: Map<string, KeptValue<T>>,
    key: string,
    given: ConstructorParameters<typeof KeptValue<T>>[0],
  ): KeptValue<T> {
    const known = place.get(key);
    if (known) {
      known.replace();
      this.#recency.remove(known);
    } else this.#size++;
    const kept = new KeptValue<T>(given, this, () => {
      place.delete(key);
      this.#size--;
      if (this.#size === 0) this.#onEmpty();
    });
    place.set(key, kept);
    this.#recency.add(kept);
    return kept;
  }
}

/** Whether what is known shows a later state than what was read now. */
function isLater(known: KeptValue<Entity | null>, next: Reading<Entity | null>): boolean {
  // Nothing ends what has ended for good.
  if (known.trueUntilMs === Infinity) return true;
  // A generation is a mutation: what was asked for before the mutation's answer came is older than that.
  if (known.generation > next.generation) return true;
  if (next.read.sentAtMs >= known.read.receivedAtMs) return false;
  if (next.read.receivedAtMs <= known.read.sentAtMs) return true;
  // They overlap: the one that has come further is the later one.
  return isTerminal(known.value) && !isTerminal(next.value);
}
