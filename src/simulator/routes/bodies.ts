/** The parts of request bodies that several routes share. */
import { ApiError } from '../wire/api-error.ts';
import type { Fields } from '../http/fields.ts';
import { NO_PROFILE, type RunProfile } from '../life/scenario-run-life.ts';
import {
  type InputContext,
  type LaunchParameters,
  SCORER_TYPES,
  type Scorer,
  type ScenarioEnvironment,
  type ScoringContract,
} from '../wire/scenario.ts';

const SIZES = ['X_SMALL', 'SMALL', 'MEDIUM', 'LARGE', 'X_LARGE', 'XX_LARGE', 'CUSTOM_SIZE'] as const;

/** `runProfile` and what is in it are the API's only camelCase fields in a body. */
export function runProfileOf(body: Fields): RunProfile {
  const profile = body.object('runProfile');
  if (!profile) return NO_PROFILE;
  const launch = profile.object('launchParameters');
  return {
    environmentVariables: profile.stringMap('envVars') ?? null,
    secrets: profile.stringMap('secrets') ?? null,
    purpose: profile.string('purpose') ?? null,
    launchParameters: launch ? launchParametersOf(launch) : null,
  };
}

export function launchParametersOf(fields: Fields): LaunchParameters {
  const idle = fields.object('after_idle') ?? fields.object('lifecycle')?.object('after_idle');
  const onIdle = idle?.word('on_idle', ['shutdown', 'suspend']);
  const idleSeconds = idle?.number('idle_time_seconds');
  return {
    ...fields.all(),
    resource_size_request: fields.word('resource_size_request', SIZES) ?? 'SMALL',
    keep_alive_time_seconds: fields.number('keep_alive_time_seconds') ?? 3_600,
    provisioning_tier: fields.word('provisioning_tier', ['standard', 'flex']) ?? null,
    after_idle:
      onIdle && idleSeconds !== undefined ? { idle_time_seconds: idleSeconds, on_idle: onIdle } : null,
  };
}

export function inputContextOf(fields: Fields): InputContext {
  return {
    problem_statement: fields.requiredString('problem_statement'),
    additional_context: fields.raw('additional_context') ?? null,
  };
}

export function environmentOf(fields: Fields | undefined): ScenarioEnvironment | null {
  if (!fields) return null;
  const launch = fields.object('launch_parameters');
  return {
    blueprint_id: fields.string('blueprint_id') ?? null,
    snapshot_id: fields.string('snapshot_id') ?? null,
    working_directory: fields.string('working_directory') ?? null,
    launch_parameters: launch ? launchParametersOf(launch) : null,
  };
}

export function scoringContractOf(fields: Fields | undefined): ScoringContract {
  const functions = fields?.objects('scoring_function_parameters');
  if (!functions || functions.length === 0)
    throw ApiError.invalid('scoring_contract needs at least one scoring function');
  return {
    scoring_function_parameters: functions.map((scoring) => {
      const scorer = scoring.object('scorer');
      const weight = scoring.number('weight');
      if (!scorer || weight === undefined)
        throw ApiError.invalid('A scoring function needs a scorer and a weight');
      return { name: scoring.requiredString('name'), weight, scorer: scorerOf(scorer) };
    }),
  };
}

function scorerOf(fields: Fields): Scorer {
  const type = fields.word('type', SCORER_TYPES);
  const rest = fields.all();
  switch (type) {
    case undefined:
      throw ApiError.invalid('A scorer needs a type');
    case 'ast_grep_scorer':
      return {
        ...rest,
        type,
        pattern: fields.requiredString('pattern'),
        search_directory: fields.requiredString('search_directory'),
      };
    case 'custom_scorer':
      return { ...rest, type, custom_scorer_type: fields.requiredString('custom_scorer_type') };
    case 'python_script_scorer':
      return { ...rest, type, python_script: fields.requiredString('python_script') };
    case 'bash_script_scorer':
    case 'command_scorer':
    case 'test_based_scorer':
      return { ...rest, type };
  }
}
