import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { createInitTimeouts } from '../../src/server/subscriptions/init-timeouts.ts';
import { SocketConnection } from '../../src/server/subscriptions/socket-connection.ts';
import { createFakeClock } from '../support/fake-clock.ts';

function createStage() {
  const clock = createFakeClock();
  const timeouts = createInitTimeouts({ clock, timeoutMs: 3_000 });
  const closed: string[] = [];
  const come = (name: string) => {
    const socket = {
      close: (code: number) => closed.push(`${name} ${String(code)}`),
      terminate: () => undefined,
    } as unknown as WebSocket;
    const connection = new SocketConnection({
      socket,
      stream: new PassThrough(),
      authorization: null,
      transport: null,
      address: null,
      openedAtMs: clock.now(),
    });
    timeouts.expect(connection);
    return connection;
  };
  return { clock, timeouts, closed, come };
}

describe('sockets before connection_init', () => {
  it('are closed at their own timeout, with one timer for all', async () => {
    const { clock, closed, come } = createStage();
    come('first');
    await clock.advance(1_000);
    come('second');
    expect(clock.pending).toBe(1);

    await clock.advance(1_999);
    expect(closed).toEqual([]);
    await clock.advance(1);
    expect(closed).toEqual(['first 4408']);
    await clock.advance(1_000);
    expect(closed).toEqual(['first 4408', 'second 4408']);
    expect(clock.pending).toBe(0);
  });

  it('are pending no more once it has come, or they are closed', async () => {
    const { clock, timeouts, closed, come } = createStage();
    const first = come('first');
    const second = come('second');
    timeouts.cancel(first);
    expect(clock.pending).toBe(1);
    timeouts.cancel(second);
    expect(clock.pending).toBe(0);
    await clock.advance(3_000);
    expect(closed).toEqual([]);

    come('third');
    await clock.advance(3_000);
    expect(closed).toEqual(['third 4408']);
  });
});
