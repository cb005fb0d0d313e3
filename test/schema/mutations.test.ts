import { describe, expect, it } from 'vitest';
import type { World } from '../../src/simulator/simulator.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';

type Noun = 'scenarioRun' | 'benchmarkRun' | 'devbox';

/** A mutation of one thing that is there already. */
interface Action {
  readonly name: string;
  readonly noun: Noun;
  /** The end of the path it is sent to. */
  readonly sent: string;
  /** A thing that it can be done to. */
  readonly ready: (world: World) => { readonly id: string };
  /** The state it answers. */
  readonly becomes: string;
  /** A thing whose state forbids it, and that state in the words of the graph; null where none does. */
  readonly unready: ((world: World) => { readonly id: string; readonly state: string }) | null;
}

const scenarioRunIn = (state: 'running' | 'scored' | 'completed') => (world: World) => ({
  id: world.insert.scenarioRun({ state }).id,
  state: state.toUpperCase(),
});
const benchmarkRunIn = (state: 'running' | 'completed') => (world: World) => ({
  id: world.insert.benchmarkRun({ state }).id,
  state: state.toUpperCase(),
});
const devboxIn = (status: 'running' | 'suspended' | 'shutdown') => (world: World) => ({
  id: world.insert.devbox({ status }).id,
  state: status.toUpperCase(),
});
/** A devbox of which a snapshot is being made. */
const devboxUnderSnapshot = (world: World) => {
  const { id } = world.insert.devbox({ status: 'running' });
  world.insert.snapshot({ source_devbox_id: id, status: 'in_progress' });
  return { id, state: 'RUNNING' };
};

const ACTIONS: readonly Action[] = [
  {
    name: 'scoreScenarioRun',
    noun: 'scenarioRun',
    sent: 'score',
    ready: scenarioRunIn('running'),
    becomes: 'SCORING',
    unready: scenarioRunIn('completed'),
  },
  {
    name: 'completeScenarioRun',
    noun: 'scenarioRun',
    sent: 'complete',
    ready: scenarioRunIn('scored'),
    becomes: 'COMPLETED',
    unready: scenarioRunIn('running'),
  },
  {
    name: 'cancelScenarioRun',
    noun: 'scenarioRun',
    sent: 'cancel',
    ready: scenarioRunIn('running'),
    becomes: 'CANCELED',
    unready: scenarioRunIn('completed'),
  },
  {
    name: 'completeBenchmarkRun',
    noun: 'benchmarkRun',
    sent: 'complete',
    ready: benchmarkRunIn('running'),
    becomes: 'COMPLETED',
    unready: benchmarkRunIn('completed'),
  },
  {
    name: 'cancelBenchmarkRun',
    noun: 'benchmarkRun',
    sent: 'cancel',
    ready: benchmarkRunIn('running'),
    becomes: 'CANCELED',
    unready: benchmarkRunIn('completed'),
  },
  {
    name: 'shutdownDevbox',
    noun: 'devbox',
    sent: 'shutdown',
    ready: devboxIn('running'),
    becomes: 'SHUTDOWN',
    unready: devboxUnderSnapshot,
  },
  {
    name: 'suspendDevbox',
    noun: 'devbox',
    sent: 'suspend',
    ready: devboxIn('running'),
    becomes: 'SUSPENDING',
    unready: devboxIn('suspended'),
  },
  {
    name: 'resumeDevbox',
    noun: 'devbox',
    sent: 'resume',
    ready: devboxIn('suspended'),
    becomes: 'RESUMING',
    unready: devboxIn('running'),
  },
  {
    name: 'keepDevboxAlive',
    noun: 'devbox',
    sent: 'keep_alive',
    ready: devboxIn('running'),
    becomes: 'RUNNING',
    unready: devboxIn('shutdown'),
  },
];

