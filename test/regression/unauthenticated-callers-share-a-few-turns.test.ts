/** What unauthenticated callers sent was read, decoded and checked as soon as it arrived: many of them delayed everybody else. */
import { once } from 'node:events';
import { Agent, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { Worker } from 'node:worker_threads';
import { type Arrive, createArrivals } from '../../src/server/http/arrivals.ts';
import { createHttpServer } from '../../src/server/http/http.ts';
import { createRequestListener } from '../../src/server/http/request-listener.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createRecordingLog } from '../support/log.ts';
import { HEAD, openConnection } from '../support/raw-requests.ts';

const MAX_BYTES = 262_144;
const KNOWN = 'Bearer known';

/** A server that takes up unauthenticated callers only when the test lets its event loop turn. */
async function startServer() {
  const next: (() => void)[] = [];
  const clock = { ...createFakeClock(), nextTurn: (wake: () => void) => void next.push(wake) };
  const arrivals = createArrivals({
    nextTurn: clock.nextTurn,
    isKnown: (authorization) => authorization === KNOWN,
    requestMaxBytes: () => MAX_BYTES,
    openPaths: new Set(['/health']),
  });
  let arrived = 0;
  const arrive: Arrive = (...args) => {
    arrived++;
    return arrivals(...args);
  };
  /** The lengths of the bodies that were taken up. */
  const taken: number[] = [];
  const route = ({ body }: { readonly body: string | null }) => {
    taken.push(body?.length ?? 0);
    return Promise.resolve({ status: 200, headers: {}, body: '' });
  };
  const answer = createRequestListener({
    clock,
    log: createRecordingLog().log,
    routes: new Map([
      ['/graphql', route],
      ['/health', () => Promise.resolve({ status: 200, headers: {}, body: '' })],
    ]),
    requestMaxBytes: () => MAX_BYTES,
    newId: () => 'id',
    arrive,
  });
  const server = createHttpServer({
    clock,
    answer,
    keepAliveTimeoutMs: 75_000,
    shutdownTimeoutMs: () => 1_000,
  });
  const { port } = await server.listen('127.0.0.1', 0);
  const agent = new Agent({ connections: null });
  const send = async (path: string, options: { bytes?: number; authorization?: string } = {}) => {
    const { bytes = 2, authorization = `Bearer made up ${String(arrived)}` } = options;
    const { statusCode, body } = await request(`http://127.0.0.1:${String(port)}${path}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: 'x'.repeat(bytes),
      dispatcher: agent,
    });
    await body.dump();
    return statusCode;
  };
  return {
    taken,
    send,
    allArrived: (count: number) => expect.poll(() => arrived).toBe(count),
    takenUp: (count: number) => expect.poll(() => taken.length).toBe(count),
    goRound: () => {
      for (const wake of next.splice(0)) wake();
    },
    port,
    async [Symbol.asyncDispose]() {
      await agent.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe('callers who are not authenticated yet', () => {
  it('are taken up two per turn of the event loop, and delay nobody who was authenticated before', async () => {
    await using server = await startServer();
    const answers = Array.from({ length: 9 }, () => server.send('/graphql'));
    await server.allArrived(9);
    await server.takenUp(2);

    expect(await server.send('/graphql', { authorization: KNOWN, bytes: 5 })).toBe(200);
    expect(await server.send('/health')).toBe(200);
    expect(server.taken).toEqual([2, 2, 5]);

    for (const count of [5, 7, 9, 10]) {
      server.goRound();
      await server.takenUp(count);
    }
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 9 }, () => 200));
  });

  it('have long bodies read at so many bytes per turn, and short bodies do not wait for them', async () => {
    await using server = await startServer();
    const long = Array.from({ length: 4 }, () => server.send('/graphql', { bytes: 250_000 }));
    await server.allArrived(4);
    await server.takenUp(1);
    expect(await server.send('/graphql')).toBe(200);
    expect(server.taken).toEqual([250_000, 2]);

    for (const count of [3, 4, 5]) {
      // Each takes the budget of two turns.
      server.goRound();
      server.goRound();
      await server.takenUp(count);
    }
    expect(await Promise.all(long)).toEqual([200, 200, 200, 200]);
  });
});

describe('a body in chunks of one byte', () => {
  it('is refused while the budget of unauthenticated callers is spent, and does not wait in its stream', async () => {
    await using server = await startServer();
    // It has taken more than the budget of a turn.
    await server.send('/graphql', { bytes: 250_000 });

    using connection = await openConnection(`http://127.0.0.1:${String(server.port)}`);
    connection.socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n${'1\r\n \r\n'.repeat(2_000)}`);
    await connection.ended;
    expect(connection.received()).toContain('Expected the body in larger chunks');
    expect(server.taken).toEqual([250_000]);
  });
});

describe('connections of a crowd', () => {
  const CROWD = 1_000;

  it('wait to be accepted, a thousand of them, while the process is busy', async () => {
    await using server = await startServer();
    const connected = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(
      `const { connect } = require('node:net');
       const { workerData: { port, crowd, connected } } = require('node:worker_threads');
       for (let n = 0; n < crowd; n++)
         connect(port, '127.0.0.1').on('error', () => {}).on('connect', () => {
           Atomics.add(connected, 0, 1);
           Atomics.notify(connected, 0);
         });`,
      { eval: true, workerData: { port: server.port, crowd: CROWD, connected } },
    );
    await once(worker, 'online');
    // This thread accepts nobody meanwhile: they all find a place in the queue, or never come to an end of waiting.
    for (let count = 0; count < CROWD; count = Atomics.load(connected, 0))
      if (Atomics.wait(connected, 0, count, 10_000) === 'timed-out') break;
    expect(Atomics.load(connected, 0)).toBe(CROWD);
    await worker.terminate();
  });
});
