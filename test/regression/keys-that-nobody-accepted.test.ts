/** With AUTH=passthrough, a made-up key was a caller with bounds of its own, so that no bound held anybody who makes keys up. */
import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import {
  createTestGateway,
  type TestGateway,
  type TestGatewayOptions,
  UNCACHED,
} from '../support/gateway.ts';
import { openSocket } from '../support/socket.ts';
import { FOLLOW_RUN, RARE_POLLS } from '../support/subscriptions.ts';

const DEVBOXES = '{ devboxes { nodes { id } } }';

/** Over an upstream that knows one key. */
const createStage = ({ env, simulator, ...options }: TestGatewayOptions = {}) =>
  createTestGateway({
    ...options,
    env: { ...UNCACHED, ...RARE_POLLS, AUTH: 'passthrough', ...env },
    simulator: { accounts: { ak_honest: { seed: 1 } }, ...simulator },
  });

const as = (key: string, more: Readonly<Record<string, string>> = {}) => ({
  headers: { Authorization: `Bearer ${key}`, ...more },
});

const ask = (gateway: TestGateway, key: string) => gateway.query(DEVBOXES, undefined, as(key));

const codeOf = async (answer: ReturnType<typeof ask>) => (await answer).errors[0]?.extensions.code ?? null;

const invented = (count: number) =>
  Array.from({ length: count }, (_, number) => `ak_invented_${String(number)}`);

describe('a key that Runloop refuses', () => {
  it('is asked about once in half a minute, however often it is presented', async () => {
    const clock = createFakeClock();
    await using gateway = await createStage({ overrides: { clock } });
    for (let time = 0; time < 20; time++) {
      expect(await codeOf(ask(gateway, 'ak_invented'))).toBe('UNAUTHENTICATED');
    }
    expect(gateway.calls()).toHaveLength(1);
    await clock.advance(30_000);
    await ask(gateway, 'ak_invented');

    expect(gateway.calls()).toHaveLength(1);
  });
});

describe('keys that Runloop has yet to accept', () => {
  it('cost an honest caller no extra call as long as no invalid ones are presented', async () => {
    await using gateway = await createStage();
    expect(await codeOf(ask(gateway, 'ak_honest'))).toBeNull();

    expect(gateway.calls()).toEqual([expect.stringContaining('GET /v1/devboxes')]);
  });

  it('take few of the sockets to the upstream, and no honest caller waits for them', async () => {
    await using gateway = await createStage({
      env: { UPSTREAM_CONNECTIONS: '16', AUTH_KEY_CHECKS: '4', UPSTREAM_HEADERS_TIMEOUT_MS: '600000' },
      overrides: { clock: createFakeClock() },
    });
    await ask(gateway, 'ak_honest');
    await ask(gateway, 'ak_invented');
    gateway.calls();
    const silence = gateway.simulator.faults.add({ path: '/v1/accounts/me', kind: 'latency', ms: 600_000 });
    const stuck = new AbortController();
    const flood = invented(200).map((key) =>
      gateway.query(DEVBOXES, undefined, { ...as(key), signal: stuck.signal }).catch(() => null),
    );
    await expect.poll(() => silence.hits).toBe(4);

    expect(await codeOf(ask(gateway, 'ak_honest'))).toBeNull();
    expect(gateway.calls().filter((call) => call.startsWith('GET /v1/accounts/me'))).toHaveLength(4);
    silence.remove();
    stuck.abort();
    await Promise.all(flood);
  });

  it('share the bounds of anonymous callers, so that they evict no budget of an honest caller', async () => {
    await using gateway = await createStage({
      env: { CALLER_MAX_BUDGETS: '2', CALLER_CALLS_PER_MINUTE: '1000' },
    });
    const remaining = async () => {
      const { text } = await gateway.query(
        DEVBOXES,
        undefined,
        as('ak_honest', { 'X-GraphQL-Cost': 'report' }),
      );
      return (JSON.parse(text) as { extensions: { cost: { budgetRemaining: number } } }).extensions.cost
        .budgetRemaining;
    };
    // The first operation of all is the one that shows that its key is good.
    await remaining();
    const before = await remaining();
    for (const key of invented(10)) await ask(gateway, key);

    expect(await remaining()).toBe(before - 1);
  });

  it('share the sockets of anonymous callers until they are authenticated', async () => {
    await using gateway = await createStage({ env: { CALLER_MAX_CONNECTIONS: '2' } });
    using one = await openSocket(gateway.url);
    using other = await openSocket(gateway.url);

    await expect(openSocket(gateway.url)).rejects.toThrow('429');
    await one.init({ authorization: 'Bearer ak_honest' });
    using third = await openSocket(gateway.url);
    third.say({ type: 'connection_init', payload: { authorization: 'Bearer ak_invented' } });
    expect(await third.closed).toBe(4403);
    other.socket.terminate();
    await expect
      .poll(() =>
        openSocket(gateway.url).then(
          (socket) => {
            socket[Symbol.dispose]();
            return 'opened';
          },
          () => 'refused',
        ),
      )
      .toBe('opened');
  });

  it('follow nothing, and get no stream', async () => {
    await using gateway = await createStage();
    using stream = await openEventStream(gateway.url, {
      query: FOLLOW_RUN,
      variables: { id: 'scr_1' },
      ...as('ak_invented'),
    });
    await stream.ended;

    expect(stream.status).toBe(401);
    expect({ ...gateway.watches }).toEqual({ subscriptions: 0, watchers: 0 });
  });
});

describe('a socket whose key Runloop has revoked', () => {
  it('gets no cached answer a minute later, and is closed', async () => {
    const clock = createFakeClock();
    await using gateway = await createStage({ overrides: { clock } });
    const { id } = gateway.simulator.world('ak_honest').insert.scenarioRun({
      state: 'completed',
      start_time_ms: clock.now() - 3_600_000,
    });
    const query = `{ scenarioRun(id: "${id}") { id } }`;
    using socket = await openSocket(gateway.url);
    await socket.init({ authorization: 'Bearer ak_honest' });
    socket.subscribe('1', query);
    await expect.poll(() => socket.payloads('1')).toEqual([{ data: { scenarioRun: { id } } }]);
    gateway.simulator.faults.add({ path: '/**', kind: 'status', status: 401 });
    await clock.advance(60_000);
    socket.subscribe('2', query);
    await expect
      .poll(() => socket.messages.at(-1))
      .toMatchObject({
        type: 'error',
        id: '2',
        payload: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });
    await clock.advance(5_000);

    await socket.closed;
  });
});
