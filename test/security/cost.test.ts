import { describe, expect, it } from 'vitest';
import type { World } from '../../src/simulator/simulator.ts';
import { BOARD, DASHBOARD } from '../support/canonical-queries.ts';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway, type GraphqlAnswer, type TestGateway, UNCACHED } from '../support/gateway.ts';
import { openSocket } from '../support/socket.ts';
import { FOLLOW_RUN, RARE_POLLS } from '../support/subscriptions.ts';

interface Cost {
  readonly predicted: number;
  readonly actual: number;
  readonly cached: number;
  readonly budgetRemaining: number;
}

const REPORT = { headers: { 'X-GraphQL-Cost': 'report' } };
const EXPLAIN = { headers: { 'X-GraphQL-Cost': 'explain' } };

const costIn = (text: string) => (JSON.parse(text) as { extensions?: { cost: Cost } }).extensions?.cost;

const codes = ({ errors }: GraphqlAnswer) => errors.map(({ extensions }) => extensions.code);

/** A benchmark run with so many scenario runs, half of which are of one scenario. */
function insertRun(world: World, scenarioRuns: number) {
  const scenario = world.insert.scenario();
  const run = world.insert.benchmarkRun();
  for (let number = 0; number < scenarioRuns; number++) {
    world.insert.scenarioRun({
      benchmark_run_id: run.id,
      ...(number % 2 === 0 ? { scenario_id: scenario.id } : {}),
    });
  }
  return run;
}

/** Starts a query that stays under way until it is aborted. */
function startStuck(gateway: TestGateway, id: string) {
  const client = new AbortController();
  const answered = gateway
    .query('query ($id: ID!) { scenarioRun(id: $id) { id } }', { id }, { signal: client.signal })
    .catch(() => null);
  return {
    answered,
    abort: () => {
      client.abort();
    },
  };
}

describe('what a query costs', () => {
  it('is reported on demand: what was predicted, what was sent, what the cache spared', async () => {
    await using gateway = await createTestGateway({ env: { CALLER_CALLS_PER_MINUTE: '1000' } });
    const { id } = insertRun(gateway.world, 50);

    const answer = await gateway.query(DASHBOARD, { id }, REPORT);
    const sent = gateway.calls().length;

    expect(answer.errors).toEqual([]);
    const cost = costIn(answer.text);
    expect(cost).toMatchObject({ predicted: 102, actual: sent, budgetRemaining: 1000 - sent });
    // The fields asked for the run, its list, 50 scenarios and 50 devboxes.
    expect(cost?.cached).toBe(102 - sent);
  });

  it('is reported when an extension of the request asks for it, and not otherwise', async () => {
    await using gateway = await createTestGateway();
    const { id } = insertRun(gateway.world, 2);
    const body = (extensions?: object) => ({
      body: JSON.stringify({ query: DASHBOARD, variables: { id }, extensions }),
    });

    const asked = await gateway.query('', undefined, body({ cost: 'report' }));
    const silent = await gateway.query('', undefined, body());
    const unclear = await gateway.query('', undefined, body({ cost: 'yes' }));

    expect(costIn(asked.text)).toMatchObject({ predicted: 102 });
    expect(silent.text).not.toContain('extensions');
    expect(codes(unclear)).toEqual(['BAD_USER_INPUT']);
  });

  it('counts what failed once, interpreted or compiled', async () => {
    await using gateway = await createTestGateway();
    const { id } = gateway.world.insert.benchmark();
    const query = `{ benchmark(id: "${id}") { runs(after: "no-such-row") { edges { cursor } } } }`;

    const costs: unknown[] = [];
    // Compiled from the third time on.
    for (let times = 0; times < 5; times++) {
      const answer = await gateway.query(query, undefined, REPORT);
      expect(codes(answer)).toEqual(['BAD_USER_INPUT']);
      const { actual = 0, cached = 0 } = costIn(answer.text) ?? {};
      costs.push(actual + cached);
    }

    expect(costs).toEqual([2, 2, 2, 2, 2]);
  });

  it('is reported over a WebSocket', async () => {
    await using gateway = await createTestGateway();
    using socket = await openSocket(gateway.url);
    await socket.init();
    socket.say({
      type: 'subscribe',
      id: '1',
      payload: { query: '{ scenarioRuns { nodes { id } } }', extensions: { cost: 'report' } },
    });
    await socket.received(3);

    expect(socket.payloads('1')).toMatchObject([
      { data: { scenarioRuns: { nodes: [] } }, extensions: { cost: { predicted: 1, actual: 1, cached: 0 } } },
    ]);
  });

  it('is reported beside errors', async () => {
    await using gateway = await createTestGateway();
    gateway.simulator.faults.add({ path: '/v1/scenarios/runs', kind: 'status', status: 400 });

    const answer = await gateway.query('{ scenarioRuns { nodes { id } } }', undefined, REPORT);

    expect(answer.errors).toHaveLength(1);
    expect(costIn(answer.text)).toMatchObject({ predicted: 1, actual: 1 });
  });

  it('counts a call that is retried once', async () => {
    await using gateway = await createTestGateway({ env: { UPSTREAM_RETRY_BASE_MS: '1' } });
    gateway.simulator.faults.add({ path: '/v1/**', kind: 'status', status: 503, times: 2 });

    const answer = await gateway.query('{ scenarioRuns { nodes { id } } }', undefined, REPORT);

    expect(gateway.calls()).toHaveLength(3);
    expect(costIn(answer.text)).toMatchObject({ actual: 1 });
  });
});

