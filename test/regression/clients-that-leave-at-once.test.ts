/** What clients had asked for was ended in the one turn of the event loop in which their connections closed: 2,400 subscriptions took 320 ms. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createSystemClock } from '../../src/clock.ts';
import { createRequestListener } from '../../src/server/http/request-listener.ts';
import { createTestGateway } from '../support/gateway.ts';
import { createRecordingLog } from '../support/log.ts';
import { openConnection } from '../support/raw-requests.ts';
import { openSocket } from '../support/socket.ts';
import { FOLLOW_RUN } from '../support/subscriptions.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** By how much `left` falls at most from one turn of the event loop to the next, until it is 0. */
async function steepest(left: () => number): Promise<number> {
  let most = 0;
  for (let before = left(); before > 0;) {
    await turn();
    const now = left();
    most = Math.max(most, before - now);
    before = now;
  }
  return most;
}

describe('clients that leave at once', () => {
  it('have their subscriptions released sixteen per turn of the event loop', async () => {
    await using gateway = await createTestGateway();
    const { id } = gateway.world.insert.scenarioRun({ state: 'running' });
    const sockets = await Promise.all(Array.from({ length: 4 }, () => openSocket(gateway.url)));
    for (const socket of sockets) {
      await socket.init();
      for (let n = 0; n < 50; n++) socket.subscribe(String(n), FOLLOW_RUN, { id });
    }
    await Promise.all(sockets.map((socket) => socket.received(51)));
    expect(gateway.watches.subscriptions).toBe(200);

    for (const { socket } of sockets) socket.terminate();

    expect(await steepest(() => gateway.watches.subscriptions)).toBeLessThanOrEqual(16);
    await expect.poll(() => gateway.watches.watchers).toBe(0);
  });

  it('have their operations aborted four per turn of the event loop', async () => {
    let waiting = 0;
    const answer = createRequestListener({
      clock: createSystemClock(),
      log: createRecordingLog().log,
      routes: new Map([
        [
          '/graphql',
          async ({ signal }: { readonly signal: AbortSignal }) => {
            waiting++;
            await once(signal, 'abort');
            waiting--;
            return { status: 200, headers: {}, body: '' };
          },
        ],
      ]),
      requestMaxBytes: () => 1_000,
      newId: () => 'id',
    });
    const server = createServer((request: IncomingMessage, response: ServerResponse) => {
      void answer(request, response, () => true);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const connections = await Promise.all(Array.from({ length: 100 }, () => openConnection(url)));
    for (const { socket } of connections) socket.write('GET /graphql HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await expect.poll(() => waiting).toBe(100);

    for (const { socket } of connections) socket.destroy();

    expect(await steepest(() => waiting)).toBeLessThanOrEqual(4);
    server.close();
    await once(server, 'close');
  });
});
