import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deferred } from '../support/deferred.ts';
import { createTestGateway, TEST_KEY, type TestGateway } from '../support/gateway.ts';

const HOSTILE_IDS = [
  ['a path', '../../secrets'],
  ['an encoded path', '..%2F..%2Fsecrets'],
  ['a query', 'a?b#c'],
  ['nothing', ''],
  ['500 characters', 'x'.repeat(500)],
  ['a newline', 'scr_a\nHost: evil'],
  ['an emoji', 'scr_🎉'],
] as const;

const PLACES = [
  ['scenarioRun', '{ scenarioRun(id: $id) { id } }'],
  ['benchmarkRun', '{ benchmarkRun(id: $id) { id } }'],
  ['benchmark', '{ benchmark(id: $id) { id } }'],
  ['scenario', '{ scenario(id: $id) { id } }'],
  ['devbox', '{ devbox(id: $id) { id } }'],
  ['node', '{ node(id: $id) { id } }'],
  ['nodes', '{ nodes(ids: [$id]) { id } }'],
  ['scenarioRuns.filter.scenarioId', '{ scenarioRuns(filter: { scenarioId: $id }) { nodes { id } } }'],
  [
    'scenarioRuns.filter.benchmarkRunId',
    '{ scenarioRuns(filter: { benchmarkRunId: $id }) { nodes { id } } }',
  ],
  ['benchmarkRuns.filter.benchmarkId', '{ benchmarkRuns(filter: { benchmarkId: $id }) { nodes { id } } }'],
  ['scenarios.filter.benchmarkId', '{ scenarios(filter: { benchmarkId: $id }) { nodes { id } } }'],
] as const;

