/** The scenarios of the seeded benchmarks, with scoring contracts of all six kinds. */
import type { Random } from './random.ts';
import type { ScenarioView, ScoringContract, ScoringFunction } from '../wire/scenario.ts';

/** The manner in which a benchmark's scenarios are made. */
export type Manner = 'swe-bench' | 'terminal-bench' | 'smoke';

export interface ScenarioPlace {
  readonly id: string;
  readonly blueprintId: string;
  /** The position within the benchmark: every so-manieth scenario is a little different. */
  readonly position: number;
  /** The type of the account's custom scorer. */
  readonly customScorerType: string;
}

export function makeScenario(
  manner: Manner,
  name: string,
  place: ScenarioPlace,
  random: Random,
): ScenarioView {
  const needsKey = manner === 'terminal-bench' && place.position % 10 === 9;
  return {
    id: place.id,
    name,
    input_context: {
      problem_statement: problemStatement(manner, name, random),
      additional_context: contextOf(manner, name),
    },
    scoring_contract: contractOf(manner, name, place),
    metadata: metadataOf(manner, name, random),
    status: 'active',
    environment: {
      blueprint_id: place.blueprintId,
      snapshot_id: null,
      working_directory: manner === 'swe-bench' ? '/testbed' : '/home/user',
      launch_parameters: {
        resource_size_request: manner === 'smoke' ? 'X_SMALL' : 'MEDIUM',
        keep_alive_time_seconds: 7_200,
      },
    },
    is_public: manner === 'terminal-bench',
    reference_output: manner === 'swe-bench' ? referencePatch(name, random) : null,
    required_environment_variables: needsKey ? ['TASK_SEED'] : [],
    required_secret_names: needsKey ? ['TASK_API_KEY'] : [],
    scorer_timeout_sec: manner === 'smoke' ? 120 : 1_800,
    validation_type:
      manner === 'swe-bench' ? 'FORWARD' : manner === 'terminal-bench' ? 'EVALUATION' : 'UNSPECIFIED',
  };
}

function contractOf(
  manner: Manner,
  name: string,
  { position, customScorerType }: ScenarioPlace,
): ScoringContract {
  const tests: ScoringFunction = {
    name: 'fail_to_pass',
    weight: 0.6,
    scorer: {
      type: 'test_based_scorer',
      test_command: `pytest -rA tests/test_${name.replace(/\W+/g, '_')}.py`,
      test_files: [
        {
          file_path: `tests/test_${name.replace(/\W+/g, '_')}.py`,
          file_contents: 'def test_regression():\n    ...\n',
        },
      ],
    },
  };
  const regressions: ScoringFunction = {
    name: 'pass_to_pass',
    weight: 0.3,
    scorer: { type: 'command_scorer', command: 'python -m pytest -x -q tests/regressions' },
  };
  const extra: ScoringFunction =
    position % 2 === 0
      ? {
          name: 'no_debug_left',
          weight: 0.1,
          scorer: { type: 'ast_grep_scorer', pattern: 'print($$$)', search_directory: 'src', lang: 'python' },
        }
      : {
          name: 'review',
          weight: 0.1,
          scorer: {
            type: 'custom_scorer',
            custom_scorer_type: customScorerType,
            scorer_params: { strictness: 2 },
          },
        };
  const script: ScoringFunction = {
    name: 'state_check',
    weight: 0.7,
    scorer: {
      type: 'python_script_scorer',
      python_script: 'import json, os\ncontext = json.loads(os.environ["RL_SCORER_CONTEXT"])\nprint(1.0)\n',
      python_version_constraint: '>=3.10',
      requirements_contents: 'numpy==2.1.0\n',
    },
  };
  const files: ScoringFunction = {
    name: 'files_in_place',
    weight: manner === 'smoke' ? 1 : 0.3,
    scorer: {
      type: 'bash_script_scorer',
      bash_script: 'set -euo pipefail\ntest -f result.txt && echo "score=1.0"',
    },
  };
  switch (manner) {
    case 'swe-bench':
      return { scoring_function_parameters: [tests, regressions, extra] };
    case 'terminal-bench':
      return { scoring_function_parameters: [script, files] };
    case 'smoke':
      return { scoring_function_parameters: [files] };
  }
}

function problemStatement(manner: Manner, name: string, random: Random): string {
  if (manner === 'swe-bench') {
    const [project = name] = name.split('__');
    return [
      `${random.pick(['Incorrect', 'Unexpected', 'Inconsistent'])} result in ${project} when the ${random.pick(['input is empty', 'field is nested', 'locale changes', 'value is None'])}`,
      '',
      'Description',
      `The behaviour differs from the documentation since ${String(random.integer(1, 4))}.${String(random.integer(0, 9))}.`,
      'Steps to reproduce:',
      '1. Run the attached snippet.',
      '2. Compare its output with the expected one.',
      '',
      'Expected: no exception, and the documented value.',
    ].join('\n');
  }
  const task = name.replace(/^smoke-/, '').replaceAll('-', ' ');
  return `Complete the task "${task}" in the terminal.\nWrite what you found to result.txt; the check runs without a network.`;
}

function contextOf(manner: Manner, name: string): unknown {
  if (manner !== 'swe-bench') return null;
  const repository = name.replace(/-\d+$/, '').replace('__', '/');
  return { repository, issue: Number(/-(\d{1,9})$/.exec(name)?.[1] ?? 0), base: 'main' };
}

function metadataOf(manner: Manner, name: string, random: Random): ScenarioView['metadata'] {
  if (manner === 'swe-bench') {
    return {
      repo: name.replace(/-\d+$/, '').replace('__', '/'),
      difficulty: random.pick(['<15 min', '15 min - 1 hour', '1-4 hours']),
    };
  }
  return {
    category: random.pick(['system', 'data', 'security', 'build']),
    difficulty: random.pick(['easy', 'medium', 'hard']),
  };
}

function referencePatch(name: string, random: Random): string {
  const file = `${name.split('__')[0] ?? 'src'}/core/${random.pick(['query', 'compiler', 'utils', 'fields'])}.py`;
  const line = random.integer(10, 900);
  return [
    `diff --git a/${file} b/${file}`,
    `--- a/${file}`,
    `+++ b/${file}`,
    `@@ -${String(line)},3 +${String(line)},3 @@`,
    '-    return value',
    '+    return value if value is not None else default',
  ].join('\n');
}
