/** What no evaluation brings about but every account has: runs started by hand, spare devboxes, odd jobs, secrets. */
import type { Insert } from '../store/insert.ts';
import type { LifeContext } from '../life/life-context.ts';
import type { ScenarioRunLife } from '../life/scenario-run-life.ts';
import { judge } from '../scoring/judge.ts';
import type { BenchmarkJobState } from '../wire/benchmark.ts';
import { SCENARIO_RUN_STATES } from '../wire/scenario.ts';
import type { Suites } from './suites.ts';

const HOUR_MS = 3_600_000;

/** Plans them on the timeline, each at its time before `start`, so that lists show them in order. */
export function planLooseEnds(
  { store, timeline, random, ids }: LifeContext,
  insert: Insert,
  scenarioRuns: ScenarioRunLife,
  { smoke, start }: Pick<Suites, 'smoke'> & { readonly start: number },
): void {
  const stream = random.fork('loose ends');
  const hoursAgo = (hours: number, happen: () => void) => timeline.at(start - hours * HOUR_MS, happen);

  for (const name of ['MODEL_API_KEY', 'TASK_API_KEY', 'GITHUB_TOKEN', 'REGISTRY_PASSWORD']) {
    hoursAgo(stream.integer(500, 2_000), () => insert.secret({ name }));
  }
  hoursAgo(30, () =>
    insert.blueprint({ name: 'gpu-experiments', status: 'failed', failure_reason: 'out_of_disk' }),
  );
  hoursAgo(0.1, () =>
    insert.blueprint({ name: 'agent-nightly', status: 'building', build_finish_time_ms: null }),
  );

  hoursAgo(9, () => insert.devbox({ name: 'forgotten', status: 'shutdown', shutdown_reason: 'idle' }));
  hoursAgo(5, () => {
    const { id: source_devbox_id } = insert.devbox({ name: 'debugging-session', status: 'suspended' });
    insert.snapshot({ name: 'before-upgrade', source_devbox_id, size_bytes: 4_831_838_208 });
    insert.snapshot({ name: 'broken', source_devbox_id, status: 'error', error_message: 'The disk is full' });
    insert.snapshot({ name: 'warm-cache', source_devbox_id, status: 'in_progress', size_bytes: null });
  });
  hoursAgo(4, () => insert.devbox({ name: 'greedy', status: 'failure', failure_reason: 'out_of_memory' }));
  hoursAgo(2, () => insert.devbox({ name: 'notebook', status: 'running' }));

  const jobs: readonly (readonly [BenchmarkJobState, string | null])[] = [
    ['failed', 'The agent image could not be pulled'],
    ['cancelled', null],
    ['timeout', 'The job exceeded its time limit'],
  ];
  const { id: benchmark_id, name: benchmark_name } = smoke.benchmark;
  for (const [state, failure_reason] of jobs) {
    hoursAgo(stream.integer(5, 90), () =>
      insert.benchmarkJob({
        name: `${benchmark_name} (${state})`,
        state,
        failure_reason,
        job_source: { type: 'benchmark', benchmark_id, benchmark_name },
      }),
    );
  }

  const scenarios = smoke.benchmark.scenarioIds.flatMap((id) => store.scenarios.get(id) ?? []);
  for (const state of SCENARIO_RUN_STATES) {
    const scenario = stream.pick(scenarios);
    const about = { name: `try ${scenario.name}`, metadata: { started_by: 'hand', session: ids('agent') } };
    // Those that are active come about in the ordinary way, so that they go on from here.
    if (state === 'running') hoursAgo(0, () => scenarioRuns.start(scenario, about));
    else if (state === 'scoring') {
      hoursAgo(0, () => {
        const run = scenarioRuns.start(scenario, about);
        scenarioRuns.score(run.id, () => judge(scenario.scoring_contract, 'pass', stream), 30_000);
      });
    } else {
      const isScored = state === 'scored' || state === 'completed';
      hoursAgo(stream.integer(2, 60), () =>
        insert.scenarioRun({
          ...about,
          scenario_id: scenario.id,
          state,
          duration_ms: stream.integer(60_000, 1_800_000),
          scoring_contract_result: isScored ? judge(scenario.scoring_contract, 'partial', stream) : null,
        }),
      );
    }
  }
}
