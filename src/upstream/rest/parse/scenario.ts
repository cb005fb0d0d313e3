/** `parseScenario`: a scenario as the REST API shows it, in camelCase. */
import { isId } from '../../id.ts';
import type {
  Row,
  Scenario,
  ScenarioEnvironment,
  ScenarioStatus,
  ValidationType,
  WireViews,
} from '../../types.ts';
import { parseLaunchParameters } from './launch-parameters.ts';
import { unreadable } from './page.ts';
import {
  isObject,
  type Loose,
  readDuration,
  readJson,
  readKeyValues,
  readList,
  readObject,
  readText,
  readTexts,
} from './primitives.ts';
import type { RowFields, WireOf } from './row-fields.ts';
import { parseScoringFunction } from './scorer.ts';
import { createEnumValues, readEnumValue, type ReportUnknown } from './enum-values.ts';

type View = WireViews['scenario'];
export const SCENARIO_FIELDS = {
  own: {
    id: true,
    name: true,
    status: true,
    is_public: true,
    input_context: true,
    reference_output: true,
    validation_type: true,
    scorer_timeout_sec: true,
    metadata: true,
    required_environment_variables: true,
    required_secret_names: true,
    environment: true,
    scoring_contract: true,
  },
  nested: ['input_context.additional_context', 'scoring_contract.scoring_function_parameters'],
} satisfies RowFields<View>;

type Wire = WireOf<typeof SCENARIO_FIELDS.own>;
type WireInput = Loose<View['input_context'], 'problem_statement' | 'additional_context'>;
type WireContract = Loose<View['scoring_contract'], 'scoring_function_parameters'>;
type WireEnvironment = Loose<
  NonNullable<View['environment']>,
  'blueprint_id' | 'snapshot_id' | 'working_directory' | 'launch_parameters'
>;

const STATUSES = createEnumValues<ScenarioStatus>('scenario.status', { active: true, archived: true });

const VALIDATION_TYPES = createEnumValues<ValidationType>('scenario.validationType', {
  UNSPECIFIED: true,
  FORWARD: true,
  REVERSE: true,
  EVALUATION: true,
});

export function parseScenario(row: unknown, report: ReportUnknown): Row<Scenario> {
  if (!isObject(row)) return unreadable('scenario', 'form');
  const wire: Wire = row;
  const { id, name } = wire;
  if (!isId(id)) return unreadable('scenario', 'id');
  if (typeof name !== 'string') return unreadable('scenario', 'name');
  const status = readEnumValue(STATUSES, wire.status, report);
  if (status === null) return unreadable('scenario', 'status');
  const input: WireInput = readObject(wire.input_context) ?? {};
  const problemStatement = readText(input.problem_statement);
  if (problemStatement === null) return unreadable('scenario', 'problem_statement');
  const contract: WireContract = readObject(wire.scoring_contract) ?? {};
  return {
    type: 'Scenario',
    id,
    name,
    status,
    isPublic: wire.is_public === true,
    problemStatement,
    additionalContext: readJson(input.additional_context),
    referenceOutput: readText(wire.reference_output),
    validationType: readEnumValue(VALIDATION_TYPES, wire.validation_type, report),
    scorerTimeoutSec: readDuration(wire.scorer_timeout_sec),
    metadata: readKeyValues(wire.metadata),
    requiredEnvironmentVariables: readTexts(wire.required_environment_variables),
    requiredSecretNames: readTexts(wire.required_secret_names),
    environment: parseEnvironment(wire.environment, report),
    scoringFunctions: readList(contract.scoring_function_parameters)
      .map((item) => parseScoringFunction(item, report))
      .filter((item) => item !== null),
  };
}

function parseEnvironment(value: unknown, report: ReportUnknown): ScenarioEnvironment | null {
  if (!isObject(value)) return null;
  const wire: WireEnvironment = value;
  return {
    blueprintId: isId(wire.blueprint_id) ? wire.blueprint_id : null,
    snapshotId: isId(wire.snapshot_id) ? wire.snapshot_id : null,
    workingDirectory: readText(wire.working_directory),
    launchParameters: isObject(wire.launch_parameters)
      ? parseLaunchParameters(wire.launch_parameters, report)
      : null,
  };
}
