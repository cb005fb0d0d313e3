import { once } from 'node:events';
import { connect } from 'node:net';
import { createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { deferred } from '../support/deferred.ts';
import { createTestGateway, TEST_KEY } from '../support/gateway.ts';
import { openSocket, type TestSocket } from '../support/socket.ts';
import {
  complete,
  FAST_POLLS,
  FOLLOW_RUN,
  RARE_POLLS,
  type RunResult,
  told,
} from '../support/subscriptions.ts';

const fastGateway = (env: Readonly<Record<string, string>> = {}) =>
  createTestGateway({ env: { ...FAST_POLLS, ...env } });

const eventsOf = (socket: TestSocket, operation: string) =>
  socket.payloads(operation).flatMap((payload) => (payload as RunResult).data?.scenarioRun ?? []);

const codesIn = (payload: unknown) =>
  (payload as NonNullable<RunResult['errors']>).map(({ extensions }) => extensions.code);

describe('a subscription over a WebSocket', () => {
  it('sends the events of a run to its end, and completes', async () => {
    await using gateway = await fastGateway();
    const { id } = gateway.world.insert.scenarioRun();
    using socket = await openSocket(gateway.url);
    await socket.init();
    socket.subscribe('1', FOLLOW_RUN, { id });
    await expect.poll(() => eventsOf(socket, '1')).toHaveLength(1);
    complete(gateway.world, id);
    await expect.poll(() => socket.messages.at(-1)).toEqual({ id: '1', type: 'complete' });

    expect(told(eventsOf(socket, '1'))).toEqual(['=running', 'running>completed']);
    expect({ ...gateway.watches }).toEqual({ subscriptions: 0, watchers: 0 });
  });

  it('is what graphql-ws iterates over', async () => {
    await using gateway = await fastGateway();
    const { id } = gateway.world.insert.scenarioRun();
    const client = createClient({
      url: `${gateway.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    const states: unknown[] = [];
    for await (const { data } of client.iterate({ query: FOLLOW_RUN, variables: { id } })) {
      states.push((data as NonNullable<RunResult['data']>).scenarioRun.scenarioRun.state);
      if (states.length === 1) complete(gateway.world, id);
    }
    await client.dispose();

    expect(states).toEqual(['RUNNING', 'COMPLETED']);
  });

  it.each([
    ['unknown', 'scr_unknown', 'NOT_FOUND'],
    ['hostile', '../../secrets', 'BAD_USER_INPUT'],
  ])('of an id that is %s is an error, and then complete', async (_name, id, code) => {
    await using gateway = await fastGateway();
    using socket = await openSocket(gateway.url);
    await socket.init();
    socket.subscribe('1', FOLLOW_RUN, { id });
    await expect.poll(() => socket.messages.at(-1)?.type).toBe('complete');

    expect(socket.messages).toMatchObject([
      { type: 'connection_ack' },
      { type: 'next', id: '1', payload: { errors: [{ extensions: { code } }] } },
      { type: 'complete', id: '1' },
    ]);
    expect(socket.payloads('1')).not.toContainEqual(
      expect.objectContaining({ http: expect.anything() as unknown }),
    );
  });

  it('that its client completes is released at once, also while the source is idle', async () => {
    await using gateway = await createTestGateway({ env: { ...RARE_POLLS, LIVE_GRACE_MS: '0' } });
    const { id } = gateway.world.insert.scenarioRun();
    using socket = await openSocket(gateway.url);
    await socket.init();
    socket.subscribe('1', FOLLOW_RUN, { id });
    await expect.poll(() => eventsOf(socket, '1')).toHaveLength(1);
    expect({ ...gateway.watches }).toEqual({ subscriptions: 1, watchers: 1 });
    socket.say({ id: '1', type: 'complete' });

    await expect.poll(() => ({ ...gateway.watches })).toEqual({ subscriptions: 0, watchers: 0 });
    expect(socket.socket.readyState).toBe(WebSocket.OPEN);
  });

  it.each([
    [
      'completes',
      (socket: TestSocket) => {
        socket.say({ id: '1', type: 'complete' });
      },
    ],
    [
      'goes away',
      (socket: TestSocket) => {
        socket.socket.terminate();
      },
    ],
  ])('whose client %s before the first answer of the upstream is released at once', async (_how, leave) => {
    const arrived = deferred<undefined>();
    await using gateway = await createTestGateway({
      env: { LIVE_GRACE_MS: '0', LIVE_OPEN_TIMEOUT_MS: '600000', OPERATION_TIMEOUT_MS: '600000' },
      simulator: {
        onRequest: () => {
          arrived.resolve(undefined);
        },
      },
    });
    gateway.simulator.faults.add({ path: '/v1/scenarios/runs/*', kind: 'stall' });
    const { id } = gateway.world.insert.scenarioRun();
    using socket = await openSocket(gateway.url);
    await socket.init();
    socket.subscribe('1', FOLLOW_RUN, { id });
    await arrived.promise;
    expect(gateway.watches.watchers).toBe(1);
    leave(socket);

    await expect.poll(() => ({ ...gateway.watches })).toEqual({ subscriptions: 0, watchers: 0 });
    expect(gateway.record.text()).not.toContain('operation.failed');
  });

  it('shares its socket with a thousand others one after another, and leaves nothing on it', async () => {
    const warnings: string[] = [];
    const onWarning = ({ message }: Error) => warnings.push(message);
    process.on('warning', onWarning);
    await using gateway = await createTestGateway({ env: RARE_POLLS });
    const { id } = gateway.world.insert.scenarioRun();
    using socket = await openSocket(gateway.url);
    await socket.init();
    for (let round = 0; round < 20; round++) {
      const operations = Array.from({ length: 50 }, (_, index) => `${String(round)}.${String(index)}`);
      for (const operation of operations) socket.subscribe(operation, FOLLOW_RUN, { id });
      await expect.poll(() => gateway.watches.subscriptions).toBe(50);
      for (const operation of operations) socket.say({ id: operation, type: 'complete' });
      await expect.poll(() => gateway.watches.subscriptions).toBe(0);
    }
    process.off('warning', onWarning);

    expect(warnings).toEqual([]);
  });
});

describe('other operations over a WebSocket', () => {
  it('are answered as over HTTP', async () => {
    await using gateway = await fastGateway();
    const { id } = gateway.world.insert.scenarioRun({ devbox_id: 'dbx_broken' });
    gateway.simulator.faults.add({ path: '/v1/devboxes/*', kind: 'status', status: 501 });
    const query = 'query($id: ID!) { scenarioRun(id: $id) { id devbox { id } } }';
    using socket = await openSocket(gateway.url);
    await socket.init();
    socket.subscribe('1', query, { id });
    await expect.poll(() => socket.messages.at(-1)?.type).toBe('complete');

    const overHttp = JSON.parse((await gateway.query(query, { id })).text) as unknown;
    expect(overHttp).toMatchObject({ errors: [{ extensions: { code: 'UPSTREAM_ERROR' } }] });
    expect(socket.payloads('1')).toEqual([overHttp]);
  });

  it.each([
    ['{', 'GRAPHQL_PARSE_FAILED'],
    ['{ weather { celsius } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['subscription { weather { celsius } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['query A { __typename } query B { __typename }', 'BAD_USER_INPUT'],
  ])('that cannot be executed are an error: %s', async (query, code) => {
    await using gateway = await fastGateway();
    using socket = await openSocket(gateway.url);
    await socket.init();
    socket.subscribe('1', query);
    await expect.poll(() => socket.messages).toHaveLength(2);

    const error = socket.messages[1];
    expect(error).toMatchObject({ type: 'error', id: '1' });
    expect(codesIn(error?.payload)).toEqual([code]);
    expect(error?.payload).not.toMatchObject([{ extensions: { http: {} } }]);
  });

  it('stop when the client goes away', async () => {
    const arrived = deferred<undefined>();
    await using gateway = await createTestGateway({
      simulator: {
        onRequest: () => {
          arrived.resolve(undefined);
        },
      },
    });
    gateway.simulator.faults.add({ path: '/v1/scenarios/runs/*', kind: 'stall' });
    const { id } = gateway.world.insert.scenarioRun();
    using socket = await openSocket(gateway.url);
    await socket.init();
    socket.subscribe('1', `{ scenarioRun(id: "${id}") { id } }`);
    await arrived.promise;
    socket.socket.terminate();

    await expect
      .poll(() => gateway.record.linesBesideAccess())
      .toMatchObject([{ event: 'upstream.call_aborted', level: 20 }]);
  });
});

describe('a socket', () => {
  it.each([
    ['none', undefined],
    ['a password', { authorization: 'Basic dTpw' }],
    ['something else', { authorization: 7 }],
  ])('with %s for a token where one is needed is closed with 4403', async (_name, payload) => {
    await using gateway = await fastGateway({ AUTH: 'passthrough' });
    using socket = await openSocket(gateway.url);
    socket.say({ type: 'connection_init', ...(payload ? { payload } : {}) });

    expect(await socket.closed).toBe(4403);
  });

  it.each([
    ['connection_init', { Authorization: `Bearer ${TEST_KEY}` }, {}],
    ['connection_init, in lower case', { authorization: `Bearer ${TEST_KEY}` }, {}],
    ['the request that opens the socket', {}, { Authorization: `Bearer ${TEST_KEY}` }],
  ])('with the token in %s is admitted', async (_name, payload, headers) => {
    await using gateway = await fastGateway({ AUTH: 'passthrough' });
    const { id } = gateway.world.insert.scenarioRun();
    using socket = await openSocket(gateway.url, { headers });
    await socket.init(payload);
    socket.subscribe('1', FOLLOW_RUN, { id });
    socket.subscribe('2', `{ scenarioRun(id: "${id}") { id } }`);

    await expect.poll(() => eventsOf(socket, '1')).toHaveLength(1);
    await expect.poll(() => socket.payloads('2')).toEqual([{ data: { scenarioRun: { id } } }]);
  });

  it.each([
    ['another site', '/graphql', { Origin: 'https://evil.example' }, 403],
    ['nowhere', '/graphql', { Origin: 'null' }, 403],
    ['another path', '/elsewhere', {}, 404],
  ])('from %s is refused', async (_name, path, headers, status) => {
    await using gateway = await fastGateway();
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}${path}`, 'graphql-transport-ws', {
      headers,
    });
    const [error] = (await once(socket, 'error')) as [Error];

    expect(error.message).toContain(String(status));
  });

  it('from the pages of the gateway itself is admitted', async () => {
    await using gateway = await fastGateway();
    using socket = await openSocket(gateway.url, { origin: gateway.url });
    await socket.init();

    expect(socket.messages).toEqual([{ type: 'connection_ack' }]);
  });

  it('that is reset during the handshake harms no other', async () => {
    await using gateway = await fastGateway();
    const { port } = new URL(gateway.url);
    const raw = connect(Number(port), '127.0.0.1');
    await once(raw, 'connect');
    raw.write(
      'GET /elsewhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      () => {
        raw.resetAndDestroy();
      },
    );
    await once(raw, 'close');

    expect((await gateway.query('{ __typename }')).data).toEqual({ __typename: 'Query' });
  });
});

describe('a client that breaks the protocol is closed', () => {
  it.each([
    ['no subprotocol', 4406, () => undefined],
    [
      'a message that is none',
      4400,
      (socket: TestSocket) => {
        socket.say('{');
      },
    ],
    [
      'an unknown type',
      4400,
      (socket: TestSocket) => {
        socket.say({ type: 'hello' });
      },
    ],
    [
      'a subscription before connection_init',
      4401,
      (socket: TestSocket) => {
        socket.subscribe('1', '{ __typename }');
      },
    ],
    ['silence instead of connection_init', 4408, () => undefined],
    [
      'a second connection_init',
      4429,
      (socket: TestSocket) => {
        socket.say({ type: 'connection_init' });
        socket.say({ type: 'connection_init' });
      },
    ],
    [
      'a message that is too large',
      1009,
      (socket: TestSocket) => {
        socket.say('x'.repeat(2_000));
      },
    ],
  ] as const)('after %s: %i', async (name, code, speak) => {
    await using gateway = await fastGateway({ LIVE_INIT_TIMEOUT_MS: '100', REQUEST_MAX_BYTES: '1024' });
    using socket = await openSocket(gateway.url, name === 'no subprotocol' ? { protocols: [] } : {});
    speak(socket);

    expect(await socket.closed).toBe(code);
  });

  it('after a name that is taken: 4409', async () => {
    await using gateway = await fastGateway();
    const { id } = gateway.world.insert.scenarioRun();
    using socket = await openSocket(gateway.url);
    await socket.init();
    socket.subscribe('1', FOLLOW_RUN, { id });
    socket.subscribe('1', FOLLOW_RUN, { id });

    expect(await socket.closed).toBe(4409);
    await expect.poll(() => gateway.watches.subscriptions).toBe(0);
  });
});
