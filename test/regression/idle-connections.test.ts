import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createTestGateway } from '../support/gateway.ts';

/** Asks on a connection that stays open, and tells what the answer says about how long. */
async function askAndStay(gatewayUrl: string) {
  const { hostname, port } = new URL(gatewayUrl);
  const socket = connect(Number(port), hostname);
  socket.write('GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  const [head] = (await once(socket, 'data')) as [Buffer];
  return { socket, timeoutSec: /^keep-alive: timeout=(\d+)/im.exec(head.toString())?.[1] };
}

describe('a connection between two requests', () => {
  it('stays open for longer than the minute after which a balancer closes it', async () => {
    await using gateway = await createTestGateway();
    const { socket, timeoutSec } = await askAndStay(gateway.url);
    socket.destroy();

    expect(Number(timeoutSec)).toBeGreaterThan(60);
  });

  it('is closed after KEEP_ALIVE_TIMEOUT_MS', async () => {
    await using gateway = await createTestGateway({ env: { KEEP_ALIVE_TIMEOUT_MS: '1000' } });
    const { socket, timeoutSec } = await askAndStay(gateway.url);
    await once(socket, 'close');

    expect(timeoutSec).toBe('1');
  });
});
