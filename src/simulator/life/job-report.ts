/** What a benchmark job tells of its benchmark runs: what came of those that ended, and how long the others have taken. */
import type { Store } from '../store/store.ts';
import type {
  AgentConfig,
  BenchmarkJobView,
  BenchmarkOutcome,
  BenchmarkRunView,
  ScenarioOutcome,
} from '../wire/benchmark.ts';
import type { ScenarioRunView } from '../wire/scenario.ts';

/** What came of a benchmark run that has ended. */
export function outcomeOf(store: Store, config: AgentConfig, run: BenchmarkRunView): BenchmarkOutcome {
  const scenarioOutcomes = store.scenarioRuns
    .list({ benchmark_run_id: run.id })
    .map((each) => scenarioOutcome(store, each))
    .reverse();
  const count = (state: ScenarioOutcome['state']) =>
    scenarioOutcomes.filter((each) => each.state === state).length;
  return {
    benchmark_run_id: run.id,
    agent_name: config.name,
    model_name: config.model_name ?? null,
    n_completed: count('COMPLETED'),
    n_failed: count('FAILED'),
    n_timeout: count('TIMEOUT'),
    average_score: meanScore(scenarioOutcomes),
    duration_ms: run.duration_ms,
    scenario_outcomes: scenarioOutcomes,
  };
}

/** The row of a benchmark run that goes on says how long it has, whenever somebody looks. */
export function seenAt(job: BenchmarkJobView, now: number): BenchmarkJobView {
  if (job.in_progress_runs.length === 0) return job;
  return {
    ...job,
    in_progress_runs: job.in_progress_runs.map((row) =>
      row.state === 'running' && row.duration_ms === null
        ? { ...row, duration_ms: Math.round(now - row.start_time_ms) }
        : row,
    ),
  };
}

function scenarioOutcome(store: Store, run: ScenarioRunView): ScenarioOutcome {
  return {
    scenario_definition_id: run.scenario_id,
    scenario_name: store.scenarios.get(run.scenario_id)?.name ?? run.scenario_id,
    scenario_run_id: run.id,
    ...endOf(run),
    duration_ms: run.duration_ms,
  };
}

/** Over the completed scenarios alone. */
function meanScore(outcomes: readonly ScenarioOutcome[]): number | null {
  const scores = outcomes.flatMap(({ score }) => score ?? []);
  return scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

function endOf(run: ScenarioRunView): Pick<ScenarioOutcome, 'state' | 'score' | 'failure_reason'> {
  switch (run.state) {
    case 'scored':
    case 'completed':
      return {
        state: 'COMPLETED',
        score: run.scoring_contract_result?.score ?? null,
        failure_reason: null,
      };
    case 'timeout':
      return {
        state: 'TIMEOUT',
        score: null,
        failure_reason: {
          exception_type: 'AgentTimeoutError',
          exception_message: 'The agent ran out of time',
        },
      };
    case 'failed':
      return {
        state: 'FAILED',
        score: null,
        failure_reason: {
          exception_type: 'EnvironmentStartError',
          exception_message: 'The devbox ended unexpectedly',
        },
      };
    case 'running':
    case 'scoring':
    case 'canceled':
      return { state: 'CANCELED', score: null, failure_reason: null };
  }
}
