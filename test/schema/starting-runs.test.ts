import { describe, expect, it } from 'vitest';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';

const PROBLEM = `
  ... on Error { message code }
  ... on NotFoundError { missingId }
  ... on InvalidTransitionError { currentState node { __typename id } }
  ... on InvalidInputError { field issues { field message } }
  ... on OutcomeUnknownError { query idempotencyKey }
`;

const START_SCENARIO_RUN = `mutation($input: StartScenarioRunInput!, $key: String) {
  startScenarioRun(input: $input, idempotencyKey: $key) {
    __typename
    ... on StartScenarioRunSuccess { scenarioRun {
      id name state purpose
      metadata { key value } environmentVariables { name value }
      secretsProvided { environmentVariable secretName }
      scenario { id } benchmarkRun { id }
      devbox { launchParameters { resourceSize keepAliveSec launchCommands } }
    } }
    ${PROBLEM}
  }
}`;

const START_BENCHMARK_RUN = `mutation($input: StartBenchmarkRunInput!, $key: String) {
  startBenchmarkRun(input: $input, idempotencyKey: $key) {
    __typename
    ... on StartBenchmarkRunSuccess { benchmarkRun {
      id name state purpose
      metadata { key value } environmentVariables { name value }
      secretsProvided { environmentVariable secretName }
      benchmark { id } scenarioRuns { totalCount }
    } }
    ${PROBLEM}
  }
}`;

type Input = Readonly<Record<string, unknown>>;

async function start(gateway: TestGateway, document: string, input: Input, key?: string) {
  const { data, errors } = await gateway.query(document, { input, key });
  expect(errors).toEqual([]);
  return Object.values(data as Readonly<Record<string, unknown>>)[0] as Input;
}

const startScenarioRun = (gateway: TestGateway, input: Input, key?: string) =>
  start(gateway, START_SCENARIO_RUN, input, key);
const startBenchmarkRun = (gateway: TestGateway, input: Input, key?: string) =>
  start(gateway, START_BENCHMARK_RUN, input, key);

const PROFILE = {
  name: 'first try',
  purpose: 'evaluation',
  metadata: [{ key: 'model', value: 'm1' }],
  environmentVariables: [{ name: 'MODE', value: 'fast' }],
  secrets: [{ environmentVariable: 'DB_PASS', secretName: 'DATABASE_PASSWORD' }],
  launchParameters: { resourceSize: 'LARGE', keepAliveSec: 600, launchCommands: ['make'] },
};

const SHOWN = {
  name: PROFILE.name,
  purpose: PROFILE.purpose,
  metadata: PROFILE.metadata,
  environmentVariables: PROFILE.environmentVariables,
  secretsProvided: PROFILE.secrets,
};

const posts = (gateway: TestGateway) => gateway.calls().filter((call) => call.startsWith('POST'));

