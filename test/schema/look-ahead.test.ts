/** What is read beside the look-up of an entity: counted in calls, and in rounds of them. */
import { execute, type ExecutionResult, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { createContexts } from '../../src/composition/contexts.ts';
import { loadConfig } from '../../src/config.ts';
import { GatewayError } from '../../src/errors.ts';
import { createExecutor, type ExecuteDocument } from '../../src/execution/executor.ts';
import type { Live } from '../../src/live/live.ts';
import { createCachingUpstream } from '../../src/upstream/cache/caching-upstream.ts';
import type { Entity } from '../../src/upstream/types.ts';
import type { OperationContext } from '../../src/server/graphql/operation-context.ts';
import { DASHBOARD } from '../support/canonical-queries.ts';
import { testCaller } from '../support/caller.ts';
import { benchmark, benchmarkRun, devbox, scenario, scenarioRun } from '../support/entities.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeUpstream } from '../support/fake-upstream.ts';

const LATENCY_MS = 20;
const NOTHING_WATCHED: Partial<Live> = { isWatching: () => false, observe: (_account, entity) => entity };

/** Everything that one benchmark run of three scenario runs is about. */
const WORLD: readonly Entity[] = [
  benchmark({ id: 'bmd_1', scenarioIds: ['scn_1', 'scn_2', 'scn_3'] }),
  benchmarkRun({ id: 'bmr_1', benchmarkId: 'bmd_1' }),
  ...['1', '2', '3'].flatMap((number) => [
    scenario({ id: `scn_${number}` }),
    devbox(`dbx_${number}`, []),
    scenarioRun({
      id: `scr_${number}`,
      benchmarkRunId: 'bmr_1',
      scenarioId: `scn_${number}`,
      devboxId: `dbx_${number}`,
    }),
  ]),
];

const compiled = createExecutor({
  schema,
  settings: { compiledDocuments: 100, compileAtExecution: 1, compiledMaxFields: 1_000 },
});
await compiled.load();
const EXECUTORS: readonly (readonly [string, ExecuteDocument])[] = [
  ['graphql-js', (args) => execute(args)],
  ['compiled code', compiled.execute],
];

function createStage(executeOne: ExecuteDocument, { looksAhead = true } = {}) {
  const clock = createFakeClock();
  const upstream = createFakeUpstream(clock);
  upstream.put(...WORLD);
  upstream.latency = () => [LATENCY_MS, 0];
  const createContext = createContexts({
    upstream: createCachingUpstream(upstream, { clock, settings: null }),
    live: NOTHING_WATCHED as Live,
    clock,
    audit: {} as never,
    shared: null,
    metrics: null,
    config: loadConfig({}),
    limits: { current: loadConfig({}).limits },
  });

  return {
    upstream,
    /** Counts how often it had to wait for the upstream: calls that are under way together are one round. */
    ask: async (query: string, variables: Readonly<Record<string, unknown>> = {}) => {
      using context: OperationContext = createContext({
        caller: testCaller(),
        signal: new AbortController().signal,
      });
      if (!looksAhead) Object.defineProperty(context, 'startAhead', { value: () => undefined });
      let answer: ExecutionResult | undefined;
      const document = parse(query);
      const asked = Promise.resolve(
        executeOne({ schema, document, variableValues: variables, contextValue: context }),
      ).then((result) => (answer = result));
      let rounds = 0;
      await clock.advance(0);
      for (; !answer; rounds++) await clock.advance(LATENCY_MS);
      const { data, errors = [] } = await asked;
      return {
        data: JSON.parse(JSON.stringify(data)) as unknown,
        errors: errors.map(({ path, message }) => `${path?.join('.') ?? ''}: ${message}`),
        rounds,
        calls: [...upstream.names()].sort(),
      };
    },
  };
}

describe.each(EXECUTORS)('looking ahead, executed by %s', (_name, executeOne) => {
  it('answers a dashboard in two rounds', async () => {
    const { ask } = createStage(executeOne);

    const { rounds, calls, errors } = await ask(DASHBOARD, { id: 'bmr_1' });

    expect(errors).toEqual([]);
    expect(calls).toEqual([
      'benchmarkRun bmr_1',
      'benchmarkRunScenarioRuns bmr_1',
      'devbox dbx_3',
      'devboxes',
      'scenarios',
    ]);
    expect(rounds).toBe(2);
    expect(
      (await createStage(executeOne, { looksAhead: false }).ask(DASHBOARD, { id: 'bmr_1' })).rounds,
    ).toBe(3);
  });

  it('reads what counts over all scenario runs in one round, with the page beside it', async () => {
    const { ask } = createStage(executeOne);

    const { rounds, calls } = await ask(`{ benchmarkRun(id: "bmr_1") {
      scenarioRuns { nodes { id } } stats { sampleSize } progress { started }
    } }`);

    expect(calls).toEqual(['benchmarkRun bmr_1', 'benchmarkRunScenarioRuns bmr_1']);
    expect(rounds).toBe(1);
  });

  it('sees through fragments, aliases and variables', async () => {
    const { ask, upstream } = createStage(executeOne);
    const document = `query($id: ID!, $rows: Int!, $isWanted: Boolean!) {
      node(id: $id) { ...Run ... on Devbox { name } }
    }
    fragment Run on Node { ... on BenchmarkRun { mine: scenarioRuns(first: $rows) @include(if: $isWanted) { nodes { id } } id } }`;

    expect(await ask(document, { id: 'bmr_1', rows: 2, isWanted: true })).toMatchObject({
      rounds: 1,
      calls: ['benchmarkRun bmr_1', 'benchmarkRunScenarioRuns bmr_1'],
      data: { node: { id: 'bmr_1', mine: { nodes: [{ id: 'scr_3' }, { id: 'scr_2' }] } } },
    });
    expect(await ask(document, { id: 'bmr_1', rows: 2, isWanted: false })).toMatchObject({
      rounds: 1,
      calls: ['benchmarkRun bmr_1'],
    });
    expect(upstream.underWay).toBe(0);
  });

  it('reads nothing of a list of which nothing is shown', async () => {
    const { ask } = createStage(executeOne);

    const { calls } = await ask('{ benchmarkRun(id: "bmr_1") { scenarioRuns { __typename } } }');

    expect(calls).toEqual(['benchmarkRun bmr_1']);
  });

  it('wastes one call on an id that does not exist, whatever is selected', async () => {
    const { ask } = createStage(executeOne);

    const { data, errors, calls } = await ask(`{
      benchmarkRun(id: "bmr_0") { scenarioRuns(first: 1) { nodes { id } } more: scenarioRuns(first: 2) { totalCount } }
      again: benchmarkRun(id: "bmr_0") { stats { passed } scenarioRuns(first: 3, filter: { minScore: 1 }) { nodes { id } } }
      node(id: "bmr_0") { ... on BenchmarkRun { progress { started } } }
      benchmark(id: "bmd_0") { runs { nodes { id } } scenarios { nodes { id } } }
    }`);

    expect(data).toEqual({ benchmarkRun: null, again: null, node: null, benchmark: null });
    expect(errors).toEqual([]);
    expect(calls).toHaveLength(4);
    expect(calls).toEqual(expect.arrayContaining(['benchmark bmd_0', 'benchmarkRun bmr_0']));
  });

  it('reads nothing by an id that is none', async () => {
    const { ask } = createStage(executeOne);

    const { errors, calls } = await ask('{ node(id: "../x") { ... on BenchmarkRun { stats { passed } } } }');

    expect(errors).toEqual([expect.stringMatching(/^node: /)]);
    expect(calls).toEqual([]);
  });

  it('refuses an argument where it stands', async () => {
    const query = '{ benchmarkRun(id: "bmr_1") { name scenarioRuns(first: 0) { nodes { id } } } }';

    const { errors, calls } = await createStage(executeOne).ask(query);

    expect(errors).toEqual(['benchmarkRun.scenarioRuns: Expected `first` to be 1 to 100, got 0']);
    expect(calls).toEqual(['benchmarkRun bmr_1']);
  });

  it.each([
    ['the list', /^benchmarkRunScenarioRuns/],
    ['the look-up', /^benchmarkRun bmr/],
    ['everything', /./],
  ])('tells of a failure of %s as without it', async (_what, failing) => {
    const stages = [true, false].map((looksAhead) => createStage(executeOne, { looksAhead }));
    const answers = stages.map(({ ask, upstream }) => {
      upstream.failure = ({ name }) =>
        failing.test(name) ? new GatewayError('UPSTREAM_ERROR', 'It failed') : null;
      return ask(DASHBOARD, { id: 'bmr_1' });
    });

    const [ahead, before] = await Promise.all(answers);

    expect(ahead?.errors).not.toEqual([]);
    expect({ data: ahead?.data, errors: ahead?.errors }).toEqual({
      data: before?.data,
      errors: before?.errors,
    });
  });

  it.each([
    '{ benchmarkRun(id: "bmr_1") { a: scenarioRuns(first: 1) { nodes { id } } b: scenarioRuns(first: 2) { totalCount } } }',
    '{ benchmarkRun(id: "bmr_1") { a: scenarioRuns { totalCount } b: scenarioRuns(filter: { search: "x" }) { totalCount } c: benchmark { name } } }',
    '{ benchmarkRun(id: "bmr_1") { scenarioRuns(first: 2, filter: { outcome: FAILED }) { totalCount nodes { id } isExhaustive } } }',
    '{ benchmarkRun(id: "bmr_1") { progress { expected } scenarioRuns { nodes { devbox { id } } totalCount } stats { passed } } }',
    '{ benchmark(id: "bmd_1") { runs { totalCount nodes { scenarioRuns { nodes { id } } } } scenarios { pageInfo { endCursor } } } }',
    '{ scenario(id: "scn_1") { runs(filter: { minScore: 0.5 }) { nodes { id } isExhaustive } } }',
    '{ nodes(ids: ["bmr_1", "bmd_1", "scn_1", "dbx_1", "scr_1"]) { id ... on BenchmarkRun { stats { passed } } ... on Scenario { runs { nodes { id } } } } }',
    '{ a: benchmarkRun(id: "bmr_1") { scenarioRuns { nodes { id } } } b: benchmarkRun(id: "bmr_1") { scenarioRuns { nodes { id } } } }',
  ])('sends the calls that are sent without it: %s', async (query) => {
    const ahead = await createStage(executeOne).ask(query);
    const before = await createStage(executeOne, { looksAhead: false }).ask(query);

    expect(ahead.data).toEqual(before.data);
    expect(ahead.calls).toEqual(before.calls);
    expect(ahead.rounds).toBeLessThanOrEqual(before.rounds);
  });
});
