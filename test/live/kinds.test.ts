import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import type { ListKind, ListRows, WatchableOf, WatchKind } from '../../src/events/event.ts';
import type { FollowedKind } from '../../src/live/kinds/followed-kind.ts';
import { KINDS } from '../../src/live/kinds/kinds.ts';
import { ENTITIES as ENDPOINTS, LISTS } from '../../src/upstream/endpoints.ts';
import type { Devbox, KeyValue } from '../../src/upstream/types.ts';
import {
  benchmarkJob,
  benchmarkRun,
  devbox,
  inProgressRun,
  jobAgentConfig,
  jobOutcome,
  scenarioRun,
} from '../support/entities.ts';

/** Values that a property may have, each different from all others. A new property does not compile until it has some. */
type Alternates<T> = { readonly [P in keyof Required<T>]: readonly T[P][] };

/** Why a property need not be compared: nothing about it can change, or it changes only together with another. */
type Uncompared<T> = { readonly [P in keyof T]?: string };

const PAIRS: readonly (readonly KeyValue[])[] = [
  [],
  [{ key: 'model', value: 'a' }],
  [{ key: 'model', value: 'b' }],
];
const VARIABLES = [[], [{ name: 'TOKEN', value: 'a' }], [{ name: 'TOKEN', value: 'b' }]];
const SECRETS = [[], [{ environmentVariable: 'PASSWORD', secretName: 'a' }]];
const SCORE = { name: 'tests', score: 1, state: 'complete', output: '' } as const;
const AGENT = jobAgentConfig('agent');
const LAUNCH = devbox('dbx_1', []).launchParameters;
const WITHOUT_TYPE_AND_ID = {
  type: 'says of which kind it is',
  id: 'says which one it is',
  isPartial: 'what is partial is given to no watch',
};

const ANOTHER = { benchmarkRun: benchmarkRun({ id: 'bmr_2' }), scenarioRun: scenarioRun({ id: 'scr_2' }) };

/** The properties of a page, whose rows are these: the same row in two states, and other rows. */
function pageAlternates<L extends ListKind>(list: L, rows: readonly (readonly ListRows[L][])[]) {
  return { type: [list], id: ['1 {}'], rows, hasMore: [false, true], isExhaustive: [true, false] };
}

const PAGE_WITHOUT_TYPE_AND_ID = { type: 'says which list it is of', id: 'says what was asked of it' };