describe('starting a scenario run', () => {
  it('starts one with the whole profile, as part of a benchmark run', async () => {
    await using gateway = await createTestGateway();
    const scenario = gateway.world.insert.scenario();
    const benchmarkRun = gateway.world.insert.benchmarkRun();

    const answer = await startScenarioRun(gateway, {
      scenarioId: scenario.id,
      benchmarkRunId: benchmarkRun.id,
      ...PROFILE,
    });

    expect(answer).toEqual({
      __typename: 'StartScenarioRunSuccess',
      scenarioRun: {
        ...SHOWN,
        id: expect.stringMatching(/^scr_/) as string,
        state: 'RUNNING',
        scenario: { id: scenario.id },
        benchmarkRun: { id: benchmarkRun.id },
        devbox: { launchParameters: PROFILE.launchParameters },
      },
    });
    expect(posts(gateway)).toEqual(['POST /v1/scenarios/start_run']);
  });

  it('is done once under one key, and again under another or none', async () => {
    await using gateway = await createTestGateway();
    const { id: scenarioId } = gateway.world.insert.scenario();
    const runs = () => gateway.world.scenarioRuns.list({ scenario_id: scenarioId }).length;

    const first = await startScenarioRun(gateway, { scenarioId }, 'mine');
    expect(await startScenarioRun(gateway, { scenarioId }, 'mine')).toEqual(first);
    expect(runs()).toBe(1);
    await startScenarioRun(gateway, { scenarioId }, 'another');
    await startScenarioRun(gateway, { scenarioId });
    await startScenarioRun(gateway, { scenarioId });
    expect(runs()).toBe(4);
  });

  it('at the same time under one key starts one', async () => {
    await using gateway = await createTestGateway();
    const { id: scenarioId } = gateway.world.insert.scenario();

    const answers = await Promise.all([0, 1, 2].map(() => startScenarioRun(gateway, { scenarioId }, 'mine')));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(gateway.world.scenarioRuns.list({ scenario_id: scenarioId })).toHaveLength(1);
  });

  it('whose answer is lost says so, shows how to find the run, and is not done again under its key', async () => {
    await using gateway = await createTestGateway();
    const { id: scenarioId } = gateway.world.insert.scenario();
    gateway.simulator.faults.add({
      kind: 'reset',
      method: 'POST',
      path: '/v1/scenarios/start_run',
      isAfterAction: true,
      times: 1,
    });

    const answer = await startScenarioRun(gateway, { scenarioId, name: 'lost' });
    expect(answer).toMatchObject({ __typename: 'OutcomeUnknownError', code: 'OUTCOME_UNKNOWN' });
    expect(posts(gateway)).toHaveLength(1);
    const found = await gateway.query(String(answer['query']));
    expect(found.errors).toEqual([]);
    expect(found.data).toMatchObject({ scenarioRuns: { nodes: [{ name: 'lost', state: 'RUNNING' }] } });
    const key = String(answer['idempotencyKey']);
    expect(await startScenarioRun(gateway, { scenarioId, name: 'lost' }, key)).toMatchObject({
      __typename: 'StartScenarioRunSuccess',
    });
    expect(gateway.world.scenarioRuns.list({ scenario_id: scenarioId })).toHaveLength(1);
  });

  it('of a scenario that is not there says so', async () => {
    await using gateway = await createTestGateway();

    expect(await startScenarioRun(gateway, { scenarioId: 'scn_nowhere' })).toMatchObject({
      __typename: 'NotFoundError',
      missingId: 'scn_nowhere',
      message: 'Runloop knows no scenario scn_nowhere',
    });
  });

  it('within a benchmark run that is not there says so', async () => {
    await using gateway = await createTestGateway();
    const { id: scenarioId } = gateway.world.insert.scenario();

    expect(await startScenarioRun(gateway, { scenarioId, benchmarkRunId: 'bmr_nowhere' })).toMatchObject({
      __typename: 'NotFoundError',
      missingId: 'bmr_nowhere',
    });
  });

  it('within a benchmark run that is over tells its state', async () => {
    await using gateway = await createTestGateway();
    const { id: scenarioId } = gateway.world.insert.scenario();
    const { id: benchmarkRunId } = gateway.world.insert.benchmarkRun({ state: 'canceled' });

    expect(await startScenarioRun(gateway, { scenarioId, benchmarkRunId })).toEqual({
      __typename: 'InvalidTransitionError',
      code: 'CONFLICT',
      message: 'The benchmark run is CANCELED and takes no new run',
      currentState: 'CANCELED',
      node: { __typename: 'BenchmarkRun', id: benchmarkRunId },
    });
  });

  it('without what the scenario requires names each field and what is missing there', async () => {
    await using gateway = await createTestGateway();
    const { id: scenarioId } = gateway.world.insert.scenario({
      required_environment_variables: ['MODE', 'LEVEL', 'INHERITED'],
      required_secret_names: ['API_TOKEN', 'DATABASE_PASSWORD'],
    });
    const { id: benchmarkRunId } = gateway.world.insert.benchmarkRun({
      environment_variables: { INHERITED: 'yes' },
    });
    const { environmentVariables, secrets } = PROFILE;

    expect(
      await startScenarioRun(gateway, { scenarioId, benchmarkRunId, environmentVariables, secrets }),
    ).toMatchObject({
      __typename: 'InvalidInputError',
      code: 'BAD_USER_INPUT',
      field: 'input.environmentVariables',
      message: 'Expected `input.environmentVariables` to give LEVEL, which the scenario requires',
      issues: [
        { field: 'input.environmentVariables' },
        {
          field: 'input.secrets',
          message: 'Expected `input.secrets` to provide API_TOKEN, which the scenario requires',
        },
      ],
    });
  });

  it('that is refused without a reason that can be found says so', async () => {
    await using gateway = await createTestGateway();
    const { id: scenarioId } = gateway.world.insert.scenario();
    gateway.simulator.faults.add({ kind: 'status', method: 'POST', path: '/v1/**', status: 422 });

    expect(await startScenarioRun(gateway, { scenarioId })).toMatchObject({
      __typename: 'InvalidInputError',
      field: null,
      issues: [{ field: null, message: expect.stringContaining('does not say which part') as string }],
    });
  });

  it('that the API key may not start says so', async () => {
    await using gateway = await createTestGateway();
    const { id: scenarioId } = gateway.world.insert.scenario();
    gateway.simulator.faults.add({ kind: 'status', method: 'POST', path: '/v1/**', status: 403 });

    expect(await startScenarioRun(gateway, { scenarioId })).toMatchObject({ __typename: 'ForbiddenError' });
  });
});

