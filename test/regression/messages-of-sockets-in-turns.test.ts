/** All messages that one read of a WebSocket had brought were processed in one go: hundreds, while everybody else waited. */
import { describe, expect, it, vi } from 'vitest';
import { SocketConnection } from '../../src/server/subscriptions/socket-connection.ts';
import { createTestGateway } from '../support/gateway.ts';
import { openSocket } from '../support/socket.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** The most messages that were read between two turns of the event loop while `during` runs. */
async function mostPerTurn(during: () => Promise<void>): Promise<number> {
  let most = 0;
  let inTurn = 0;
  const receive = vi.spyOn(SocketConnection.prototype, 'receive').mockImplementation(function (
    this: SocketConnection,
    message,
  ) {
    most = Math.max(most, ++inTurn);
    real.call(this, message);
  });
  const progress = { isDone: false };
  const work = during().finally(() => {
    progress.isDone = true;
  });
  while (!progress.isDone) {
    inTurn = 0;
    await turn();
  }
  receive.mockRestore();
  await work;
  return most;
}

const real = Object.getOwnPropertyDescriptor(SocketConnection.prototype, 'receive')?.value as (
  this: SocketConnection,
  message: Buffer,
) => void;

describe('messages of WebSockets', () => {
  it('are read four of one caller per turn of the event loop, and answered in the order in which they came', async () => {
    await using gateway = await createTestGateway();
    const sockets = await Promise.all(Array.from({ length: 10 }, () => openSocket(gateway.url)));
    const most = await mostPerTurn(async () => {
      for (const socket of sockets) await socket.init();
      for (const socket of sockets)
        for (let n = 0; n < 100; n++) socket.say({ type: 'ping', payload: { n } });
      await Promise.all(sockets.map((socket) => socket.received(101)));
    });

    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(4);
    for (const { messages } of sockets)
      expect(messages.slice(1).map(({ payload }) => payload)).toEqual(
        Array.from({ length: 100 }, (_, n) => ({ n })),
      );
    for (const socket of sockets) socket[Symbol.dispose]();
  });
});