/** Where the things of a kind are in the REST API. */
const PATHS: Readonly<Record<Noun, string>> = {
  scenarioRun: '/v1/scenarios/runs',
  benchmarkRun: '/v1/benchmark_runs',
  devbox: '/v1/devboxes',
};

const PROBLEM = `
  ... on Error { message code }
  ... on NotFoundError { missingId }
  ... on InvalidTransitionError { currentState node { __typename id } }
  ... on InvalidInputError { field issues { field message } }
  ... on OutcomeUnknownError { query idempotencyKey }
`;

const stateOf = (noun: Noun) => (noun === 'devbox' ? 'status' : 'state');

function documentOf({ name, noun }: Pick<Action, 'name' | 'noun'>): string {
  const success = `${name.charAt(0).toUpperCase()}${name.slice(1)}Success`;
  return `mutation($id: ID!, $key: String) {
    ${name}(id: $id, idempotencyKey: $key) {
      __typename
      ... on ${success} { ${noun} { id state: ${stateOf(noun)} } }
      ${PROBLEM}
    }
  }`;
}

async function act(gateway: TestGateway, action: Action, id: string, key?: string): Promise<unknown> {
  const { data, errors } = await gateway.query(documentOf(action), { id, key });
  expect(errors).toEqual([]);
  return (data as Readonly<Record<string, unknown>>)[action.name];
}

const posts = (calls: readonly string[]) => calls.filter((call) => call.startsWith('POST'));