describe('starting a benchmark run', () => {
  it('starts one with the whole profile and no scenario runs yet', async () => {
    await using gateway = await createTestGateway();
    const { id } = gateway.world.insert.benchmark();

    expect(await startBenchmarkRun(gateway, { benchmarkId: id, ...PROFILE })).toEqual({
      __typename: 'StartBenchmarkRunSuccess',
      benchmarkRun: {
        ...SHOWN,
        id: expect.stringMatching(/^bmr_/) as string,
        state: 'RUNNING',
        benchmark: { id },
        scenarioRuns: { totalCount: 0 },
      },
    });
    expect(posts(gateway)).toEqual(['POST /v1/benchmarks/start_run']);
  });

  it('is done once under one key', async () => {
    await using gateway = await createTestGateway();
    const { id: benchmarkId } = gateway.world.insert.benchmark();

    const first = await startBenchmarkRun(gateway, { benchmarkId }, 'mine');
    expect(await startBenchmarkRun(gateway, { benchmarkId }, 'mine')).toEqual(first);
    expect(gateway.world.benchmarkRuns.list()).toHaveLength(1);
  });

  it('whose answer is lost says so, and shows how to find the run', async () => {
    await using gateway = await createTestGateway();
    const { id: benchmarkId } = gateway.world.insert.benchmark();
    gateway.simulator.faults.add({ kind: 'reset', method: 'POST', path: '/v1/**', isAfterAction: true });

    const answer = await startBenchmarkRun(gateway, { benchmarkId, name: 'lost' });
    expect(answer).toMatchObject({ __typename: 'OutcomeUnknownError' });
    const found = await gateway.query(String(answer['query']));
    expect(found.data).toMatchObject({ benchmarkRuns: { nodes: [{ name: 'lost' }] } });
  });

  it('of a benchmark that is not there says so', async () => {
    await using gateway = await createTestGateway();

    expect(await startBenchmarkRun(gateway, { benchmarkId: 'bmd_nowhere' })).toMatchObject({
      __typename: 'NotFoundError',
      missingId: 'bmd_nowhere',
    });
  });

  it('without what the benchmark requires names the field', async () => {
    await using gateway = await createTestGateway();
    const { id: benchmarkId } = gateway.world.insert.benchmark({ required_environment_variables: ['MODE'] });
    gateway.simulator.faults.add({ kind: 'status', method: 'POST', path: '/v1/**', status: 400 });

    expect(await startBenchmarkRun(gateway, { benchmarkId })).toMatchObject({
      __typename: 'InvalidInputError',
      field: 'input.environmentVariables',
      message: 'Expected `input.environmentVariables` to give MODE, which the benchmark requires',
    });
  });

  it('of a benchmark that takes no runs tells its state', async () => {
    await using gateway = await createTestGateway();
    const { id: benchmarkId } = gateway.world.insert.benchmark({ status: 'archived' });
    gateway.simulator.faults.add({ kind: 'status', method: 'POST', path: '/v1/**', status: 409 });

    expect(await startBenchmarkRun(gateway, { benchmarkId })).toMatchObject({
      __typename: 'InvalidTransitionError',
      currentState: 'ARCHIVED',
      node: { __typename: 'Benchmark', id: benchmarkId },
    });
  });
});
