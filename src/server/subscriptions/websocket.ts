/** The WebSocket endpoint on the GraphQL path: handshakes, pings and the shutdown of sockets. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { createFairTurns } from '../../process/fair-turns.ts';
import { type NextTurn, nextTurnOf } from '../../process/paced-turns.ts';
import { forEachOf, type OnDefect, repeat } from '../../process/repeat.ts';
import { ANONYMOUS } from '../../security/caller.ts';
import type { Arrive } from '../http/arrivals.ts';
import type { ClientOf } from '../http/client.ts';
import { withoutBasePath } from '../http/base-path.ts';
import { GRAPHQL_PATH } from '../graphql/graphql.ts';
import type { TransportRequest } from '../graphql/operation-steps.ts';
import { targetOf } from '../http/http-request.ts';
import { oneByOne } from './one-by-one.ts';
import { createInitTimeouts } from './init-timeouts.ts';
import type { CheckOrigin } from '../http/origins.ts';
import { type AcquireMessageTurn, SocketConnection } from './socket-connection.ts';
import { createSocketProtocol, type SocketProtocolOptions } from './socket-protocol.ts';

export interface WebSocketOptions extends Omit<SocketProtocolOptions, 'onInit'> {
  readonly checkOrigin: CheckOrigin;
  readonly clientOf: ClientOf;
  /** Called before a handshake, which may have to wait. @default none waits */
  readonly arrive?: Arrive;
  /** Path under which a proxy shows the gateway; empty when it is shown as it is. */
  readonly basePath: string;
  /** Time that a client has for `connection_init`, in milliseconds. */
  readonly initTimeoutMs: number;
  /** Largest message that is read, in bytes; a larger one closes the socket. May change, for sockets that are opened then. */
  readonly messageMaxBytes: () => number;
  /** Time between two pings, in milliseconds. */
  readonly pingMs: number;
  /** A socket without a message or pong for this long is terminated, in milliseconds. */
  readonly stallTimeoutMs: number;
  /** How long the shutdown waits for running operations and close frames, in milliseconds. */
  readonly shutdownTimeoutMs: () => number;
  readonly onDefect: OnDefect;
  /** In which turns of the event loop messages are read that have to wait. @default the next ones */
  readonly turns?: { readonly ofKnown: NextTurn; readonly ofUnknown: NextTurn };
}

export interface WebSocketEndpoint extends AsyncDisposable {
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Refuses new sockets, and closes those that are open one by one, each when its queries and mutations are answered. */
  readonly drain: (spreadMs: number) => Promise<void>;
  /** How many sockets are open. */
  readonly size: number;
}

/** The most frames of one message: clients do not fragment messages, and each frame costs memory beside its bytes. */
const MAX_FRAGMENTS = 128;
/** The most network chunks that an incomplete frame may be buffered in. */
const MAX_CHUNKS = 1_024;

/** The close code of a server that restarts: clients come back, to another one. */
const SERVICE_RESTART = 1012;

