/** `poolOf`: what random documents ask a world for: its ids, its words, its instants. */
import type { World } from '../../src/simulator/simulator.ts';
import type { ValuePool } from './values.ts';

/** Things of each kind that documents name. */
const OF_EACH = 12;

export function poolOf(world: World): ValuePool {
  const some = (items: readonly { readonly id: string }[]) => items.slice(0, OF_EACH).map(({ id }) => id);
  const runs = world.scenarioRuns.list();
  return {
    ids: {
      scr: some(runs),
      bmr: some(world.benchmarkRuns.list()),
      bmj: some(world.benchmarkJobs.list()),
      bmd: some(world.benchmarks.list()),
      scn: some(world.scenarios.list()),
      dbx: some(world.devboxes.list()),
      none: ['scr_nobody', 'bmr_nobody', 'x', 'not an id', '', '../v1/secrets', 'x'.repeat(200)],
    },
    texts: ['a', 'run', ...runs.slice(0, 3).map(({ name }) => name ?? 'b'), '', '%', '"\\\n', '💥\u0000'],
    instantsMs: [0, ...runs.slice(0, 3).map(({ start_time_ms }) => start_time_ms), 8.64e15],
    pageSizes: [3, 1, 2, 5, 20, 100, 0, 101],
  };
}
