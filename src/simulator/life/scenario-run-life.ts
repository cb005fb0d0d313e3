/** The state machine of scenario runs: running, scoring, scored, and the four ways to end. */
import { ApiError } from '../wire/api-error.ts';
import type { BenchmarkRunView } from '../wire/benchmark.ts';
import type {
  LaunchParameters,
  ScenarioRunState,
  ScenarioRunView,
  ScenarioView,
  ScoringContractResult,
  StringMap,
} from '../wire/scenario.ts';
import type { BootPlan, DevboxLife } from './devbox-life.ts';
import type { LifeContext } from './life-context.ts';

/** How a run is configured beyond its scenario. */
export interface RunProfile {
  readonly environmentVariables: StringMap | null;
  readonly secrets: StringMap | null;
  readonly purpose: string | null;
  readonly launchParameters: LaunchParameters | null;
}

export interface ScenarioRunStart {
  readonly name?: string | null;
  readonly metadata?: StringMap;
  readonly benchmarkRunId?: string | null;
  readonly profile?: RunProfile;
  readonly boot?: BootPlan;
}

export interface ScenarioRunLife {
  /** `running` at once, while its devbox still boots. Stays so until somebody scores, ends or cancels it. */
  start(scenario: ScenarioView, options?: ScenarioRunStart): ScenarioRunView;
  /** `scoring` at once, `scored` with the result after a while (2 s of life's time unless told). */
  score(id: string, result: () => ScoringContractResult, lifeMs?: number): ScenarioRunView;
  complete(id: string): ScenarioRunView;
  cancel(id: string): ScenarioRunView;
  /** What the platform does to runs that go wrong or take too long. */
  end(id: string, state: 'failed' | 'timeout'): ScenarioRunView;
  /** The run, or a 404. */
  get(id: string): ScenarioRunView;
}

export const NO_PROFILE: RunProfile = {
  environmentVariables: null,
  secrets: null,
  purpose: null,
  launchParameters: null,
};

const SCORING_MS = 2_000;

export function createScenarioRunLife(
  { store, timeline, ids }: LifeContext,
  devboxes: DevboxLife,
): ScenarioRunLife {
  const { scenarioRuns } = store;

  const get = (id: string) => {
    const run = scenarioRuns.get(id);
    if (!run) throw ApiError.missing('ScenarioRun', id);
    return run;
  };

  const expectState = (id: string, verb: string, states: readonly ScenarioRunState[]) => {
    const run = get(id);
    if (states.includes(run.state)) return run;
    throw ApiError.conflict(`ScenarioRun ${id} is ${run.state} and cannot be ${verb}`);
  };

  /** A run's duration is what it took to be scored, or to end without. */
  const durationOf = (run: ScenarioRunView) =>
    run.duration_ms ?? Math.round(timeline.now() - run.start_time_ms);

  const finish = (run: ScenarioRunView, state: ScenarioRunState) => {
    const finished = scenarioRuns.update(run.id, { state, duration_ms: durationOf(run) });
    if (store.devboxes.get(run.devbox_id)) devboxes.shutdown(run.devbox_id);
    return finished;
  };

  /** A run that is active when its devbox ends has nothing to go on with. */
  devboxes.onEnd(({ id, shutdown_reason: reason }) => {
    for (const run of scenarioRuns.list({ devbox_id: id })) {
      if (run.state === 'running' || run.state === 'scoring')
        finish(run, reason === 'keep_alive_timeout' || reason === 'idle' ? 'timeout' : 'failed');
    }
  });

  /** What scores a run runs on its devbox: one that still boots is there before the score is given. */
  const expectDevbox = ({ id, devbox_id: devboxId }: ScenarioRunView) => {
    if (!store.devboxes.get(devboxId)) return;
    const { status } = devboxes.finishBoot(devboxId);
    if (status === 'running') return;
    throw ApiError.conflict(`ScenarioRun ${id} cannot be scored: its devbox is ${status}`);
  };

  return {
    get,
    start: (scenario, { name, metadata, benchmarkRunId, profile = NO_PROFILE, boot } = {}) => {
      const id = ids('scenarioRun');
      const launchParameters = profile.launchParameters ?? scenario.environment?.launch_parameters;
      const devbox = devboxes.create(
        {
          name: name ?? scenario.name,
          initiator_type: 'scenario',
          initiator_id: id,
          blueprint_id: scenario.environment?.blueprint_id ?? null,
          snapshot_id: scenario.environment?.snapshot_id ?? null,
          ...(launchParameters ? { launch_parameters: launchParameters } : {}),
        },
        boot,
      );
      return scenarioRuns.insert({
        id,
        scenario_id: scenario.id,
        devbox_id: devbox.id,
        state: 'running',
        metadata: metadata ?? {},
        name: name ?? null,
        benchmark_run_id: benchmarkRunId ?? null,
        scoring_contract_result: null,
        start_time_ms: timeline.now(),
        duration_ms: null,
        purpose: profile.purpose,
        environment_variables: profile.environmentVariables,
        secrets_provided: profile.secrets,
      });
    },
    score: (id, result, lifeMs = SCORING_MS) => {
      expectDevbox(expectState(id, 'scored', ['running']));
      const scoring = scenarioRuns.update(id, { state: 'scoring' });
      timeline.after(lifeMs, () => {
        const run = scenarioRuns.get(id);
        if (run?.state !== 'scoring') return;
        scenarioRuns.update(id, {
          state: 'scored',
          duration_ms: durationOf(run),
          scoring_contract_result: result(),
        });
      });
      return scoring;
    },
    complete: (id) => finish(expectState(id, 'completed', ['scored']), 'completed'),
    cancel: (id) => finish(expectState(id, 'canceled', ['running', 'scoring', 'scored']), 'canceled'),
    end: (id, state) => finish(expectState(id, 'ended', ['running', 'scoring']), state),
  };
}

/** A run of a benchmark takes what it does not say itself from the benchmark run. */
export function profileOf(run: BenchmarkRunView): RunProfile {
  return {
    environmentVariables: run.environment_variables,
    secrets: run.secrets_provided,
    purpose: run.purpose,
    launchParameters: null,
  };
}
