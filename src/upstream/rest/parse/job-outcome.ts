/** `parseJobOutcome`: what came of one benchmark run of a job, scenario by scenario, in camelCase. */
import { isId } from '../../id.ts';
import type { JobOutcome, ScenarioOutcome, ScenarioOutcomeState, WireViews } from '../../types.ts';
import {
  isObject,
  type Loose,
  present,
  readCount,
  readDuration,
  readList,
  readNumber,
  readText,
} from './primitives.ts';
import { createEnumValues, readEnumValue, type ReportUnknown } from './enum-values.ts';

type View = WireViews['benchmarkJob'];
type OutcomeView = NonNullable<View['benchmark_outcomes']>[number];
type WireOutcome = Loose<
  OutcomeView,
  | 'benchmark_run_id'
  | 'agent_name'
  | 'model_name'
  | 'n_completed'
  | 'n_failed'
  | 'n_timeout'
  | 'average_score'
  | 'duration_ms'
  | 'scenario_outcomes'
>;
type ScenarioOutcomeView = OutcomeView['scenario_outcomes'][number];
type WireScenarioOutcome = Loose<
  ScenarioOutcomeView,
  | 'scenario_definition_id'
  | 'scenario_name'
  | 'scenario_run_id'
  | 'state'
  | 'score'
  | 'duration_ms'
  | 'failure_reason'
>;
type WireFailure = Loose<
  NonNullable<ScenarioOutcomeView['failure_reason']>,
  'exception_type' | 'exception_message'
>;

const OUTCOME_STATES = createEnumValues<ScenarioOutcomeState>('scenarioOutcome.state', {
  COMPLETED: true,
  FAILED: true,
  TIMEOUT: true,
  CANCELED: true,
});

/** Null for what is no outcome at all. */
export function parseJobOutcome(value: unknown, report: ReportUnknown): JobOutcome | null {
  if (!isObject(value)) return null;
  const wire: WireOutcome = value;
  if (!isId(wire.benchmark_run_id)) return null;
  const scenarioOutcomes = present(
    readList(wire.scenario_outcomes).map((item) => parseScenarioOutcome(item, report)),
  );
  const count = (state: ScenarioOutcomeState) =>
    scenarioOutcomes.filter((outcome) => outcome.state === state).length;
  return {
    benchmarkRunId: wire.benchmark_run_id,
    agentName: readText(wire.agent_name) ?? '',
    modelName: readText(wire.model_name),
    completedCount: readCount(wire.n_completed) ?? count('COMPLETED'),
    failedCount: readCount(wire.n_failed) ?? count('FAILED'),
    timeoutCount: readCount(wire.n_timeout) ?? count('TIMEOUT'),
    averageScore: readNumber(wire.average_score),
    durationMs: readDuration(wire.duration_ms),
    scenarioOutcomes,
  };
}

function parseScenarioOutcome(value: unknown, report: ReportUnknown): ScenarioOutcome | null {
  if (!isObject(value)) return null;
  const wire: WireScenarioOutcome = value;
  return {
    scenarioId: isId(wire.scenario_definition_id) ? wire.scenario_definition_id : null,
    scenarioName: readText(wire.scenario_name),
    scenarioRunId: isId(wire.scenario_run_id) ? wire.scenario_run_id : null,
    state: readEnumValue(OUTCOME_STATES, wire.state, report) ?? 'unknown',
    score: readNumber(wire.score),
    durationMs: readDuration(wire.duration_ms),
    failureReason: parseFailure(wire.failure_reason),
  };
}

function parseFailure(value: unknown): ScenarioOutcome['failureReason'] {
  if (!isObject(value)) return null;
  const wire: WireFailure = value;
  return {
    exceptionType: readText(wire.exception_type) ?? '',
    exceptionMessage: readText(wire.exception_message) ?? '',
  };
}
