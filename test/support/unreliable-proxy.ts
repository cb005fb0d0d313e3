/** A network that breaks: passes a bounded number of bytes of each connection to its client, and then cuts it. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface UnreliableProxy extends AsyncDisposable {
  /** What clients use in the place of the gateway's address. */
  readonly url: string;
  /** Cuts nothing any more. */
  heal(): void;
}

export interface UnreliableProxyOptions {
  /** The gateway's address. */
  readonly target: string;
  /** From 0 to below 1: where each connection is cut, and how. */
  readonly random: () => number;
  /** Most bytes that a client gets of one connection. */
  readonly maxBytes: number;
  /** Called for each connection that it has cut. */
  readonly onCut: () => void;
}

export async function startUnreliableProxy(options: UnreliableProxyOptions): Promise<UnreliableProxy> {
  const { random, maxBytes, onCut } = options;
  const target = new URL(options.target);
  const sockets = new Set<Socket>();
  let isHealed = false;

  const pass = (client: Socket) => {
    const upstream = connect(Number(target.port), target.hostname);
    let left = Math.floor(random() * maxBytes);
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      // A connection that breaks is what this is for.
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (chunk) => {
      if (isHealed || chunk.byteLength <= left) {
        left -= chunk.byteLength;
        client.write(chunk);
        return;
      }
      upstream.removeAllListeners('data');
      onCut();
      // In the middle of whatever it is, politely or not.
      client.write(chunk.subarray(0, left), () => {
        if (random() < 0.5) client.resetAndDestroy();
        end();
      });
    });
  };

  const server = createServer(pass).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    heal: () => {
      isHealed = true;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
