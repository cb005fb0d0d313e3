/** Scoring contracts: the functions that score a scenario's runs, of six kinds. */
import type {
  Scorer as ScorerShape,
  ScoringFunction as ScoringFunctionShape,
} from '../../src/upstream/types.ts';
import { builder } from '../builder.ts';

type ScorerOf<Type extends ScorerShape['type']> = Extract<ScorerShape, { type: Type }>;

const AstGrepScorer = builder.objectRef<ScorerOf<'ast_grep_scorer'>>('AstGrepScorer').implement({
  description: 'Scores by searching the code for a syntax pattern with ast-grep.',
  fields: (t) => ({
    pattern: t.exposeString('pattern', { description: 'The pattern to match.' }),
    searchDirectory: t.exposeString('searchDirectory', { description: 'The path to search.' }),
    language: t.exposeString('language', {
      nullable: true,
      description: 'The language of the pattern; null when ast-grep infers it.',
    }),
  }),
});

const BashScriptScorer = builder.objectRef<ScorerOf<'bash_script_scorer'>>('BashScriptScorer').implement({
  description: 'Scores by a bash script that prints `score=` and a number from 0.0 to 1.0.',
  fields: (t) => ({
    script: t.exposeString('script', {
      nullable: true,
      description: 'The script; null when the upstream does not show it.',
    }),
  }),
});

const CommandScorer = builder.objectRef<ScorerOf<'command_scorer'>>('CommandScorer').implement({
  description: 'Scores by the exit status of one command: 0 passes.',
  fields: (t) => ({
    command: t.exposeString('command', {
      nullable: true,
      description: 'The command; null when the upstream does not show it.',
    }),
  }),
});

const CustomScorer = builder.objectRef<ScorerOf<'custom_scorer'>>('CustomScorer').implement({
  description: 'Scores by a scorer that the account has registered.',
  fields: (t) => ({
    customType: t.exposeString('customType', { description: 'The registered type of the scorer.' }),
    parameters: t.expose('parameters', {
      type: 'JSON',
      nullable: true,
      description: 'What is passed to the scorer; null when nothing is.',
    }),
  }),
});

const PythonScriptScorer = builder
  .objectRef<ScorerOf<'python_script_scorer'>>('PythonScriptScorer')
  .implement({
    description: 'Scores by a Python script that prints a number from 0.0 to 1.0.',
    fields: (t) => ({
      script: t.exposeString('script', { description: 'The script.' }),
      versionConstraint: t.exposeString('versionConstraint', {
        nullable: true,
        description:
          'The Python version to run it with, as a constraint such as `==3.12.10`; null means the default.',
      }),
      requirements: t.exposeString('requirements', {
        nullable: true,
        description: 'The packages to install, as the text of a requirements.txt; null when there are none.',
      }),
    }),
  });

const TestFile = builder.objectRef<ScorerOf<'test_based_scorer'>['testFiles'][number]>('TestFile').implement({
  description: 'A file that is written before the tests are run.',
  fields: (t) => ({
    path: t.exposeString('path', {
      nullable: true,
      description: 'Where, relative to the working directory; null when unsaid.',
    }),
    contents: t.exposeString('contents', {
      nullable: true,
      description: 'What the file holds; null when unsaid.',
    }),
  }),
});

const TestBasedScorer = builder.objectRef<ScorerOf<'test_based_scorer'>>('TestBasedScorer').implement({
  description: 'Scores by running tests.',
  fields: (t) => ({
    testCommand: t.exposeString('testCommand', {
      nullable: true,
      description: 'The command that runs them; null when the upstream does not show it.',
    }),
    testFiles: t.expose('testFiles', { type: [TestFile], description: 'The files that are written before.' }),
  }),
});

const UnknownScorer = builder.objectRef<ScorerOf<'unknown'>>('UnknownScorer').implement({
  description: 'A kind of scorer that the upstream has added and this version of the gateway does not know.',
  fields: (t) => ({
    typeName: t.exposeString('typeName', { description: "The upstream's name of the kind." }),
  }),
});

const TYPE_OF_SCORER = {
  ast_grep_scorer: AstGrepScorer,
  bash_script_scorer: BashScriptScorer,
  command_scorer: CommandScorer,
  custom_scorer: CustomScorer,
  python_script_scorer: PythonScriptScorer,
  test_based_scorer: TestBasedScorer,
  unknown: UnknownScorer,
} as const satisfies Record<ScorerShape['type'], unknown>;

const Scorer = builder.unionType('Scorer', {
  description: 'One way to score a run.',
  types: Object.values(TYPE_OF_SCORER),
  resolveType: ({ type }) => TYPE_OF_SCORER[type],
});

export const ScoringFunction = builder.objectRef<ScoringFunctionShape>('ScoringFunction').implement({
  description: 'One of the functions that score the runs of a scenario.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the function, unique within its contract.' }),
    weight: t.exposeFloat('weight', {
      description: 'How much its score counts; the weights of a contract add up to 1.',
    }),
    scorer: t.expose('scorer', { type: Scorer, description: 'How it scores.' }),
  }),
});
