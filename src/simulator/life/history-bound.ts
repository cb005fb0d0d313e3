/** Keeps a world's memory bounded: beyond the limit the oldest history that nothing moves in any more is dropped. */
import type { Interiors } from '../devbox/interiors.ts';
import type { Store } from '../store/store.ts';
import type { ScenarioRunView } from '../wire/scenario.ts';
import { hasEnded } from './devbox-life.ts';

/** Drops history until the world is within its bound, or only what still moves is left. */
export type TrimHistory = () => void;

export function createHistoryBound(store: Store, interiors: Interiors, maxScenarioRuns: number): TrimHistory {
  /** When nothing could be dropped, the search is not repeated before the world has grown by this much. */
  const growth = Math.max(16, Math.floor(maxScenarioRuns / 20));
  let nextSearchAt = 0;

  const dropDevbox = (id: string) => {
    interiors.delete(id);
    store.devboxes.remove(id);
  };
  const dropRun = (run: ScenarioRunView) => {
    store.scenarioRuns.remove(run.id);
    dropDevbox(run.devbox_id);
  };
  const dropOldestBenchmarkRun = () => {
    const oldest = find(store.benchmarkRuns.oldestFirst(), ({ state }) => state !== 'running');
    if (!oldest) return false;
    for (const run of store.scenarioRuns.list({ benchmark_run_id: oldest.id })) dropRun(run);
    store.benchmarkRuns.remove(oldest.id);
    dropJobs();
    return true;
  };
  /** A job goes once every benchmark run of its time is gone. */
  const dropJobs = () => {
    const start = find(store.benchmarkRuns.oldestFirst(), () => true)?.start_time_ms ?? Infinity;
    const old = store.benchmarkJobs
      .list()
      .filter(
        (job) => job.create_time_ms < start && job.in_progress_runs.length === 0 && job.state !== 'queued',
      );
    for (const { id, state } of old) if (state !== 'initializing') store.benchmarkJobs.remove(id);
  };
  const dropOldestLooseRun = () => {
    const oldest = find(
      store.scenarioRuns.oldestFirst(),
      (run) => run.state !== 'running' && run.state !== 'scoring' && run.benchmark_run_id === null,
    );
    if (oldest) dropRun(oldest);
    return oldest !== undefined;
  };
  const dropOldestDevbox = () => {
    const oldest = find(
      store.devboxes.oldestFirst(),
      (box) => hasEnded(box) && box.initiator_type !== 'scenario',
    );
    if (oldest) dropDevbox(oldest.id);
    return oldest !== undefined;
  };

  return () => {
    const size = store.scenarioRuns.size;
    if (size > maxScenarioRuns && size >= nextSearchAt) {
      nextSearchAt = 0;
      while (store.scenarioRuns.size > maxScenarioRuns && nextSearchAt === 0) {
        if (!dropOldestBenchmarkRun() && !dropOldestLooseRun())
          nextSearchAt = store.scenarioRuns.size + growth;
      }
    }
    // Every run has a devbox; as many again may be the clients' own.
    if (store.devboxes.size > store.scenarioRuns.size + maxScenarioRuns) dropOldestDevbox();
  };
}

function find<T>(items: Iterable<T>, isMatch: (item: T) => boolean): T | undefined {
  for (const item of items) if (isMatch(item)) return item;
  return undefined;
}