describe('an explanation', () => {
  it('says which fields cost how many calls at most, and does nothing', async () => {
    await using gateway = await createTestGateway({ env: { CALLER_CALLS_PER_MINUTE: '1000' } });

    const answer = await gateway.query(BOARD, undefined, EXPLAIN);

    expect(gateway.calls()).toEqual([]);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual({
      data: null,
      extensions: {
        cost: {
          predicted: 41,
          maxCalls: 5000,
          rows: 420,
          maxRows: 10_000,
          budgetRemaining: 1000,
          fields: [
            { path: 'benchmarkRuns', calls: 1 },
            { path: 'benchmarkRuns.nodes.benchmark', calls: 20 },
            { path: 'benchmarkRuns.nodes.scenarioRuns', calls: 20 },
          ],
        },
      },
    });
  });

  it('is given of an operation that is too much, too', async () => {
    await using gateway = await createTestGateway({ env: { QUERY_MAX_CALLS: '40' } });

    const refused = await gateway.query(BOARD);
    const explained = await gateway.query(BOARD, undefined, EXPLAIN);

    expect(codes(refused)).toEqual(['QUERY_TOO_COMPLEX']);
    expect(refused.errors[0]?.message).toBe(
      'Expected at most 40 upstream calls (QUERY_MAX_CALLS), got 41: ask for a smaller `first`, or send `X-GraphQL-Cost: explain` to see which fields cost them',
    );
    expect(costIn(explained.text)).toMatchObject({ predicted: 41, maxCalls: 40 });
  });
});

describe('a bound', () => {
  const NESTED = '{ benchmarkRuns(first: 100) { nodes { scenarioRuns(first: 100) { nodes { id } } } } }';

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['rows', {}, 'Expected at most 10000 rows (QUERY_MAX_ROWS), got 10100'],
    [
      'a page',
      { QUERY_MAX_PAGE_SIZE: '50' },
      'Expected at most 50 rows a page (QUERY_MAX_PAGE_SIZE), got 100',
    ],
    [
      'calls',
      { QUERY_MAX_ROWS: '20000', QUERY_MAX_CALLS: '100' },
      'Expected at most 100 upstream calls (QUERY_MAX_CALLS), got 101',
    ],
  ])('of %s refuses a query before anything is called', async (_of, env, message) => {
    await using gateway = await createTestGateway({ env });

    const answer = await gateway.query(NESTED);

    expect(codes(answer)).toEqual(['QUERY_TOO_COMPLEX']);
    expect(answer.errors[0]?.message).toContain(message);
    expect(gateway.calls()).toEqual([]);
  });

  it('of calls refuses a subscription whose events would cost too much, whatever it comes by', async () => {
    await using gateway = await createTestGateway({ env: { ...RARE_POLLS, QUERY_MAX_CALLS: '20' } });
    const query = 'subscription { benchmarkRun(id: "bmr_1") { changes { scenarioRun { devbox { id } } } } }';

    using stream = await openEventStream(gateway.url, { query });
    using socket = await openSocket(gateway.url);
    await socket.init();
    socket.subscribe('1', query);
    await Promise.all([stream.ended, socket.received(2)]);

    expect(stream.events).toMatchObject([
      { event: 'next', data: { errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }] } },
      { event: 'complete' },
    ]);
    expect(JSON.stringify(socket.messages)).toContain('QUERY_TOO_COMPLEX');
    expect(gateway.calls()).toEqual([]);
  });
});