describe('an id that is', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await createTestGateway();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  describe.each(HOSTILE_IDS)('%s', (_name, id) => {
    it.each(PLACES)('reaches no URL from %s', async (_place, selection) => {
      const { errors } = await gateway.query(`query($id: ID!) ${selection}`, { id });

      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
      expect(errors[0]?.message).toContain('Expected an id of 1 to 128');
      expect(gateway.calls()).toEqual([]);
    });
  });

  it('a hostile cursor reaches no URL', async () => {
    const { errors } = await gateway.query('{ scenarioRuns(after: "../x?y") { nodes { id } } }');

    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    expect(gateway.calls()).toEqual([]);
  });

  it.each([
    ['scenarioRun', 'scr_unknown'],
    ['benchmarkRun', 'bmr_unknown'],
    ['benchmark', 'bmd_unknown'],
    ['scenario', 'scn_unknown'],
    ['devbox', 'dbx_unknown'],
    ['node', 'scr_unknown'],
    ['node', 'zzz_unknown'],
    ['node', 'unknown'],
  ])('unknown gives null from %s', async (field, id) => {
    await using gateway = await createTestGateway();

    const { data, errors } = await gateway.query(`query($id: ID!) { ${field}(id: $id) { id } }`, { id });

    expect({ data, errors }).toEqual({ data: { [field]: null }, errors: [] });
  });

  it('known is found by node, whatever its type', async () => {
    await using gateway = await createTestGateway();
    const { world } = gateway;
    const ids = [
      world.insert.scenarioRun(),
      world.insert.benchmarkRun(),
      world.insert.benchmark(),
      world.insert.scenario(),
      world.insert.devbox(),
    ].map(({ id }) => id);

    const { data } = await gateway.query('query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', {
      ids: [...ids, 'scr_unknown'],
    });

    expect(data).toEqual({
      nodes: [
        ...['ScenarioRun', 'BenchmarkRun', 'Benchmark', 'Scenario', 'Devbox'].map((__typename, index) => ({
          __typename,
          id: ids[index],
        })),
        null,
      ],
    });
  });

  it('one of more than 100 is refused', async () => {
    await using gateway = await createTestGateway();

    const { errors } = await gateway.query('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: Array(101).fill('scr_1'),
    });

    expect(errors).toMatchObject([
      { message: expect.stringContaining('at most 100') as string, extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });
});

describe('what cannot be fetched', () => {
  it('is one null and one error with its path; the rest of the answer stands', async () => {
    await using gateway = await createTestGateway();
    const run = gateway.world.insert.benchmarkRun();
    const runs = Array.from({ length: 50 }, () =>
      gateway.world.insert.scenarioRun({ benchmark_run_id: run.id }),
    );
    const broken = runs[20];
    for (const path of [`/v1/devboxes/${broken?.devbox_id ?? ''}`, '/v1/devboxes']) {
      gateway.simulator.faults.add({ path, kind: 'status', status: 501 });
    }

    const { data, errors } = await gateway.query(
      'query($id: ID!) { benchmarkRun(id: $id) { scenarioRuns(first: 50) { nodes { id devbox { id } } } } }',
      { id: run.id },
    );

    const { nodes } = (
      data as { benchmarkRun: { scenarioRuns: { nodes: { id: string; devbox: { id: string } | null }[] } } }
    ).benchmarkRun.scenarioRuns;
    const index = nodes.findIndex(({ id }) => id === broken?.id);
    expect(nodes.filter(({ devbox }) => devbox !== null)).toHaveLength(49);
    expect(nodes[index]?.devbox).toBeNull();
    expect(errors).toMatchObject([
      {
        path: ['benchmarkRun', 'scenarioRuns', 'nodes', index, 'devbox'],
        extensions: { code: 'UPSTREAM_ERROR' },
      },
    ]);
  });

  it('because it is gone is null without an error', async () => {
    await using gateway = await createTestGateway();
    const { id } = gateway.world.insert.scenarioRun({ devbox_id: 'dbx_gone', scenario_id: 'scn_gone' });

    const { data, errors } = await gateway.query(
      'query($id: ID!) { scenarioRun(id: $id) { devbox { id } scenario { id } } }',
      { id },
    );

    expect({ data, errors }).toEqual({ data: { scenarioRun: { devbox: null, scenario: null } }, errors: [] });
  });

  it('because a row is no row fails that row alone', async () => {
    await using gateway = await createTestGateway();
    const good = gateway.world.insert.scenarioRun();
    // The simulator stores what it is given: a row without a state is what a broken upstream would send.
    gateway.world.insert.scenarioRun({ id: 'scr_bad', scenario_id: 7 as unknown as string });

    const { data, errors } = await gateway.query(
      '{ scenarioRuns { nodes { id } edges { cursor node { id } } } }',
    );

    expect(data).toMatchObject({ scenarioRuns: { nodes: [null, { id: good.id }] } });
    expect(errors.map(({ path, extensions }) => [path?.join('.'), extensions.code])).toEqual([
      ['scenarioRuns.nodes.0', 'UPSTREAM_ERROR'],
      ['scenarioRuns.edges.0.node', 'UPSTREAM_ERROR'],
    ]);
  });

  it.each([
    ['is not there', 500, 'UPSTREAM_ERROR'],
    ['is unavailable', 503, 'UPSTREAM_UNAVAILABLE'],
    ['refuses the key', 401, 'UNAUTHENTICATED'],
    ['forbids it', 403, 'FORBIDDEN'],
  ])('because the upstream %s has a code of the closed list', async (_why, status, code) => {
    await using gateway = await createTestGateway({ env: { UPSTREAM_RETRIES: '0' } });
    gateway.simulator.faults.add({ path: '/v1/scenarios/runs/*', kind: 'status', status });

    const { data, errors } = await gateway.query('{ scenarioRun(id: "scr_1") { id } }');

    expect(data).toEqual({ scenarioRun: null });
    expect(errors).toMatchObject([{ extensions: { code } }]);
  });

  it('because of a rate limit says when to come back', async () => {
    await using gateway = await createTestGateway({ env: { UPSTREAM_RETRIES: '0' } });
    gateway.simulator.faults.add({ path: '/v1/scenarios/runs/*', kind: 'rateLimit', retryAfterSeconds: 7 });

    const { errors } = await gateway.query('{ scenarioRun(id: "scr_1") { id } }');

    expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfterMs: 7000 } }]);
  });
});

describe('an unknown enum value of the upstream', () => {
  it('is UNKNOWN, breaks nothing and is logged once', async () => {
    await using gateway = await createTestGateway();
    for (let runs = 0; runs < 3; runs++)
      gateway.world.insert.scenarioRun({ state: 'hibernating' as 'running' });

    await gateway.query('{ scenarioRuns { nodes { state } } }');
    const { data, errors } = await gateway.query('{ scenarioRuns { nodes { state isTerminal } } }');

    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      scenarioRuns: { nodes: Array(3).fill({ state: 'UNKNOWN', isTerminal: false }) },
    });
    expect(gateway.record.linesBesideAccess()).toMatchObject([
      { event: 'upstream.unknown_value', field: 'scenarioRun.state', value: 'hibernating' },
    ]);
  });
});

