/** Whatever a connection had brought was parsed to its end in one turn: a packet of chunks of one byte held up everybody. */
import { Agent, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { createThrottle } from '../../src/server/http/connection-throttle.ts';
import { createHttpServer } from '../../src/server/http/http.ts';
import { createRequestListener } from '../../src/server/http/request-listener.ts';
import type { HttpRequest } from '../../src/server/http/http-request.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createRecordingLog } from '../support/log.ts';
import { HEAD, openConnection } from '../support/raw-requests.ts';

const KNOWN = 'Bearer known';

/** A server whose event loop goes round when the test says so, as far as connections of unknown callers are concerned. */
async function startServer() {
  const next: (() => void)[] = [];
  const clock = { ...createFakeClock(), nextTurn: (wake: () => void) => void next.push(wake) };
  const throttle = createThrottle({
    clock,
    isKnown: (authorization) => authorization === KNOWN,
    openPaths: new Set(['/health']),
  });
  const begun: string[] = [];
  const answers: (() => void)[] = [];
  const echo = ({ body }: HttpRequest) => {
    begun.push(body ?? '');
    return Promise.resolve({ status: 200, headers: {}, body: body ?? '' });
  };
  let heads = 0;
  const answerRequest = createRequestListener({
    clock,
    log: createRecordingLog().log,
    routes: new Map([
      ['/graphql', echo],
      ['/health', echo],
      [
        '/slow',
        async (asked: HttpRequest) => {
          const answered = await echo(asked);
          await new Promise<void>((resolve) => answers.push(resolve));
          return answered;
        },
      ],
    ]),
    requestMaxBytes: () => 262_144,
    newId: () => 'id',
  });
  const server = createHttpServer({
    clock,
    answer: (...args) => {
      heads++;
      return answerRequest(...args);
    },
    throttle,
    keepAliveTimeoutMs: 75_000,
    shutdownTimeoutMs: () => 1_000,
  });
  const { port } = await server.listen('127.0.0.1', 0);
  const agent = new Agent({ connections: null });
  const goRound = () => {
    for (const wake of next.splice(0)) wake();
  };
  return {
    url: `http://127.0.0.1:${String(port)}`,
    /** Requests of which the parser has read the head. */
    heads: () => heads,
    /** The bodies of the requests that were taken up. */
    begun,
    goRound,
    /** Has the event loop go round until it is so. */
    goRoundUntil: (isSo: () => boolean) =>
      expect
        .poll(() => {
          goRound();
          return isSo();
        })
        .toBe(true),
    answerNext: () => answers.shift()?.(),
    send: async (path: string, body: string, authorization = 'Bearer made up') => {
      const answered = await request(`http://127.0.0.1:${String(port)}${path}`, {
        method: 'POST',
        headers: { authorization },
        body,
        dispatcher: agent,
      });
      return answered.body.text();
    },
    async [Symbol.asyncDispose]() {
      await agent.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}

const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
const requestOf = (path: string, body: string, authorization = 'Bearer made up') =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`;

describe('connections of callers whom nobody knows', () => {
  it('are parsed eight slices per turn of the event loop, and nobody waits who is known or asks for /health', async () => {
    await using server = await startServer();
    const connections = await Promise.all(Array.from({ length: 17 }, () => openConnection(server.url)));
    // Each is longer than a slice.
    for (const { socket } of connections) socket.write(CHUNKED + '1\r\n \r\n'.repeat(10_000));
    await expect.poll(server.heads).toBe(8);

    expect(await server.send('/graphql', 'known', KNOWN)).toBe('known');
    expect(await server.send('/health', 'lives')).toBe('lives');
    expect(server.heads()).toBe(8 + 2);

    server.goRound();
    await expect.poll(server.heads).toBe(16 + 2);
    server.goRound();
    await expect.poll(server.heads).toBe(17 + 2);
    await Promise.all(connections.map(({ ended }) => ended));
  });

  it('wait while other connections are accepted', async () => {
    await using server = await startServer();
    const connections = await Promise.all(Array.from({ length: 17 }, () => openConnection(server.url)));
    for (const { socket } of connections) socket.write(CHUNKED + '1\r\n \r\n'.repeat(10_000));
    await expect.poll(server.heads).toBe(8);
    // Over a connection of its own, the second over the same.
    await server.send('/health', 'comes behind all others');
    server.goRound();
    await expect.poll(server.heads).toBe(16 + 1);
    await server.send('/graphql', 'accepted', KNOWN);
    server.goRound();
    await server.send('/health', 'again');
    expect(server.heads()).toBe(16 + 3);

    server.goRound();
    await expect.poll(server.heads).toBe(17 + 3);
    await Promise.all(connections.map(({ ended }) => ended));
  });

  it('lose nothing of what they send in many slices, and are answered in its order', async () => {
    await using server = await startServer();
    using connection = await openConnection(server.url);
    const bodies = ['a', 'b', 'c'].map((letter) => letter.repeat(20_000));
    connection.socket.write(bodies.map((body) => requestOf('/graphql', body)).join(''));

    await server.goRoundUntil(() => connection.received().includes('c'.repeat(20_000)));
    expect(connection.received().match(/aaa+|bbb+|ccc+/g)).toEqual(bodies);
  });

  it('are throttled no more once their caller is known', async () => {
    await using server = await startServer();
    using connection = await openConnection(server.url);
    connection.socket.write(requestOf('/graphql', 'first'));
    await connection.has('first');
    // Longer than all slices of a turn, and the event loop does not go round.
    const long = 'x'.repeat(100_000);
    connection.socket.write(requestOf('/graphql', long, KNOWN));
    await connection.has(long);
    connection.socket.write(requestOf('/graphql', 'third'));
    await connection.has('third');
    expect(server.begun).toEqual(['first', long, 'third']);
  });

  it('wait with a request for /health behind which something else comes', async () => {
    await using server = await startServer();
    const connections = await Promise.all(Array.from({ length: 8 }, () => openConnection(server.url)));
    for (const { socket } of connections) socket.write(CHUNKED + '1\r\n \r\n'.repeat(10_000));
    await expect.poll(server.heads).toBe(8);

    using connection = await openConnection(server.url);
    connection.socket.write(requestOf('/health', 'lives') + requestOf('/graphql', 'x'.repeat(3_000)));
    expect(await server.send('/health', 'alone')).toBe('alone');
    expect(server.begun).toEqual(['alone']);
    await server.goRoundUntil(() => server.begun.length === 3);
    await Promise.all(connections.map(({ ended }) => ended));
  });
});

describe('requests that come before the one before them is answered', () => {
  for (const [who, authorization] of [
    ['of somebody unknown', 'Bearer made up'],
    ['of a known caller', KNOWN],
  ] as const) {
    it(`are taken up one after the other: ${who}`, async () => {
      await using server = await startServer();
      using connection = await openConnection(server.url);
      const pieces = ['1', '2', '3'].map((body) => requestOf('/slow', body, authorization));
      // Apart, so that the connection of a known caller is one that is not throttled.
      connection.socket.write(pieces[0] ?? '');
      await expect.poll(() => server.begun).toEqual(['1']);
      connection.socket.write(pieces.slice(1).join(''));
      for (const count of [1, 2, 3]) {
        await server.goRoundUntil(() => server.begun.length === count);
        server.answerNext();
      }
      await connection.has('\r\n\r\n3');
      expect(server.begun).toEqual(['1', '2', '3']);
    });
  }

  it('end their connection when they are hundreds', async () => {
    await using server = await startServer();
    using connection = await openConnection(server.url);
    connection.socket.write(requestOf('/slow', '1', KNOWN));
    await expect.poll(() => server.begun).toEqual(['1']);
    connection.socket.write(requestOf('/slow', '2', KNOWN).repeat(200));
    await connection.ended;
    expect(server.begun).toEqual(['1']);
  });
});