const ALTERNATES: { readonly [K in WatchKind]: Alternates<WatchableOf<K>> } = {
  scenarioRun: {
    type: ['ScenarioRun'],
    id: ['scr_1'],
    isPartial: [true],
    name: [null, 'a', 'b'],
    // All terminal, so that the duration counts.
    state: ['completed', 'canceled', 'timeout', 'failed'],
    isTerminal: [true, false],
    isFinished: [true, false],
    outcome: [null, 'passed', 'failed', 'errored'],
    scoringResult: [
      null,
      { score: 0, functionResults: [] },
      { score: 1, functionResults: [] },
      { score: 1, functionResults: [SCORE] },
      { score: 1, functionResults: [{ ...SCORE, score: 0.5 }] },
      { score: 1, functionResults: [{ ...SCORE, state: 'error' }] },
      { score: 1, functionResults: [{ ...SCORE, output: 'ok' }] },
      { score: 1, functionResults: [SCORE, SCORE] },
    ],
    startedAtMs: [null, 1, 2],
    endedAtMs: [null, 1, 2],
    durationMs: [null, 1, 2],
    purpose: [null, 'a', 'b'],
    metadata: PAIRS,
    environmentVariables: VARIABLES,
    secretsProvided: SECRETS,
    scenarioId: ['scn_1', 'scn_2'],
    devboxId: [null, 'dbx_1', 'dbx_2'],
    benchmarkRunId: [null, 'bmr_1', 'bmr_2'],
  },
  benchmarkRun: {
    type: ['BenchmarkRun'],
    id: ['bmr_1'],
    isPartial: [true],
    name: [null, 'a', 'b'],
    state: ['completed', 'canceled', 'failed'],
    isTerminal: [true, false],
    score: [null, 0, 1],
    startedAtMs: [null, 1, 2],
    endedAtMs: [null, 1, 2],
    durationMs: [null, 1, 2],
    purpose: [null, 'a', 'b'],
    metadata: PAIRS,
    environmentVariables: VARIABLES,
    secretsProvided: SECRETS,
    benchmarkId: [null, 'bmd_1', 'bmd_2'],
  },
  benchmarkJob: {
    type: ['BenchmarkJob'],
    id: ['bmj_1'],
    isPartial: [true],
    name: [null, 'a', 'b'],
    state: ['running', 'completed', 'failed'],
    isTerminal: [true, false],
    createdAtMs: [null, 1, 2],
    failureReason: [null, 'a', 'b'],
    source: [null, { type: 'harbor', inlineYaml: 'a' }, { type: 'scenarios', scenarioIds: [] }],
    scenarioIds: [[], ['scn_1'], ['scn_2']],
    agentConfigs: [[], [AGENT], [{ ...AGENT, modelName: 'a' }]],
    orchestrator: [null, { concurrentTrials: 1, attempts: null, timeoutMultiplier: null, isQuiet: null }],
    inProgressRuns: [
      [],
      [inProgressRun('bmr_1', AGENT)],
      [inProgressRun('bmr_1', AGENT, { state: 'failed' })],
      [inProgressRun('bmr_1', AGENT, { state: 'failed', durationMs: 1 })],
    ],
    outcomes: [[], [jobOutcome('bmr_1', AGENT)], [jobOutcome('bmr_1', AGENT, { failedCount: 1 })]],
  },
  devbox: {
    type: ['Devbox'],
    id: ['dbx_1'],
    isPartial: [true],
    name: [null, 'a', 'b'],
    status: ['running', 'suspended', 'shutdown'],
    isTerminal: [true, false],
    createdAtMs: [null, 1, 2],
    endedAtMs: [null, 1, 2],
    metadata: PAIRS,
    failureReason: [null, 'unknown'],
    shutdownReason: [null, 'unknown'],
    initiatorType: [null, 'unknown'],
    initiatorId: [null, 'a', 'b'],
    blueprintId: [null, 'a', 'b'],
    snapshotId: [null, 'a', 'b'],
    capabilities: [[], ['unknown']],
    launchParameters: [LAUNCH, { ...LAUNCH, customCpuCores: 2 }],
    stateTransitions: [
      ...([[], [{ status: 'running', atMs: 1 }], [{ status: 'running', atMs: 2 }]] as const),
    ].map(
      (transitions) => devbox('dbx_1', transitions).stateTransitions,
    ) satisfies Devbox['stateTransitions'][],
  },
  benchmarkRuns: pageAlternates('benchmarkRuns', [
    [],
    [benchmarkRun({ id: 'bmr_1' })],
    [benchmarkRun({ id: 'bmr_1', state: 'completed' })],
    [benchmarkRun({ id: 'bmr_1' }), ANOTHER.benchmarkRun],
    [ANOTHER.benchmarkRun, benchmarkRun({ id: 'bmr_1' })],
  ]),
  scenarioRuns: pageAlternates('scenarioRuns', [
    [],
    [scenarioRun({ id: 'scr_1' })],
    [scenarioRun({ id: 'scr_1', state: 'scored' })],
    [ANOTHER.scenarioRun],
  ]),
  benchmarkJobs: pageAlternates('benchmarkJobs', [
    [],
    [benchmarkJob({ id: 'bmj_1' })],
    [benchmarkJob({ id: 'bmj_1', state: 'failed' })],
    [benchmarkJob({ id: 'bmj_2' })],
  ]),
};

const OF_STATE = 'changes only with the state';
const OF_START = 'is given when the run is started, and never changed';

const UNCOMPARED: { readonly [K in WatchKind]: Uncompared<WatchableOf<K>> } = {
  scenarioRun: {
    ...WITHOUT_TYPE_AND_ID,
    isTerminal: OF_STATE,
    isFinished: OF_STATE,
    outcome: 'changes only with the state or the score',
    endedAtMs: 'changes only with the start or the duration',
    purpose: OF_START,
    metadata: OF_START,
    environmentVariables: OF_START,
    secretsProvided: OF_START,
    scenarioId: OF_START,
    benchmarkRunId: OF_START,
  },
  benchmarkRun: {
    ...WITHOUT_TYPE_AND_ID,
    isTerminal: OF_STATE,
    endedAtMs: 'changes only with the start or the duration',
    purpose: OF_START,
    metadata: OF_START,
    environmentVariables: OF_START,
    secretsProvided: OF_START,
    benchmarkId: OF_START,
  },
  benchmarkJob: WITHOUT_TYPE_AND_ID,
  devbox: WITHOUT_TYPE_AND_ID,
  benchmarkRuns: PAGE_WITHOUT_TYPE_AND_ID,
  scenarioRuns: PAGE_WITHOUT_TYPE_AND_ID,
  benchmarkJobs: PAGE_WITHOUT_TYPE_AND_ID,
};

const ENTITIES: { readonly [K in WatchKind]: WatchableOf<K> } = {
  scenarioRun: scenarioRun({ id: 'scr_1', state: 'completed' }),
  benchmarkRun: benchmarkRun({ id: 'bmr_1', state: 'completed' }),
  benchmarkJob: benchmarkJob({ id: 'bmj_1' }),
  devbox: devbox('dbx_1', []),
  benchmarkRuns: { type: 'benchmarkRuns', id: '1 {}', rows: [], hasMore: false, isExhaustive: true },
  scenarioRuns: { type: 'scenarioRuns', id: '1 {}', rows: [], hasMore: false, isExhaustive: true },
  benchmarkJobs: { type: 'benchmarkJobs', id: '1 {}', rows: [], hasMore: false, isExhaustive: true },
};

