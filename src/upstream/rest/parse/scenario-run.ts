/** `parseScenarioRun`: a scenario run as the REST API shows it, in camelCase. */
import { isId } from '../../id.ts';
import { scenarioRunLifecycle } from '../../lifecycle.ts';
import type {
  EnvironmentVariable,
  Row,
  ScenarioRun,
  ScenarioRunState,
  ScoringFunctionResult,
  ScoringFunctionState,
  ScoringResult,
  SecretReference,
  WireViews,
} from '../../types.ts';
import { unreadable } from './page.ts';
import {
  isObject,
  type Loose,
  readDuration,
  readInstant,
  readKeyValues,
  readList,
  readNumber,
  readText,
} from './primitives.ts';
import type { RowFields, WireOf } from './row-fields.ts';
import { createEnumValues, readEnumValue, type ReportUnknown } from './enum-values.ts';

export const SCENARIO_RUN_FIELDS = {
  own: {
    id: true,
    name: true,
    state: true,
    scenario_id: true,
    devbox_id: true,
    benchmark_run_id: true,
    scoring_contract_result: true,
    start_time_ms: true,
    duration_ms: true,
    purpose: true,
    metadata: true,
    environment_variables: true,
    secrets_provided: true,
  },
  nested: ['scoring_contract_result.scoring_function_results'],
  // A run that has a result has it, whatever the runs lacked that were looked up so far.
  isDue: ({ state }, field) =>
    field === 'scoring_contract_result' && (state === 'scored' || state === 'completed'),
} satisfies RowFields<WireViews['scenarioRun']>;

type Wire = WireOf<typeof SCENARIO_RUN_FIELDS.own>;

type ResultView = NonNullable<WireViews['scenarioRun']['scoring_contract_result']>;
type WireResult = Loose<ResultView, 'score' | 'scoring_function_results'>;
type WireFunctionResult = Loose<
  ResultView['scoring_function_results'][number],
  'scoring_function_name' | 'score' | 'state' | 'output'
>;

const STATES = createEnumValues<ScenarioRunState>('scenarioRun.state', {
  running: true,
  scoring: true,
  scored: true,
  completed: true,
  canceled: true,
  timeout: true,
  failed: true,
});

const FUNCTION_STATES = createEnumValues<ScoringFunctionState>('scoringFunctionResult.state', {
  complete: true,
  error: true,
});

export function parseScenarioRun(row: unknown, report: ReportUnknown): Row<ScenarioRun> {
  if (!isObject(row)) return unreadable('scenario run', 'form');
  const wire: Wire = row;
  const { id, scenario_id: scenarioId } = wire;
  if (!isId(id)) return unreadable('scenario run', 'id');
  if (!isId(scenarioId)) return unreadable('scenario run', 'scenario_id');
  const state = readEnumValue(STATES, wire.state, report);
  if (state === null) return unreadable('scenario run', 'state');
  const scoringResult = parseScoringResult(wire.scoring_contract_result, report);
  // A score that cannot be read is not the same as none: it would turn a pass into a failure.
  if (scoringResult === 'unreadable') return unreadable('scenario run', 'score');
  const startedAtMs = readInstant(wire.start_time_ms);
  const durationMs = readDuration(wire.duration_ms);
  return {
    type: 'ScenarioRun',
    id,
    name: readText(wire.name),
    state,
    ...scenarioRunLifecycle(state, scoringResult?.score ?? null),
    scoringResult,
    startedAtMs,
    endedAtMs: endOf(startedAtMs, durationMs),
    durationMs,
    purpose: readText(wire.purpose),
    metadata: readKeyValues(wire.metadata),
    environmentVariables: readEnvironmentVariables(wire.environment_variables),
    secretsProvided: readSecretReferences(wire.secrets_provided),
    scenarioId,
    devboxId: isId(wire.devbox_id) ? wire.devbox_id : null,
    benchmarkRunId: isId(wire.benchmark_run_id) ? wire.benchmark_run_id : null,
  };
}

/** Null while there is no score, also when the functions' results are there already. */
function parseScoringResult(value: unknown, report: ReportUnknown): ScoringResult | null | 'unreadable' {
  if (value === null || value === undefined) return null;
  if (!isObject(value)) return 'unreadable';
  const wire: WireResult = value;
  if (wire.score === null || wire.score === undefined) return null;
  const score = readNumber(wire.score);
  if (score === null) return 'unreadable';
  const functionResults: ScoringFunctionResult[] = [];
  for (const item of readList(wire.scoring_function_results)) {
    if (!isObject(item)) continue;
    const result: WireFunctionResult = item;
    functionResults.push({
      name: readText(result.scoring_function_name) ?? '',
      // A function that gave no score added nothing to the total.
      score: readNumber(result.score) ?? 0,
      state: readEnumValue(FUNCTION_STATES, result.state, report) ?? 'unknown',
      output: readText(result.output) ?? '',
    });
  }
  return { score, functionResults };
}

export function endOf(startedAtMs: number | null, durationMs: number | null): number | null {
  return startedAtMs === null || durationMs === null ? null : readInstant(startedAtMs + durationMs);
}

export function readEnvironmentVariables(value: unknown): readonly EnvironmentVariable[] {
  return readKeyValues(value).map((pair) => ({ name: pair.key, value: pair.value }));
}

export function readSecretReferences(value: unknown): readonly SecretReference[] {
  return readKeyValues(value).map((pair) => ({ environmentVariable: pair.key, secretName: pair.value }));
}