describe('the budget of a caller', () => {
  it('is charged what was sent, so the dashboard fits many times', async () => {
    await using gateway = await createTestGateway({ env: { CALLER_CALLS_PER_MINUTE: '150' } });
    const { id } = insertRun(gateway.world, 4);
    const ask = async () => costIn((await gateway.query(DASHBOARD, { id }, REPORT)).text);

    const first = await ask();
    const second = await ask();

    expect(first?.budgetRemaining).toBe(150 - (first?.actual ?? 0));
    expect(second?.budgetRemaining).toBe((first?.budgetRemaining ?? 0) - (second?.actual ?? 0));
  });

  it('refuses what does not fit, and says when to come back', async () => {
    await using gateway = await createTestGateway({ env: { CALLER_CALLS_PER_MINUTE: '50' } });

    const answer = await gateway.query(DASHBOARD, { id: 'bmr_1' });
    const retryAfterMs = answer.errors[0]?.extensions['retryAfterMs'];

    expect(answer.status).toBe(429);
    expect(codes(answer)).toEqual(['RATE_LIMITED']);
    expect(answer.errors[0]?.message).toContain('at most 50 upstream calls, got one of up to 102');
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(gateway.calls()).toEqual([]);
    // What was refused has cost nothing.
    expect(codes(await gateway.query(BOARD))).toEqual([]);
  });

  it('is one for each caller', async () => {
    await using gateway = await createTestGateway({
      env: { ...UNCACHED, AUTH: 'passthrough', RUNLOOP_API_KEY: '', CALLER_CALLS_PER_MINUTE: '41' },
    });
    const ask = (key: string) =>
      gateway.query('{ devboxes { nodes { id } } }', undefined, {
        headers: { Authorization: `Bearer ${key}`, 'X-GraphQL-Cost': 'report' },
      });

    const one = costIn((await ask('ak_one')).text);
    const again = costIn((await ask('ak_one')).text);
    const other = costIn((await ask('ak_other')).text);

    expect([one, again, other].map((cost) => cost?.budgetRemaining)).toEqual([40, 39, 40]);
  });

  it('pays for the events of a subscription', async () => {
    await using gateway = await createTestGateway({ env: RARE_POLLS });
    const { id } = gateway.world.insert.scenarioRun();
    const remaining = async () =>
      costIn((await gateway.query('{ __typename }', undefined, REPORT)).text)?.budgetRemaining;

    const before = await remaining();
    using stream = await openEventStream(gateway.url, {
      query:
        'subscription ($id: ID!) { scenarioRun(id: $id) { scenarioRun { devbox { id } scenario { id } } } }',
      variables: { id },
    });
    await stream.received(1);

    expect(await remaining()).toBe((before ?? 0) - 2);
  });
});

describe('at once', () => {
  it('a caller has so many operations under way, and no more', async () => {
    await using gateway = await createTestGateway({ env: { CALLER_MAX_OPERATIONS: '2' } });
    const stall = gateway.simulator.faults.add({ path: '/v1/scenarios/runs/*', kind: 'stall' });
    const stuck = [1, 2].map(() => startStuck(gateway, gateway.world.insert.scenarioRun().id));
    await expect.poll(() => stall.hits).toBe(2);

    const refused = await gateway.query('{ devboxes { nodes { id } } }');
    for (const { abort } of stuck) abort();
    await Promise.all(stuck.map(({ answered }) => answered));

    expect(refused.status).toBe(429);
    expect(codes(refused)).toEqual(['RATE_LIMITED']);
    expect(refused.errors[0]?.message).toContain(
      'at most 2 operations of one caller at once (CALLER_MAX_OPERATIONS)',
    );
    await expect.poll(async () => codes(await gateway.query('{ devboxes { nodes { id } } }'))).toEqual([]);
  });

  it('a caller has so many streams and sockets open, and no more', async () => {
    await using gateway = await createTestGateway({ env: { ...RARE_POLLS, CALLER_MAX_CONNECTIONS: '2' } });
    const { id } = gateway.world.insert.scenarioRun();
    const follow = { query: FOLLOW_RUN, variables: { id } };
    const stream = await openEventStream(gateway.url, follow);
    using socket = await openSocket(gateway.url);
    await socket.init();

    using third = await openEventStream(gateway.url, follow);
    using fourth = await openSocket(gateway.url);
    await expect(fourth.init()).rejects.toThrow('Closed with 1013');
    expect(third.status).toBe(429);
    expect(third.headers['retry-after']).toBe('1');

    stream[Symbol.dispose]();
    await expect
      .poll(async () => {
        using again = await openEventStream(gateway.url, follow);
        return again.status;
      })
      .toBe(200);
  });

  it('a socket has so many operations under way, and no more', async () => {
    await using gateway = await createTestGateway({ env: { ...RARE_POLLS, SOCKET_MAX_OPERATIONS: '2' } });
    const { id } = gateway.world.insert.scenarioRun();
    using socket = await openSocket(gateway.url);
    await socket.init();
    for (const operation of ['1', '2', '3']) socket.subscribe(operation, FOLLOW_RUN, { id });
    await expect.poll(() => socket.messages.filter(({ type }) => type === 'error')).toHaveLength(1);

    expect(socket.messages.find(({ type }) => type === 'error')).toMatchObject({
      id: '3',
      payload: [{ extensions: { code: 'RATE_LIMITED', retryAfterMs: 1000 } }],
    });
    socket.say({ type: 'complete', id: '1' });
    socket.subscribe('4', FOLLOW_RUN, { id });
    await expect.poll(() => socket.payloads('4')).toHaveLength(1);
  });
});