export function createWebSocketEndpoint(options: WebSocketOptions): WebSocketEndpoint {
  const { clock, messageMaxBytes, initTimeoutMs, pingMs, stallTimeoutMs, shutdownTimeoutMs } = options;
  const { onDefect } = options;
  const acquireMessageTurn = createMessageTurns(options);
  const connections = new Map<WebSocket, SocketConnection>();
  const initTimeouts = createInitTimeouts({ clock, timeoutMs: initTimeoutMs });
  const stopped = new AbortController();
  let isDraining = false;
  const protocol = createSocketProtocol({ ...options, onInit: initTimeouts.cancel });
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: messageMaxBytes(),
    maxFragments: MAX_FRAGMENTS,
    maxBufferedChunks: MAX_CHUNKS,
    perMessageDeflate: false,
    // What one read of a socket brings is hundreds of messages: one of each is handed over per turn of the event loop.
    allowSynchronousEvents: false,
    handleProtocols,
    clientTracking: false,
  });
  const ping = () => {
    const visit = ({ socket, lastSeenAtMs: heardAtMs }: SocketConnection) => {
      if (clock.now() - heardAtMs >= stallTimeoutMs) socket.terminate();
      else socket.ping();
    };
    forEachOf(connections.values(), visit, onDefect);
  };
  // One timer for all sockets.
  void repeat({ clock, waitMs: () => pingMs, run: ping, signal: stopped.signal, onDefect });

  const open = (socket: WebSocket, request: IncomingMessage, leave: () => void) => {
    const connection = new SocketConnection({
      socket,
      stream: request.socket,
      authorization: request.headers.authorization ?? null,
      transport: options.graphql.begin ? transportOf(request) : null,
      openedAtMs: clock.now(),
      address: options.clientOf(request).address,
      acquireTurn: acquireMessageTurn,
    });
    connection.leave = leave;
    connections.set(socket, connection);
    initTimeouts.expect(connection);
    // Each operation of the socket may listen for its `drain`.
    request.socket.setMaxListeners(0);
    socket.on('pong', onPong);
    socket.on('message', onMessage);
    // An invalid frame: ws closes the socket with the proper code.
    socket.on('error', ignore);
    const closed = protocol.opened(connection, connection);
    socket.on('close', (code, reason) => {
      connections.delete(socket);
      initTimeouts.cancel(connection);
      void closed(code, reason.toString('utf8'));
    });
  };

  // One listener for all sockets, which ws calls with the socket as `this`.
  const connectionOf = (socket: WebSocket) => {
    const connection = connections.get(socket);
    if (connection) connection.lastSeenAtMs = clock.now();
    return connection;
  };
  const onPong = function (this: WebSocket) {
    connectionOf(this);
  };
  const onMessage = function (this: WebSocket, message: Buffer) {
    connectionOf(this)?.receiveInTurn(message);
  };

  /** Closes a socket when its queries and mutations are answered, or the shutdown times out. */
  const close = async (connection: SocketConnection, isOver: Promise<unknown>) => {
    const { socket, running } = connection;
    const isClosed = new Promise((resolve) => socket.once('close', resolve));
    const isIdle = new Promise<void>((resolve) => {
      connection.onAnswered = () => {
        if (running.size === 0) resolve();
      };
      connection.onAnswered();
    });
    await Promise.race([isIdle, isOver]);
    socket.close(SERVICE_RESTART, 'Service restart');
    await Promise.race([isClosed, isOver]);
    socket.terminate();
  };

  const shakeHands: WebSocketEndpoint['upgrade'] = (request, socket, head) => {
    let leave: () => void;
    try {
      leave = options.connections.take(ANONYMOUS);
    } catch {
      refuse(socket, '429 Too Many Requests');
      return;
    }
    server.options.maxPayload = messageMaxBytes();
    // ws answers a failed handshake without calling back.
    socket.once('close', leave);
    server.handleUpgrade(request, socket, head, (opened) => {
      socket.off('close', leave);
      open(opened, request, leave);
    });
  };

  return {
    upgrade: (request, socket, head) => {
      const status = isDraining ? '503 Service Unavailable' : refusal(request, options);
      if (status !== null) {
        refuse(socket, status);
        return;
      }
      const turn = options.arrive?.(request, GRAPHQL_PATH);
      if (!turn) {
        shakeHands(request, socket, head);
        return;
      }
      // The client may leave meanwhile.
      socket.on('error', ignore);
      void turn.then(() => {
        socket.off('error', ignore);
        if (!socket.destroyed) shakeHands(request, socket, head);
      });
    },
    drain: async (spreadMs) => {
      isDraining = true;
      const isOver = clock.sleep(spreadMs + shutdownTimeoutMs(), stopped.signal).catch(() => undefined);
      const closing: Promise<void>[] = [];
      await oneByOne([...connections.values()], { clock, spreadMs }, (connection) => {
        closing.push(close(connection, isOver));
      });
      await Promise.all(closing);
    },
    get size() {
      return connections.size;
    },
    async [Symbol.asyncDispose]() {
      stopped.abort();
      // Refuses new handshakes.
      server.close();
      const timer = new AbortController();
      const isOver = clock.sleep(shutdownTimeoutMs(), timer.signal).catch(() => undefined);
      await Promise.all([...connections.values()].map((connection) => close(connection, isOver)));
      timer.abort();
    },
  };
}

/** Messages of one caller that are read in one turn of the event loop, on all sockets together; a long one counts for several. */
const MESSAGES_PER_TURN = 4;
const BYTES_PER_MESSAGE = 16 * 1024; // 16 KiB

/** All whose `connection_init` was not accepted yet are one caller. */
function createMessageTurns({ clock, turns }: Pick<WebSocketOptions, 'clock' | 'turns'>): AcquireMessageTurn {
  const sharesOf = (nextTurn: NextTurn) => createFairTurns({ nextTurn, perTurn: MESSAGES_PER_TURN });
  const known = sharesOf(turns?.ofKnown ?? nextTurnOf(clock));
  const unknown = sharesOf(turns?.ofUnknown ?? nextTurnOf(clock));
  return (caller, bytes) => {
    const amount = 1 + Math.floor(bytes / BYTES_PER_MESSAGE);
    return caller ? known(caller.boundId, amount) : unknown(ANONYMOUS, amount);
  };
}

function transportOf({ method = 'GET', url = GRAPHQL_PATH, headers }: IncomingMessage): TransportRequest {
  return { method, url, headers };
}

const ignore = () => undefined;

/** Why a socket is not opened; null when it may be. */
function refusal(
  request: IncomingMessage,
  { checkOrigin, basePath }: Pick<WebSocketOptions, 'checkOrigin' | 'basePath'>,
): string | null {
  if (withoutBasePath(targetOf(request).path, basePath) !== GRAPHQL_PATH) return '404 Not Found';
  // Browsers apply no CORS to WebSockets: the server has to check the origin.
  return checkOrigin(request).answer ? '403 Forbidden' : null;
}

function refuse(socket: Duplex, status: string): void {
  // The client may be gone already.
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => {
    socket.destroy();
  });
}