describe.each(ACTIONS)('$name', (action) => {
  const { name, noun, sent, ready, becomes, unready } = action;
  const success = `${name.charAt(0).toUpperCase()}${name.slice(1)}Success`;

  it('is sent once, and answers what came of it', async () => {
    await using gateway = await createTestGateway();
    const { id } = ready(gateway.world);

    expect(await act(gateway, action, id)).toEqual({
      __typename: success,
      [noun]: { id, state: becomes },
    });
    const read = name === 'keepDevboxAlive' ? [`GET ${PATHS[noun]}/${id}`] : [];
    expect(gateway.calls()).toEqual([`POST ${PATHS[noun]}/${id}/${sent}`, ...read]);
  });

  it('is done once under one key, and twice under two', async () => {
    await using gateway = await createTestGateway();
    const { id } = ready(gateway.world);

    const first = await act(gateway, action, id, 'mine');
    expect(await act(gateway, action, id, 'mine')).toEqual(first);
    const again = await act(gateway, action, id, 'another');
    // What has been done already is refused, unless it may be done again.
    const mayRepeat = name === 'shutdownDevbox' || name === 'keepDevboxAlive';
    expect(again).toMatchObject({ __typename: mayRepeat ? success : 'InvalidTransitionError' });
  });

  it('tells of a thing that is not there', async () => {
    await using gateway = await createTestGateway();
    const id = `${noun === 'scenarioRun' ? 'scr' : noun === 'benchmarkRun' ? 'bmr' : 'dbx'}_nowhere`;

    expect(await act(gateway, action, id)).toMatchObject({
      __typename: 'NotFoundError',
      code: 'NOT_FOUND',
      missingId: id,
      message: expect.stringContaining(id) as string,
    });
    expect(gateway.calls()).toHaveLength(1);
  });

  it('tells the current state of a thing that it cannot be done to', async () => {
    await using gateway = await createTestGateway();
    const { id, state } = unready?.(gateway.world) ?? expect.unreachable();

    expect(await act(gateway, action, id)).toEqual({
      __typename: 'InvalidTransitionError',
      code: 'CONFLICT',
      message: expect.stringContaining(`is ${state} and cannot be`) as string,
      currentState: state,
      node: { __typename: `${noun.charAt(0).toUpperCase()}${noun.slice(1)}`, id },
    });
    expect(gateway.calls()).toEqual([`POST ${PATHS[noun]}/${id}/${sent}`, `GET ${PATHS[noun]}/${id}`]);
  });

  it('tells the current state also where the upstream calls it a bad request', async () => {
    await using gateway = await createTestGateway();
    const { id, state } = unready?.(gateway.world) ?? expect.unreachable();
    gateway.simulator.faults.add({ kind: 'status', method: 'POST', path: '/v1/**', status: 400 });

    expect(await act(gateway, action, id)).toMatchObject({
      __typename: 'InvalidTransitionError',
      currentState: state,
    });
  });

  it('is refused also when the current state cannot be read', async () => {
    await using gateway = await createTestGateway();
    const { id } = unready?.(gateway.world) ?? expect.unreachable();
    gateway.simulator.faults.add({ kind: 'malformedJson', method: 'GET', path: '/v1/**' });

    expect(await act(gateway, action, id)).toMatchObject({
      __typename: 'InvalidTransitionError',
      currentState: null,
      node: null,
    });
  });

  it('tells that the API key may not do it', async () => {
    await using gateway = await createTestGateway();
    const { id } = ready(gateway.world);
    gateway.simulator.faults.add({ kind: 'status', method: 'POST', path: '/v1/**', status: 403 });

    expect(await act(gateway, action, id)).toMatchObject({ __typename: 'ForbiddenError', code: 'FORBIDDEN' });
    expect(gateway.calls()).toHaveLength(1);
  });

  it('sends nothing for an id that is none', async () => {
    await using gateway = await createTestGateway();

    expect(await act(gateway, action, '../../secrets')).toMatchObject({
      __typename: 'InvalidInputError',
      code: 'BAD_USER_INPUT',
      field: 'id',
      message: expect.stringContaining('Expected `id` to be') as string,
    });
    expect(gateway.calls()).toEqual([]);
  });

  it.each(['', 'two words', 'a\r\nHost: evil', 'é', 'x'.repeat(129)])(
    'sends nothing under the key %j',
    async (key) => {
      await using gateway = await createTestGateway();
      const { id } = ready(gateway.world);

      expect(await act(gateway, action, id, key)).toMatchObject({
        __typename: 'InvalidInputError',
        field: 'idempotencyKey',
      });
      expect(gateway.calls()).toEqual([]);
    },
  );

  it('whose answer is lost claims neither success nor failure, is not sent again, and says how to find out', async () => {
    await using gateway = await createTestGateway();
    const { id } = ready(gateway.world);
    const fault = gateway.simulator.faults.add({
      kind: 'reset',
      method: 'POST',
      path: '/v1/**',
      isAfterAction: true,
    });

    const answer = await act(gateway, action, id, 'mine');
    expect(answer).toMatchObject({
      __typename: 'OutcomeUnknownError',
      code: 'OUTCOME_UNKNOWN',
      idempotencyKey: 'mine',
      message: expect.stringContaining('Whether this was done is not known') as string,
    });
    expect(posts(gateway.calls())).toHaveLength(1);
    expect(fault.hits).toBe(1);
    const found = await gateway.query((answer as { readonly query: string }).query);
    expect(found.errors).toEqual([]);
    expect(found.data).toMatchObject({ [noun]: { [stateOf(noun)]: becomes } });
  });

  it('whose answer was lost is not done again under the same key', async () => {
    await using gateway = await createTestGateway();
    const { id } = ready(gateway.world);
    gateway.simulator.faults.add({
      kind: 'reset',
      method: 'POST',
      path: '/v1/**',
      isAfterAction: true,
      times: 1,
    });

    await act(gateway, action, id, 'mine');
    expect(await act(gateway, action, id, 'mine')).toMatchObject({ __typename: success });
  });

  it('is an error like any other when the upstream was never reached', async () => {
    await using gateway = await createTestGateway({ env: { UPSTREAM_RETRIES: '0' } });
    const { id } = ready(gateway.world);
    await gateway.simulator[Symbol.asyncDispose]();

    const { data, errors } = await gateway.query(documentOf(action), { id });
    expect(data).toBeNull();
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_UNAVAILABLE']);
  });
});