const ROWS: readonly FollowedKind[] = Object.values(KINDS);
const PROPERTIES = ROWS.flatMap((row) =>
  Object.entries<readonly unknown[]>(ALTERNATES[row.kind]).map(([property, values]) => ({
    name: `${row.type}.${property}`,
    row,
    values: values.map((value) => ({ ...ENTITIES[row.kind], [property]: value })),
    isCompared: !(property in UNCOMPARED[row.kind]),
  })),
);

describe('the table of kinds', () => {
  it.each(PROPERTIES.filter(({ isCompared }) => isCompared))(
    'takes a change of $name for an event',
    ({ row, values }) => {
      expect(values.length).toBeGreaterThan(1);
      for (const [index, before] of values.entries()) {
        for (const [other, after] of values.entries())
          expect(row.isSame(before, after), JSON.stringify([before, after])).toBe(index === other);
      }
    },
  );

  it.each(PROPERTIES.filter(({ isCompared, values }) => !isCompared && values.length > 1))(
    'does not compare $name, which is never all that changes',
    ({ row, values }) => {
      for (const after of values) expect(row.isSame(values[0]!, after)).toBe(true);
    },
  );

  it('has the kinds whose endpoints say that they can be watched', () => {
    const watchable = Object.entries(ENDPOINTS).flatMap(([kind, { isWatchable }]) =>
      isWatchable ? [kind] : [],
    );

    const entities = ROWS.filter(({ rows }) => rows === null).map(({ kind }) => kind);
    expect(entities.sort()).toEqual(watchable.sort());
  });

  it('has the lists whose rows can be watched, each under the name of its endpoint', () => {
    for (const { kind, type, rows } of ROWS.filter((row) => row.rows !== null)) {
      expect(type).toBe(kind);
      expect(LISTS).toMatchObject({ [kind]: { kind: rows?.kind } });
    }
  });

  it.each(ROWS)('has a row for $kind whose parts agree with each other', (row) => {
    const entity = ENTITIES[row.kind];
    const snapshot = row.snapshot(entity, 7);

    expect(row.type).toBe(entity.type);
    expect(snapshot).toMatchObject({ type: row.kind, atMs: 7 });
    expect(row.subject(snapshot)).toBe(entity);
    expect(row.diff({ previous: entity, next: entity, news: [], atMs: 7 })).toEqual([]);
    expect(row.coalesce([snapshot])).toEqual([snapshot]);
  });
});

/** What the compiler says about `files` when there is also a file with this text beside this one. */
function diagnose(text: string, files: readonly string[]): readonly string[] {
  const root = new URL('../../', import.meta.url).pathname;
  const added = `${root}test/live/added.ts`;
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path)) as {
    readonly config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const [fileExists, getSourceFile] = [host.fileExists.bind(host), host.getSourceFile.bind(host)];
  host.fileExists = (path) => path === added || fileExists(path);
  host.getSourceFile = (path, ...rest) =>
    path === added ? ts.createSourceFile(path, text, ts.ScriptTarget.ESNext) : getSourceFile(path, ...rest);
  const program = ts.createProgram([added], options, host);
  return files.flatMap((file) => {
    const source = program.getSourceFile(`${root}${file}`);
    if (!source) throw new Error(`Expected the program to have ${file}`);
    return program
      .getSemanticDiagnostics(source)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  });
}

const TABLE = 'src/live/kinds/kinds.ts';
const IMPORT_TABLE = "import { KINDS } from '../../src/live/kinds/kinds.ts';\nexport { KINDS };\n";

describe('the compiler', { timeout: 120_000 }, () => {
  it('accepts the table as it is', () => {
    expect(diagnose(IMPORT_TABLE, [TABLE, 'test/live/added.ts'])).toEqual([]);
  });

  it('refuses a kind that can be followed and has no row', () => {
    const added = `${IMPORT_TABLE}
      import type { Scenario } from '../../src/upstream/types.ts';
      declare module '../../src/events/event.ts' {
        interface LiveEvents {
          readonly scenario: { readonly type: 'scenario'; readonly atMs: number; readonly scenario: Scenario };
        }
      }`;

    expect(diagnose(added, [TABLE])).toEqual([expect.stringContaining("Property 'scenario' is missing")]);
  });

  it('refuses a row without any of its members', () => {
    const members = Object.keys(KINDS.devbox);
    const rows = members.map((member) => {
      return `const without_${member}: Omit<Row, '${member}'> = KINDS.devbox; export const ${member}: Row = without_${member};`;
    });
    const added = `${IMPORT_TABLE}
      import type { FollowedKind } from '../../src/live/kinds/followed-kind.ts';
      type Row = FollowedKind<'devbox'>;
      ${rows.join('\n')}`;

    expect(members.length).toBeGreaterThan(8);
    expect(diagnose(added, ['test/live/added.ts'])).toEqual(
      members.map((member) => expect.stringContaining(`Property '${member}' is missing`) as string),
    );
  });
});
