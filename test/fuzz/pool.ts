/** `poolOf`: what random documents ask a world for: its ids, its texts, its instants. */
import type { World } from '../../src/simulator/simulator.ts';
import { linesOf } from './reference/logs.ts';
import { orderCursor } from './reference/ordered.ts';
import { wireOf } from './reference/thing.ts';
import type { ValuePool } from './values.ts';

/** Things of each kind that documents name. */
const OF_EACH = 12;

/** Ids of nothing, and what is no id. */
const NONE = [
  'scr_nobody',
  'bmr_nobody',
  'x',
  'runs',
  'list_public',
  'disk_snapshots',
  'not an id',
  '',
  '../v1/secrets',
  'x'.repeat(200),
];

/** Mostly what is allowed. */
const PAGE_SIZES = [3, 1, 2, 5, 20, 4, 1, 2, 3, 7, 10, 1, 2, 3, 5, 100, 2, 3, 1, 2, 0, 101];

export function poolOf(world: World): ValuePool {
  const some = (items: readonly { readonly id: string }[]) => evenly(items).map(({ id }) => id);
  const runs = world.scenarioRuns.list();
  const benchmarkRuns = world.benchmarkRuns.list();
  const devboxes = evenly(world.devboxes.list());
  const entries = evenly([...benchmarkRuns, ...runs]).flatMap(({ metadata }) => Object.entries(metadata));
  return {
    ids: {
      scr: some(runs),
      bmr: some(benchmarkRuns),
      bmj: some(world.benchmarkJobs.list()),
      bmd: some(world.benchmarks.list()),
      scn: some(world.scenarios.list()),
      dbx: devboxes.map(({ id }) => id),
      none: NONE,
    },
    texts: ['a', 'run', 'info', ...evenly(runs).map(({ name }) => name ?? 'b'), '', '%', '"\\\n', '💥\u0000'],
    instantsMs: [0, ...evenly(runs).map(({ start_time_ms }) => start_time_ms), 253_402_300_799_999],
    pageSizes: PAGE_SIZES,
    metadata: {
      keys: ['agent', 'model', ...new Set(entries.map(([key]) => key)), ''],
      values: [...new Set(entries.map(([, value]) => value)), '💥'],
    },
    orderCursors: evenly(runs).flatMap((run, number) =>
      ['DURATION', 'SCORE', 'STARTED_AT'].map((field) =>
        orderCursor(wireOf(run), field, number % 3 === 0 ? 'DESC' : 'ASC'),
      ),
    ),
    logCursors: evenly(
      devboxes.flatMap(({ id }) => linesOf(id, world)).map(({ cursor }) => cursor as string),
    ),
  };
}

/** So many of the items, from the first to the last. */
function evenly<T>(items: readonly T[]): readonly T[] {
  const step = Math.max(1, Math.ceil(items.length / OF_EACH));
  return items.filter((_, number) => number % step === 0);
}
