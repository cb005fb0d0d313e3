/** What stands between two processes: a balancer over replicas, or a network that is slow, cut and down. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpProxy extends AsyncDisposable {
  readonly host: string;
  /** Addresses of which each new connection gets one at random, or another that takes it. */
  targets: readonly string[];
  /** How long everything takes in each direction, in milliseconds. */
  latencyMs: number;
  /** Connections on which something had come from a target, and that ended otherwise than by their client. */
  readonly cuts: number;
  /** Ends connections: those to one target, or those for which `isChosen`. Without an answer, as a network does, when `isReset`. */
  cut(options?: {
    readonly target?: string;
    readonly isChosen?: () => boolean;
    readonly isReset?: boolean;
  }): void;
}

export interface TcpProxyOptions {
  readonly targets: readonly string[];
  /** From 0 to below 1. */
  readonly random?: () => number;
  /** Whether a client is answered 502 while no target takes a connection. @default false, which resets the connection */
  readonly isHttp?: boolean;
}

interface Connection {
  readonly client: Socket;
  target: string | null;
  upstream: Socket | null;
  hasAnswered: boolean;
  isOver: boolean;
}

/** What an HTTP proxy says when nobody listens. */
const BAD_GATEWAY = 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

export async function startTcpProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const { random = Math.random, isHttp = false } = options;
  const connections = new Set<Connection>();
  let cuts = 0;

  const end = (connection: Connection, { isReset, isCut }: { isReset: boolean; isCut: boolean }) => {
    if (connection.isOver) return;
    connection.isOver = true;
    connections.delete(connection);
    if (isCut && connection.hasAnswered) cuts++;
    for (const socket of [connection.client, connection.upstream]) {
      if (isReset) socket?.resetAndDestroy();
      else socket?.destroySoon();
    }
  };

  /** Resolves with null when no target takes a connection. */
  const connectToAny = async (): Promise<readonly [string, Socket] | null> => {
    const left = [...proxy.targets];
    while (left.length > 0) {
      const [target = ''] = left.splice(Math.floor(random() * left.length), 1);
      const [host, port] = target.split(':');
      const socket = connect({ host, port: Number(port), noDelay: true });
      try {
        await once(socket, 'connect');
        return [target, socket];
      } catch {
        // Nobody listens there.
      }
    }
    return null;
  };

  const pass = (from: Socket, to: Socket, onData: () => void) => {
    let dueAtMs = 0;
    from.on('data', (chunk) => {
      onData();
      const now = performance.now();
      dueAtMs = Math.max(dueAtMs, now + proxy.latencyMs);
      if (dueAtMs <= now) to.write(chunk);
      else setTimeout(() => to.write(chunk), dueAtMs - now);
    });
  };

  const accept = async (client: Socket) => {
    const connection: Connection = {
      client,
      target: null,
      upstream: null,
      hasAnswered: false,
      isOver: false,
    };
    connections.add(connection);
    // A connection that breaks is what this is for.
    client.on('error', () => undefined);
    client.once('close', () => {
      end(connection, { isReset: false, isCut: false });
    });
    client.pause();
    const connected = await connectToAny();
    if (connection.isOver) {
      connected?.[1].destroy();
      return;
    }
    if (!connected) {
      if (isHttp) client.end(BAD_GATEWAY);
      else client.resetAndDestroy();
      client.resume();
      return;
    }
    const [target, upstream] = connected;
    Object.assign(connection, { target, upstream });
    let isBroken = false;
    upstream.on('error', () => {
      isBroken = true;
    });
    upstream.once('close', () => {
      end(connection, { isReset: isBroken, isCut: true });
    });
    pass(client, upstream, () => undefined);
    pass(upstream, client, () => {
      connection.hasAnswered = true;
    });
    client.resume();
  };

  const server = createServer({ noDelay: true }, (client) => void accept(client)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: TcpProxy = {
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    targets: options.targets,
    latencyMs: 0,
    get cuts() {
      return cuts;
    },
    cut: ({ target, isChosen = () => true, isReset = false } = {}) => {
      for (const connection of [...connections]) {
        if (target !== undefined && connection.target !== target) continue;
        if (isChosen()) end(connection, { isReset, isCut: true });
      }
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const connection of [...connections]) end(connection, { isReset: true, isCut: false });
      await once(server, 'close');
    },
  };
  return proxy;
}
