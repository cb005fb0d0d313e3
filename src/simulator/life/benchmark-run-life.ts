/** The state machine of benchmark runs: they run until completed, canceled or failed, and their end ends what is active in them. */
import { ApiError } from '../wire/api-error.ts';
import type { BenchmarkRunState, BenchmarkRunView } from '../wire/benchmark.ts';
import type { StringMap } from '../wire/scenario.ts';
import type { LifeContext } from './life-context.ts';
import { NO_PROFILE, type RunProfile, type ScenarioRunLife } from './scenario-run-life.ts';

export interface BenchmarkRunStart {
  /** Null for a run that a job made of loose scenarios. */
  readonly benchmarkId: string | null;
  readonly name?: string | null;
  readonly metadata?: StringMap;
  readonly profile?: RunProfile;
}

export interface BenchmarkRunLife {
  /** Starts no scenario run: whoever drives the benchmark run does. */
  start(options: BenchmarkRunStart): BenchmarkRunView;
  complete(id: string): BenchmarkRunView;
  cancel(id: string): BenchmarkRunView;
  fail(id: string): BenchmarkRunView;
  /** The benchmark run, or a 404. */
  get(id: string): BenchmarkRunView;
}

export function createBenchmarkRunLife(
  { store, timeline, ids }: LifeContext,
  scenarioRuns: ScenarioRunLife,
): BenchmarkRunLife {
  const get = (id: string) => {
    const run = store.benchmarkRuns.get(id);
    if (!run) throw ApiError.missing('BenchmarkRun', id);
    return run;
  };

  const end = (id: string, state: BenchmarkRunState) => {
    const run = get(id);
    if (run.state !== 'running') throw ApiError.conflict(`BenchmarkRun ${id} is already ${run.state}`);
    for (const { id: active, state: was } of store.scenarioRuns.list({ benchmark_run_id: id })) {
      if (was === 'running' || was === 'scoring') scenarioRuns.cancel(active);
    }
    return store.benchmarkRuns.update(id, {
      state,
      duration_ms: Math.round(timeline.now() - run.start_time_ms),
      // What was canceled or failed has no final score.
      score: state === 'completed' ? scoreOf(id) : null,
    });
  };

  /** The sum of the scenario runs' scores over their number: what was never scored counts as 0. */
  const scoreOf = (id: string) => {
    const runs = store.scenarioRuns.list({ benchmark_run_id: id });
    const sum = runs.reduce((total, run) => total + (run.scoring_contract_result?.score ?? 0), 0);
    return runs.length === 0 ? 0 : sum / runs.length;
  };

  return {
    get,
    start: ({ benchmarkId, name, metadata, profile = NO_PROFILE }) =>
      store.benchmarkRuns.insert({
        id: ids('benchmarkRun'),
        state: 'running',
        start_time_ms: timeline.now(),
        metadata: metadata ?? {},
        benchmark_id: benchmarkId,
        name: name ?? null,
        duration_ms: null,
        score: null,
        purpose: profile.purpose,
        environment_variables: profile.environmentVariables,
        secrets_provided: profile.secrets,
      }),
    complete: (id) => end(id, 'completed'),
    cancel: (id) => end(id, 'canceled'),
    fail: (id) => end(id, 'failed'),
  };
}
