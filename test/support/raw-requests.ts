/** Requests as bytes on a connection, where a client of a library would do what is right. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawConnection extends Disposable {
  readonly socket: Socket;
  /** Everything that has come so far. */
  readonly received: () => string;
  /** Resolves when this has come; rejects when the connection ends before. */
  readonly has: (text: string) => Promise<void>;
  /** Resolves when the connection has ended, by whatever end. */
  readonly ended: Promise<void>;
}

export async function openConnection(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => (received += text));
  socket.on('error', () => undefined);
  const ended = new Promise<void>((resolve) =>
    socket.once('close', () => {
      resolve();
    }),
  );
  await once(socket, 'connect');
  return {
    socket,
    received: () => received,
    ended,
    has: async (text) => {
      while (!received.includes(text)) {
        if (socket.destroyed) throw new Error(`Ended before ${text}: ${received}`);
        await Promise.race([once(socket, 'data'), ended]);
      }
    },
    [Symbol.dispose]: () => {
      socket.destroy();
    },
  };
}

/** The head of a `POST /graphql`, without the line that ends it. */
export const HEAD = 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
