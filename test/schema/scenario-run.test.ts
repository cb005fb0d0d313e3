import { Runloop } from '@runloop/api-client';
import type { ScenarioRunView } from '@runloop/api-client/resources/scenarios/scenarios';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestGateway, TEST_KEY, type TestGateway } from '../support/gateway.ts';

const sdkOf = (gateway: TestGateway) =>
  new Runloop({ bearerToken: TEST_KEY, baseURL: gateway.simulator.url, maxRetries: 0 });

/** A run in which every property has a value. */
function insertFullRun({ world }: TestGateway) {
  const scenario = world.insert.scenario({ name: 'django__django-11099' });
  const benchmarkRun = world.insert.benchmarkRun();
  return world.insert.scenarioRun({
    name: 'nightly',
    state: 'completed',
    scenario_id: scenario.id,
    benchmark_run_id: benchmarkRun.id,
    start_time_ms: Date.UTC(2026, 0, 31, 12),
    duration_ms: 61_500,
    purpose: 'regression',
    metadata: { agent: 'claude-code', model: 'opus' },
    environment_variables: { LOG: 'debug', API_TOKEN: 'sk-1' },
    secrets_provided: { DB_PASS: 'DATABASE_PASSWORD' },
    scoring_contract_result: {
      score: 0.75,
      scoring_function_results: [
        { scoring_function_name: 'tests', score: 1, state: 'complete', output: 'ok 1\nok 2\n' },
        { scoring_function_name: 'lint', score: 0.5, state: 'error', output: 'boom 🎉 end' },
      ],
    },
  });
}

/** Where each property of the SDK's view is in the graph, and how the two compare. */
const PROPERTIES: Readonly<
  Record<
    keyof ScenarioRunView,
    { readonly selection: string; readonly expected: (view: ScenarioRunView) => unknown }
  >
> = {
  id: { selection: 'id', expected: (view) => ({ id: view.id }) },
  name: { selection: 'name', expected: (view) => ({ name: view.name }) },
  state: { selection: 'state', expected: (view) => ({ state: view.state.toUpperCase() }) },
  purpose: { selection: 'purpose', expected: (view) => ({ purpose: view.purpose }) },
  duration_ms: { selection: 'durationMs', expected: (view) => ({ durationMs: view.duration_ms }) },
  start_time_ms: {
    selection: 'startedAt',
    expected: (view) => ({ startedAt: new Date(view.start_time_ms ?? 0).toISOString() }),
  },
  scenario_id: { selection: 'scenario { id }', expected: (view) => ({ scenario: { id: view.scenario_id } }) },
  devbox_id: { selection: 'devbox { id }', expected: (view) => ({ devbox: { id: view.devbox_id } }) },
  benchmark_run_id: {
    selection: 'benchmarkRun { id }',
    expected: (view) => ({ benchmarkRun: { id: view.benchmark_run_id } }),
  },
  metadata: {
    selection: 'metadata { key value }',
    expected: (view) => ({ metadata: Object.entries(view.metadata).map(([key, value]) => ({ key, value })) }),
  },
  environment_variables: {
    selection: 'environmentVariables { name value }',
    expected: (view) => ({
      environmentVariables: Object.entries(view.environment_variables ?? {}).map(([name, value]) => ({
        name,
        value,
      })),
    }),
  },
  secrets_provided: {
    selection: 'secretsProvided { environmentVariable secretName }',
    expected: (view) => ({
      secretsProvided: Object.entries(view.secrets_provided ?? {}).map(
        ([environmentVariable, secretName]) => ({
          environmentVariable,
          secretName,
        }),
      ),
    }),
  },
  scoring_contract_result: {
    selection: 'score scoringResult { score functionResults { name score state output } }',
    expected: ({ scoring_contract_result: result }) => ({
      score: result?.score,
      scoringResult: {
        score: result?.score,
        functionResults: result?.scoring_function_results.map((row) => ({
          name: row.scoring_function_name,
          score: row.score,
          state: row.state.toUpperCase(),
          output: row.output,
        })),
      },
    }),
  },
};

describe('a property of ScenarioRunView', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await createTestGateway();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it.each(Object.entries(PROPERTIES))(
    '%s is in the graph, equal to what the SDK reads',
    async (name, property) => {
      const { id } = insertFullRun(gateway);
      const view = await sdkOf(gateway).scenarios.runs.retrieve(id);

      const { data, errors } = await gateway.query(
        `query($id: ID!) { scenarioRun(id: $id) { ${property.selection} } }`,
        { id },
      );

      expect(errors).toEqual([]);
      expect(view[name as keyof ScenarioRunView], 'the run has a value here').toBeTruthy();
      expect(data).toEqual({ scenarioRun: property.expected(view) });
    },
  );

  it('that the SDK shows is among those compared', async () => {
    const { id } = insertFullRun(gateway);

    const view = await sdkOf(gateway).scenarios.runs.retrieve(id);

    expect(Object.keys(view).sort()).toEqual(Object.keys(PROPERTIES).sort());
  });
});

