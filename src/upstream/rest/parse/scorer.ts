/** `parseScoringFunction`: how a scenario is scored, in one of the six ways that this version knows. */
import type { Scorer, ScorerType, ScoringFunction, WireViews } from '../../types.ts';
import {
  isObject,
  type Loose,
  readJson,
  readList,
  readNumber,
  readObject,
  readText,
  type WireObject,
} from './primitives.ts';
import { createEnumValues, readEnumValue, type ReportUnknown } from './enum-values.ts';

type FunctionView = WireViews['scenario']['scoring_contract']['scoring_function_parameters'][number];
type ScorerView<Type extends string> = Extract<FunctionView['scorer'], { type: Type }>;
type Wire = Loose<FunctionView, 'name' | 'weight' | 'scorer'>;

const TYPES = createEnumValues<ScorerType>('scorer.type', {
  ast_grep_scorer: true,
  bash_script_scorer: true,
  command_scorer: true,
  custom_scorer: true,
  python_script_scorer: true,
  test_based_scorer: true,
});

/** Null for what is no scoring function at all. */
export function parseScoringFunction(row: unknown, report: ReportUnknown): ScoringFunction | null {
  if (!isObject(row)) return null;
  const wire: Wire = row;
  return {
    name: readText(wire.name) ?? '',
    weight: readNumber(wire.weight) ?? 0,
    scorer: parseScorer(readObject(wire.scorer) ?? {}, report),
  };
}

function parseScorer(row: WireObject, report: ReportUnknown): Scorer {
  const type = readEnumValue(TYPES, row['type'], report);
  switch (type) {
    case 'ast_grep_scorer': {
      const wire: Loose<ScorerView<typeof type>, 'type' | 'pattern' | 'search_directory' | 'lang'> = row;
      return {
        type,
        pattern: readText(wire.pattern) ?? '',
        searchDirectory: readText(wire.search_directory) ?? '',
        language: readText(wire.lang),
      };
    }
    case 'bash_script_scorer': {
      const wire: Loose<ScorerView<typeof type>, 'type' | 'bash_script'> = row;
      return { type, script: readText(wire.bash_script) };
    }
    case 'command_scorer': {
      const wire: Loose<ScorerView<typeof type>, 'type' | 'command'> = row;
      return { type, command: readText(wire.command) };
    }
    case 'custom_scorer': {
      const wire: Loose<ScorerView<typeof type>, 'type' | 'custom_scorer_type' | 'scorer_params'> = row;
      return {
        type,
        customType: readText(wire.custom_scorer_type) ?? '',
        parameters: readJson(wire.scorer_params),
      };
    }
    case 'python_script_scorer': {
      const wire: Loose<
        ScorerView<typeof type>,
        'type' | 'python_script' | 'python_version_constraint' | 'requirements_contents'
      > = row;
      return {
        type,
        script: readText(wire.python_script) ?? '',
        versionConstraint: readText(wire.python_version_constraint),
        requirements: readText(wire.requirements_contents),
      };
    }
    case 'test_based_scorer': {
      const wire: Loose<ScorerView<typeof type>, 'type' | 'test_command' | 'test_files'> = row;
      return { type, testCommand: readText(wire.test_command), testFiles: parseTestFiles(wire.test_files) };
    }
    case 'unknown':
    case null:
      return { type: 'unknown', typeName: readText(row['type']) ?? '' };
  }
}

type TestFileView = NonNullable<ScorerView<'test_based_scorer'>['test_files']>[number];

function parseTestFiles(value: unknown): Extract<Scorer, { type: 'test_based_scorer' }>['testFiles'] {
  return readList(value)
    .filter(isObject)
    .map((file: Loose<TestFileView, 'file_path' | 'file_contents'>) => ({
      path: readText(file.file_path),
      contents: readText(file.file_contents),
    }));
}
