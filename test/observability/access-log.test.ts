import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../support/fake-clock.ts';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { openSocket } from '../support/socket.ts';
import { complete, FAST_POLLS, FOLLOW_RUN } from '../support/subscriptions.ts';

const linesOf = ({ record }: TestGateway, event = 'operation.done') =>
  record.lines().filter((line) => line['event'] === event);

const LOOK_UP = 'query Look($id: ID!) { scenarioRun(id: $id) { id } }';

describe('the line of an operation', () => {
  it('says what was asked, by whom, what it cost and how it ended', async () => {
    await using gateway = await createTestGateway();
    const { id } = gateway.world.insert.scenarioRun();
    const { headers } = await gateway.query(LOOK_UP, { id });
    await gateway.query(LOOK_UP, { id });
    await gateway.query(LOOK_UP, { id: 'no id!' });

    const shared = {
      level: 30,
      operation: 'Look',
      type: 'query',
      hash: createHash('sha256').update(LOOK_UP).digest('hex'),
      transport: 'http',
      caller: 'verified',
      callerId: 'service',
      status: 200,
    };
    const [first, second, third] = linesOf(gateway);
    expect(first).toMatchObject({ ...shared, answeredBy: 'execution', calls: 1, cost: 1 });
    expect(first?.['requestId']).toBe(headers.get('x-request-id'));
    expect(first?.['durationMs']).toBeGreaterThanOrEqual(0);
    expect(second).toMatchObject({ ...shared, answeredBy: 'cache', calls: 0 });
    expect(third).toMatchObject({ ...shared, code: 'BAD_USER_INPUT', errors: 1 });
    expect(linesOf(gateway)).toHaveLength(3);
    expect(gateway.record.text()).not.toContain(id);
  });

  it('has the id that the client gave the request, if a line can hold it, and so has every other line of it', async () => {
    const ids: (string | undefined)[] = [];
    await using gateway = await createTestGateway({
      env: { UPSTREAM_RETRY_BASE_MS: '1' },
      simulator: { onRequest: ({ header }) => ids.push(header('x-request-id')) },
    });
    const { id } = gateway.world.insert.scenarioRun();
    gateway.simulator.faults.add({ path: '/v1/scenarios/runs/*', kind: 'status', status: 503, times: 1 });

    const asked = await gateway.query(LOOK_UP, { id }, { headers: { 'X-Request-Id': 'mine.1' } });
    const refused = await gateway.query('{ __typename }', undefined, {
      headers: { 'X-Request-Id': 'not mine "1"' },
    });

    expect(asked.headers.get('x-request-id')).toBe('mine.1');
    expect(refused.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(ids).toEqual(['mine.1', 'mine.1']);
    expect(linesOf(gateway, 'upstream.call_failed')).toMatchObject([{ requestId: 'mine.1', cause: 'query' }]);
    expect(linesOf(gateway)).toMatchObject([
      { requestId: 'mine.1' },
      { requestId: refused.headers.get('x-request-id') },
    ]);
  });

  it('of a mutation leaves its idempotency key to the upstream in the place of the id', async () => {
    const ids: (string | undefined)[] = [];
    await using gateway = await createTestGateway({
      simulator: { onRequest: ({ header }) => ids.push(header('x-request-id')) },
    });
    const { id } = gateway.world.insert.scenarioRun({ state: 'running' });
    const cancel =
      'mutation Cancel($id: ID!) { cancelScenarioRun(id: $id, idempotencyKey: "a-key-of-mine") { __typename } }';
    await gateway.query(cancel, { id }, { headers: { 'X-Request-Id': 'mine.2' } });

    expect(ids).toContain('a-key-of-mine');
    expect(linesOf(gateway)).toMatchObject([{ type: 'mutation', operation: 'Cancel', requestId: 'mine.2' }]);
    expect(linesOf(gateway, 'mutation.done')).toMatchObject([{ requestId: 'mine.2' }]);
  });

  it('of a subscription is written at its end, with how long it was and what it got', async () => {
    await using gateway = await createTestGateway({ env: FAST_POLLS });
    const { id } = gateway.world.insert.scenarioRun();
    using stream = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
    await stream.received(1);
    using socket = await openSocket(gateway.url);
    await socket.init();
    socket.subscribe('1', FOLLOW_RUN, { id });
    await socket.received(2);
    expect(linesOf(gateway)).toEqual([]);
    using leaving = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
    await leaving.received(1);
    leaving[Symbol.dispose]();
    await expect
      .poll(() => linesOf(gateway))
      .toMatchObject([{ type: 'subscription', operation: 'Run', reason: 'left', deliveries: 1 }]);
    complete(gateway.world, id);
    await stream.ended;

    const ended = { type: 'subscription', reason: 'complete', deliveries: 2, skipped: 0, caller: 'verified' };
    await expect
      .poll(() =>
        linesOf(gateway)
          .slice(1)
          .sort((a, b) => String(a['transport']).localeCompare(String(b['transport']))),
      )
      .toMatchObject([
        { ...ended, transport: 'event-stream', status: 200 },
        { ...ended, transport: 'websocket' },
      ]);
  });

  it('of a refused subscription says why', async () => {
    await using gateway = await createTestGateway();
    using stream = await openEventStream(gateway.url, {
      query: FOLLOW_RUN,
      variables: { id: 'scr_missing' },
    });
    await stream.ended;
    using socket = await openSocket(gateway.url);
    await socket.init();
    socket.subscribe('1', FOLLOW_RUN, { id: 'scr_missing' });
    await socket.received(2);

    expect(linesOf(gateway)).toMatchObject([
      { type: 'subscription', code: 'NOT_FOUND' },
      { type: 'subscription', code: 'NOT_FOUND', transport: 'websocket' },
    ]);
  });

  it('names nobody whose key was never accepted', async () => {
    await using gateway = await createTestGateway({ env: { AUTH: 'passthrough' } });
    gateway.simulator.faults.add({ path: '/v1/**', kind: 'status', status: 401 });
    await gateway.query('{ scenarioRuns { nodes { id } } }', undefined, {
      headers: { Authorization: 'Bearer ak_CANARY' },
    });

    expect(linesOf(gateway)).toMatchObject([{ caller: 'unverified', code: 'UNAUTHENTICATED' }]);
    expect(linesOf(gateway)[0]).not.toHaveProperty('callerId');
    expect(gateway.record.text()).not.toContain('CANARY');
  });

  it('is at the level that is set, of the share that is set, and of every operation with errors', async () => {
    await using gateway = await createTestGateway({
      env: { ACCESS_LOG: 'debug', ACCESS_LOG_SAMPLE_PERCENT: '50' },
      overrides: { random: inTurn(0.49, 0.5) },
    });
    await gateway.query('query A { __typename }');
    await gateway.query('query B { __typename }');
    await gateway.query('query C { scenarioRun(id: "no id!") { id } }');

    expect(linesOf(gateway)).toMatchObject([
      { operation: 'A', level: 20 },
      { operation: 'C', level: 20 },
    ]);
  });

  it('is not written when it is off', async () => {
    await using gateway = await createTestGateway({ env: { ACCESS_LOG: 'off' } });
    await gateway.query('{ __typename }');

    expect(gateway.record.lines()).toEqual([]);
  });

  it('is one of so many within a second, and the others are counted', async () => {
    const clock = createFakeClock();
    const gateway = await createTestGateway({ env: { ACCESS_LOG_MAX_PER_SEC: '3' }, overrides: { clock } });
    for (let number = 0; number < 10; number++) await gateway.query('{ __typename }');
    expect(linesOf(gateway)).toHaveLength(3);
    await clock.advance(1_000);
    expect(linesOf(gateway, 'operation.lines_left_out')).toMatchObject([{ count: 7 }]);
    for (let number = 0; number < 4; number++) await gateway.query('{ __typename }');
    await gateway[Symbol.asyncDispose]();

    expect(linesOf(gateway)).toHaveLength(6);
    expect(linesOf(gateway, 'operation.lines_left_out')).toMatchObject([{ count: 7 }, { count: 1 }]);
  });

  it('is not left by those who are refused without being known', async () => {
    await using gateway = await createTestGateway({ env: { AUTH: 'passthrough' } });
    for (let number = 0; number < 10; number++) await gateway.query('{ scenarioRuns { nodes { id } } }');

    expect(linesOf(gateway)).toEqual([]);
  });
});

/** Numbers one after the other, and again from the first. */
function inTurn(...numbers: readonly number[]): () => number {
  let at = 0;
  return () => numbers[at++ % numbers.length] ?? 0;
}