describe('a client that goes away', () => {
  it('stops the upstream calls of its query', async () => {
    const arrived = deferred<undefined>();
    await using gateway = await createTestGateway({
      simulator: {
        onRequest: ({ path }) => {
          if (path.includes('/runs/')) arrived.resolve(undefined);
        },
      },
    });
    gateway.simulator.faults.add({ path: '/v1/scenarios/runs/*', kind: 'stall' });
    const client = new AbortController();

    const { id } = gateway.world.insert.scenarioRun();

    const answer = gateway.query(
      'query($id: ID!) { scenarioRun(id: $id) { scenario { id } } }',
      { id },
      { signal: client.signal },
    );
    await arrived.promise;
    client.abort();

    await expect(answer).rejects.toThrow('aborted');
    await expect
      .poll(() => gateway.record.linesBesideAccess())
      .toMatchObject([{ event: 'upstream.call_aborted', level: 20 }]);
  });
});

describe('an operation that takes too long', () => {
  it('ends with UPSTREAM_TIMEOUT', async () => {
    await using gateway = await createTestGateway({ env: { OPERATION_TIMEOUT_MS: '20' } });
    gateway.simulator.faults.add({ path: '/v1/scenarios/runs/*', kind: 'stall' });
    const { id } = gateway.world.insert.scenarioRun();

    const { errors } = await gateway.query('query($id: ID!) { scenarioRun(id: $id) { id } }', { id });

    expect(errors).toMatchObject([
      { message: 'The operation was not answered within 20 ms', extensions: { code: 'UPSTREAM_TIMEOUT' } },
    ]);
  });
});

describe('whose key goes upstream', () => {
  it('is the caller’s with AUTH=passthrough', async () => {
    const keys: string[] = [];
    await using gateway = await createTestGateway({
      env: { AUTH: 'passthrough' },
      simulator: {
        accounts: { ak_alice: { seed: 1 }, ak_bob: { seed: 2 } },
        onRequest: ({ key }) => keys.push(key),
      },
    });
    const { id } = gateway.simulator.world('ak_alice').insert.scenarioRun();
    const ask = (key: string) =>
      gateway.query(
        'query($id: ID!) { scenarioRun(id: $id) { id } }',
        { id },
        { headers: { Authorization: `Bearer ${key}` } },
      );

    expect((await ask('ak_alice')).data).toEqual({ scenarioRun: { id } });
    expect((await ask('ak_bob')).data).toEqual({ scenarioRun: null });
    expect((await ask('ak_eve')).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(keys).toEqual(['ak_alice', 'ak_bob', 'ak_eve']);
  });

  it.each([
    ['nothing', undefined],
    ['a password', 'Basic dTpw'],
    ['an empty key', 'Bearer '],
    ['two keys', 'Bearer a b'],
  ])('has to be presented: %s is answered 401', async (_what, authorization) => {
    await using gateway = await createTestGateway({ env: { AUTH: 'passthrough' } });

    const { status, headers, errors } = await gateway.query('{ scenarioRuns { nodes { id } } }', undefined, {
      headers: authorization === undefined ? {} : { Authorization: authorization },
    });

    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(gateway.calls()).toEqual([]);
  });

  it('is not asked for by questions about the schema', async () => {
    await using gateway = await createTestGateway({ env: { AUTH: 'passthrough' } });

    const { data } = await gateway.query('{ __schema { queryType { name } } }');

    expect(data).toEqual({ __schema: { queryType: { name: 'Query' } } });
  });

  it('appears in no answer and no log line, nor does what the upstream says in an error', async () => {
    await using gateway = await createTestGateway({ env: { UPSTREAM_RETRIES: '1', LOG_LEVEL: 'trace' } });
    const { faults } = gateway.simulator;
    faults.add({ path: '/v1/scenarios/runs/*', kind: 'status', status: 500, body: 'CANARY_BODY' });
    faults.add({ path: '/v1/devboxes/*', kind: 'malformedJson' });
    faults.add({ path: '/v1/benchmarks/*', kind: 'reset' });

    const { insert } = gateway.world;
    const ids = {
      scenarioRun: insert.scenarioRun().id,
      devbox: insert.devbox().id,
      benchmark: insert.benchmark().id,
    };

    const answers = await Promise.all(
      Object.entries(ids).map(([field, id]) =>
        gateway.query(`query($id: ID!) { ${field}(id: $id) { id } }`, { id }),
      ),
    );
    await gateway.query(`{ scenarioRuns(first: 0) { nodes { id } } }`, undefined, {
      headers: { Authorization: 'Bearer CANARY_KEY' },
    });

    const everything = answers.map(({ text }) => text).join('') + gateway.record.text();
    expect(answers.flatMap(({ errors }) => errors)).toHaveLength(3);
    expect(gateway.record.lines().length).toBeGreaterThan(2);
    for (const secret of [TEST_KEY, 'CANARY', 'Bearer']) expect(everything).not.toContain(secret);
  });
});
