import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createHttpServer } from '../../src/server/http/http.ts';
import { createRequestListener } from '../../src/server/http/request-listener.ts';
import { createSystemClock } from '../../src/clock.ts';
import { endUnread } from '../../src/server/http/unread-answers.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway } from '../support/gateway.ts';
import { createRecordingLog } from '../support/log.ts';
import { HEAD, openConnection } from '../support/raw-requests.ts';
import { openSocket } from '../support/socket.ts';

describe('a WebSocket is closed', () => {
  it('when the name of an operation is longer than 128 characters', async () => {
    await using gateway = await createTestGateway();
    using socket = await openSocket(gateway.url);
    await socket.init();
    socket.subscribe('i'.repeat(128), '{ __typename }');
    await socket.received(3);

    socket.subscribe('i'.repeat(129), '{ __typename }');

    expect(await socket.closed).toBe(4400);
    expect(socket.payloads('i'.repeat(128))).toEqual([{ data: { __typename: 'Query' } }]);
  });

  it.each([
    ['long', JSON.stringify({ type: 'ping', payload: { x: 'x'.repeat(20_000) } })],
    ['of many values', `{"type":"ping","payload":{"x":[${'0,'.repeat(200)}0]}}`],
  ])('when what comes before connection_init is %s', async (_name, message) => {
    await using gateway = await createTestGateway();
    using socket = await openSocket(gateway.url);

    socket.say(message);

    expect(await socket.closed).toBe(4400);
  });

  it('when a message has more values than a request may have, before it is parsed', async () => {
    await using gateway = await createTestGateway();
    using socket = await openSocket(gateway.url);
    await socket.init();

    socket.say(`{"type":"ping","payload":{"x":[${'{},'.repeat(20_000)}0]}}`);

    expect(await socket.closed).toBe(4400);
  });

  it('when it sends no connection_init, also when its client answers no close frame', async () => {
    const clock = createFakeClock();
    await using gateway = await createTestGateway({
      env: { LIVE_INIT_TIMEOUT_MS: '3000' },
      overrides: { clock },
    });
    using connection = await openConnection(gateway.url);
    connection.socket.write(
      'GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
    );
    await connection.has('101 Switching Protocols');

    await clock.advance(3_000);

    await connection.ended;
    expect(connection.received()).toContain('Connection initialisation timeout');
  });
});

describe('a follower', () => {
  it('is listened to no more while it reads nothing, and hears everything when it does', async () => {
    await using gateway = await createTestGateway();
    using socket = await openSocket(gateway.url);
    await socket.init();
    socket.socket.pause();
    const asked = 300;
    for (let n = 0; n < asked; n++) {
      socket.say({
        id: String(n),
        type: 'subscribe',
        payload: { query: `{ a${String(n)}: __type(name: "ScenarioRun") { fields { name description } } }` },
      });
    }

    socket.socket.resume();

    await socket.received(1 + 2 * asked);
    expect(socket.messages.filter(({ type }) => type === 'next' || type === 'error')).toHaveLength(asked);
  });
});

describe('a connection', () => {
  const serve = (body: string) => ({
    clock: createSystemClock(),
    log: createRecordingLog().log,
    routes: new Map([['/graphql', () => Promise.resolve({ status: 200, headers: {}, body })]]),
    requestMaxBytes: () => 1_000_000,
    keepAliveTimeoutMs: 75_000,
    shutdownTimeoutMs: () => 0,
    newId: () => 'id',
  });

  it('whose request stops is closed when its time is up', async () => {
    const options = serve('');
    const answer = createRequestListener(options);
    await using server = createHttpServer({ ...options, answer, requestTimeoutMs: 100 });
    const { port } = await server.listen('127.0.0.1', 0);

    for (const stopped of ['', 'POST /gra', HEAD, `${HEAD}Content-Length: 100\r\n\r\n{"query"`]) {
      using connection = await openConnection(`http://127.0.0.1:${String(port)}`);
      connection.socket.write(stopped);
      await connection.ended;
    }
  });

  it('whose client does not read its answer is closed when nothing more of it was taken', async () => {
    const clock = createFakeClock();
    let isDestroyed = false;
    const socket = { bytesWritten: 100, writableLength: 90, destroy: () => (isDestroyed = true) };
    const response = { destroyed: false, socket, once: () => undefined } as unknown as ServerResponse;
    endUnread(response, { clock, timeoutMs: 30_000 });

    // It takes more, if slowly.
    socket.writableLength = 80;
    await clock.advance(30_000);
    expect(isDestroyed).toBe(false);
    await clock.advance(30_000);

    expect(isDestroyed).toBe(true);
    expect(clock.pending).toBe(0);
  });
});
