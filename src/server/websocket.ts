/** The WebSocket endpoint on the GraphQL path: who may open a socket, whether it is alive, and how it is closed. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { GRAPHQL_PATH } from './graphql.ts';
import type { JudgeOrigin } from './origins.ts';
import {
  createSocketProtocol,
  type SocketConnection,
  type SocketProtocolOptions,
} from './socket-protocol.ts';

export interface WebSocketOptions extends SocketProtocolOptions {
  readonly judgeOrigin: JudgeOrigin;
  /** Largest message that is read, in bytes; at one more the socket is closed. */
  readonly messageMaxBytes: number;
  /** Time between two pings, in milliseconds. */
  readonly pingMs: number;
  /** Who has shown no sign of life for this long is gone, in milliseconds. */
  readonly stallTimeoutMs: number;
  /** How long running operations, and then clients that are slow to say goodbye, get when it closes, in milliseconds. */
  readonly shutdownTimeoutMs: number;
}

export interface WebSocketEndpoint extends AsyncDisposable {
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** The close code of a server that shuts down: clients come back, to another one. */
const GOING_AWAY = 1001;

/** A connection that the endpoint watches over. */
interface Watched extends SocketConnection {
  /** When it was last heard of, as Unix time in milliseconds. */
  heardAtMs: number;
  /** Called when a message has been dealt with, and its answer sent. */
  onAnswered: () => void;
}

export function createWebSocketEndpoint(options: WebSocketOptions): WebSocketEndpoint {
  const { clock, judgeOrigin, messageMaxBytes, pingMs, stallTimeoutMs, shutdownTimeoutMs } = options;
  const protocol = createSocketProtocol(options);
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: messageMaxBytes,
    perMessageDeflate: false,
    handleProtocols,
    clientTracking: false,
  });
  const connections = new Set<Watched>();
  const stopped = new AbortController();

  /** One timer for all sockets. */
  const ping = async () => {
    for (;;) {
      await clock.sleep(pingMs, stopped.signal);
      for (const { socket, heardAtMs } of connections) {
        if (clock.now() - heardAtMs >= stallTimeoutMs) socket.terminate();
        else socket.ping();
      }
    }
  };
  // It ends with the endpoint.
  ping().catch(() => undefined);

  const open = (socket: WebSocket, request: IncomingMessage) => {
    const connection: Watched = {
      socket,
      stream: request.socket,
      authorization: request.headers.authorization ?? null,
      caller: null,
      stopWatching: () => undefined,
      leave: () => undefined,
      running: new Set(),
      heardAtMs: clock.now(),
      onAnswered: () => undefined,
    };
    const hear = () => {
      connection.heardAtMs = clock.now();
    };
    connections.add(connection);
    // Each operation on it may wait for it.
    request.socket.setMaxListeners(0);
    socket.on('pong', hear);
    socket.on('message', hear);
    // A broken frame: ws closes the socket with the code that says how.
    socket.on('error', () => undefined);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) =>
          new Promise((resolve) => {
            // A message for a socket that is closing is for nobody.
            socket.send(text, () => {
              resolve();
            });
          }),
        close: (code, reason) => {
          socket.close(code, reason);
        },
        onMessage: (receive) => {
          socket.on('message', (message: Buffer) => {
            receive(message.toString('utf8'))
              .catch(() => {
                socket.close(CloseCode.BadRequest, 'Unexpected message received');
              })
              .finally(() => {
                connection.onAnswered();
              });
          });
        },
      },
      connection,
    );
    socket.once('close', (code, reason) => {
      connections.delete(connection);
      void closed(code, reason.toString('utf8'));
    });
  };

  /** Closes a socket when the queries and mutations on it are answered, or the time is up. */
  const close = async (connection: Watched, isOver: Promise<unknown>) => {
    const { socket, running } = connection;
    const isClosed = new Promise((resolve) => socket.once('close', resolve));
    const isIdle = new Promise<void>((resolve) => {
      connection.onAnswered = () => {
        if (running.size === 0) resolve();
      };
      connection.onAnswered();
    });
    await Promise.race([isIdle, isOver]);
    socket.close(GOING_AWAY, 'Going away');
    await Promise.race([isClosed, isOver]);
    socket.terminate();
  };

  return {
    upgrade: (request, socket, head) => {
      const status = refusal(request, judgeOrigin);
      if (status !== null) {
        refuse(socket, status);
        return;
      }
      server.handleUpgrade(request, socket, head, open);
    },
    async [Symbol.asyncDispose]() {
      stopped.abort();
      // Refuses whoever comes now.
      server.close();
      const timer = new AbortController();
      const isOver = clock.sleep(shutdownTimeoutMs, timer.signal).catch(() => undefined);
      await Promise.all([...connections].map((connection) => close(connection, isOver)));
      timer.abort();
    },
  };
}

/** Why a socket is not opened; null when it may be. */
function refusal(request: IncomingMessage, judgeOrigin: JudgeOrigin): string | null {
  if (request.url?.split('?')[0] !== GRAPHQL_PATH) return '404 Not Found';
  // A browser lets the pages of any site open sockets to anywhere, and leaves it to the server to refuse.
  return judgeOrigin(request).answer ? '403 Forbidden' : null;
}

function refuse(socket: Duplex, status: string): void {
  // The client may be gone already.
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => {
    socket.destroy();
  });
}
