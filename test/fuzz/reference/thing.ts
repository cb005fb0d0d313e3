/** What the naive reference answers with: rows as the upstream shows them, records of its own, and how single values are read. */
import type { World } from '../../../src/simulator/simulator.ts';

/** Something with fields, and the type that it has in the graph where that is not told by its place. */
export interface Thing {
  readonly kind: string;
  /** By the names of the graph or of the upstream. What is a function is called with the arguments. */
  readonly wire: Wire;
}

export type Wire = Readonly<Record<string, unknown>>;
export type Args = Readonly<Record<string, unknown>>;

export type Resolve = (wire: Wire, args: Args, world: World) => unknown;

/** How the fields of types are resolved that are no property of a row under their name in snake case. */
export type Fields = Readonly<Record<string, Readonly<Record<string, Resolve>>>>;

/** Rows have no index signature; here they are looked at by name. */
export const wireOf = (row: object): Wire => row as Wire;

export const record = (wire: Wire, kind = ''): Thing => ({ kind, wire });

export const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined;

export const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** After 1970 began and before the year 10000; anything else is none. */
export const isInstant = (ms: unknown): ms is number =>
  typeof ms === 'number' && ms >= 1 && ms < 253_402_300_800_000;
export const instant = (ms: unknown) => (isInstant(ms) ? new Date(ms).toISOString() : null);

/** How long something took: nothing takes less than no time. */
export const span = (ms: unknown) => (typeof ms === 'number' ? Math.max(0, ms) : null);

/** How many there are of something: a whole number that fits an `Int`. */
export const howOften = (value: unknown) =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31 ? (value as number) : null;

/** An enum value of the upstream as the graph writes it. */
export const word = (value: unknown) => (typeof value === 'string' ? value.toUpperCase() : null);

export const listIn = (wire: Wire, name: string) => (wire[name] ?? []) as readonly Wire[];
export const objectIn = (wire: Wire, name: string) => (wire[name] ?? null) as Wire | null;

export const pairs = (value: unknown, [key, text]: readonly [string, string] = ['key', 'value']) =>
  Object.entries((value ?? {}) as Wire).map(([name, item]) => record({ [key]: name, [text]: item }));

/** What is asked for makes no sense. */
export function refuse(): never {
  throw new Error('Refused');
}

/** An argument that says how many there are to be. */
export function howMany(value: unknown, { max, usual }: { readonly max: number; readonly usual: number }) {
  const many = (value ?? usual) as number;
  return many >= 1 && many <= max ? many : refuse();
}

const KINDS = {
  scenarioRuns: 'ScenarioRun',
  benchmarkRuns: 'BenchmarkRun',
  benchmarks: 'Benchmark',
  benchmarkJobs: 'BenchmarkJob',
  scenarios: 'Scenario',
  devboxes: 'Devbox',
} as const;

export type Collection = keyof typeof KINDS;

/** All rows of a kind, newest first. */
export function rowsOf(world: World, collection: Collection): readonly Wire[] {
  return world[collection].list().map(wireOf);
}

export const thingOf = (collection: Collection, wire: Wire): Thing => record(wire, KINDS[collection]);

export const checkId = (id: unknown) =>
  typeof id === 'string' && /^[A-Za-z0-9_-]{1,128}$/.test(id) ? id : refuse();

/** Whatever has this id. */
export function find(world: World, id: unknown): Thing | null {
  if (isAbsent(id)) return null;
  for (const collection of Object.keys(KINDS) as Collection[]) {
    const row = world[collection].list().find((each) => each.id === id);
    if (row) return thingOf(collection, wireOf(row));
  }
  return null;
}

/** A list, and how it goes on behind a cursor; both throw when they cannot be asked for. */
export interface Listed {
  readonly all: () => readonly Thing[];
  readonly behind: (cursor: string) => readonly Thing[];
  /** Whether only who looks at the rows can say whether these are all. */
  readonly isFiltered: boolean;
  readonly cursorOf: (thing: Thing) => unknown;
  /** Whether its conditions contradict each other. */
  readonly isNothing: boolean;
  /** Any row of the kind, whether it is on the list or not. */
  readonly rowWith: (id: unknown) => Wire;
}
