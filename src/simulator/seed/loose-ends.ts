/** What no evaluation brings about but every account has: runs started by hand, secrets, odd blueprints. */
import type { LifeContext } from '../life/life-context.ts';
import type { ScenarioRunLife } from '../life/scenario-run-life.ts';
import { judge } from '../scoring/judge.ts';
import type { Insert } from '../store/insert.ts';
import { SCENARIO_RUN_STATES, type ScenarioRunState } from '../wire/scenario.ts';
import type { Suites } from './suites.ts';

const HOUR_MS = 3_600_000;
/** How long somebody works on a run by hand before scoring it, and how long that takes. */
const WORK_MS = 290_000;
const SCORING_MS = 30_000;

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

  const scenarios = smoke.benchmark.scenarioIds.flatMap((id) => store.scenarios.get(id) ?? []);
  const begin = (state: ScenarioRunState) => {
    const scenario = stream.pick(scenarios);
    const metadata = { started_by: 'hand', session: ids('agent') };
    const { id } = scenarioRuns.start(scenario, { name: `try ${scenario.name}`, metadata });
    if (state === 'running') return;
    timeline.after(WORK_MS, () => {
      if (state === 'failed' || state === 'timeout') scenarioRuns.end(id, state);
      else if (state === 'canceled') scenarioRuns.cancel(id);
      else {
        const verdict = state === 'scoring' ? 'pass' : 'partial';
        scenarioRuns.score(id, () => judge(scenario.scoring_contract, verdict, stream), SCORING_MS);
        if (state === 'completed') timeline.after(SCORING_MS + 2_000, () => scenarioRuns.complete(id));
      }
    });
  };
  for (const state of SCENARIO_RUN_STATES) {
    const isActive = state === 'running' || state === 'scoring';
    // Active ones began late enough to be still at it: the one is worked on, the other is scored for some seconds.
    const agoMs = isActive ? WORK_MS + SCORING_MS / 3 : stream.integer(3, 60) * HOUR_MS;
    timeline.at(start - agoMs, () => {
      begin(state);
    });
  }
}