describe('a scenario run', () => {
  it.each([
    ['running', { isTerminal: false, isFinished: false, outcome: null }],
    ['scoring', { isTerminal: false, isFinished: false, outcome: null }],
    ['scored', { isTerminal: false, isFinished: true, outcome: 'FAILED' }],
    ['completed', { isTerminal: true, isFinished: true, outcome: 'FAILED' }],
    ['canceled', { isTerminal: true, isFinished: true, outcome: 'ERRORED' }],
    ['timeout', { isTerminal: true, isFinished: true, outcome: 'ERRORED' }],
    ['failed', { isTerminal: true, isFinished: true, outcome: 'ERRORED' }],
  ] as const)('that is %s says what that means', async (state, meaning) => {
    await using gateway = await createTestGateway();
    const { id } = gateway.world.insert.scenarioRun({
      state,
      scoring_contract_result:
        state === 'scored' || state === 'completed' ? { score: 0.99, scoring_function_results: [] } : null,
    });

    const { data } = await gateway.query(
      'query($id: ID!) { scenarioRun(id: $id) { isTerminal isFinished outcome } }',
      { id },
    );

    expect(data).toEqual({ scenarioRun: meaning });
  });

  it('with a score of exactly 1 has passed', async () => {
    await using gateway = await createTestGateway();
    const { id } = gateway.world.insert.scenarioRun({
      state: 'completed',
      scoring_contract_result: { score: 1, scoring_function_results: [] },
    });

    const { data } = await gateway.query('query($id: ID!) { scenarioRun(id: $id) { outcome score } }', {
      id,
    });

    expect(data).toEqual({ scenarioRun: { outcome: 'PASSED', score: 1 } });
  });

  it('shows as much of an output as is asked for, never half a character', async () => {
    await using gateway = await createTestGateway();
    const { id } = insertFullRun(gateway);
    const outputs = async (maxChars: number) => {
      const { data, errors } = await gateway.query(
        'query($id: ID!, $n: Int) { scenarioRun(id: $id) { scoringResult { functionResults { output(maxChars: $n) } } } }',
        { id, n: maxChars },
      );
      return (
        errors[0]?.extensions.code ??
        (
          data as { scenarioRun: { scoringResult: { functionResults: { output: string }[] } } }
        ).scenarioRun.scoringResult.functionResults.map(({ output }) => output)
      );
    };

    expect(await outputs(4)).toEqual(['ok 1', 'boom']);
    expect(await outputs(6)).toEqual(['ok 1\no', 'boom ']);
    expect(await outputs(7)).toEqual(['ok 1\nok', 'boom 🎉']);
    expect(await outputs(0)).toEqual(['', '']);
    expect(await outputs(-1)).toBe('BAD_USER_INPUT');
  });

  it('shows only the metadata that is asked for', async () => {
    await using gateway = await createTestGateway();
    const { id } = insertFullRun(gateway);

    const { data } = await gateway.query(
      'query($id: ID!) { scenarioRun(id: $id) { metadata(keys: ["model", "seed"]) { key value } } }',
      { id },
    );

    expect(data).toEqual({ scenarioRun: { metadata: [{ key: 'model', value: 'opus' }] } });
  });
});

describe('scenario runs', () => {
  it.each([
    [
      'name',
      (gateway: TestGateway) => ({
        name: 'wanted',
        is: gateway.world.insert.scenarioRun({ name: 'wanted' }),
      }),
    ],
    [
      'search',
      (gateway: TestGateway) => ({
        search: 'ante',
        is: gateway.world.insert.scenarioRun({ name: 'wanted' }),
      }),
    ],
    [
      'state',
      (gateway: TestGateway) => ({
        state: 'TIMEOUT',
        is: gateway.world.insert.scenarioRun({ state: 'timeout' }),
      }),
    ],
    [
      'scenarioId',
      (gateway: TestGateway) => {
        const is = gateway.world.insert.scenarioRun();
        return { scenarioId: is.scenario_id, is };
      },
    ],
    [
      'benchmarkRunId',
      (gateway: TestGateway) => {
        const { id } = gateway.world.insert.benchmarkRun();
        return { benchmarkRunId: id, is: gateway.world.insert.scenarioRun({ benchmark_run_id: id }) };
      },
    ],
  ])('are found by %s', async (_condition, arrange) => {
    await using gateway = await createTestGateway();
    gateway.world.insert.scenarioRun({ name: 'other' });
    const { is, ...filter } = arrange(gateway);

    const { data, errors } = await gateway.query(
      'query($filter: ScenarioRunFilter) { scenarioRuns(filter: $filter) { totalCount nodes { id } } }',
      { filter },
    );

    expect(errors).toEqual([]);
    expect(data).toEqual({ scenarioRuns: { totalCount: 1, nodes: [{ id: is.id }] } });
  });
});
