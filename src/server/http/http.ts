/** `createHttpServer`: listens for requests, and drains before it closes. */
import { chmodSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, ListenOptions, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../clock.ts';
import type { Throttle } from './connection-throttle.ts';
import { IncomingRequest } from './incoming-request.ts';
import type { AnswerRequest } from './request-listener.ts';
import { ThrottledSocket } from './throttled-socket.ts';
import type { Tls } from './tls.ts';
import { createTlsServer } from './tls-server.ts';
import type { UnixSocket } from './unix-socket.ts';

export interface HttpServerOptions {
  readonly clock: Clock;
  readonly answer: AnswerRequest;
  /** How long a connection stays open between two requests, in milliseconds. */
  readonly keepAliveTimeoutMs: number;
  /** How long a request may take to come in, its body included, in milliseconds. @default 25 s */
  readonly requestTimeoutMs?: number;
  /** How long running requests get to finish when the server closes, in milliseconds. Asked for when it does. */
  readonly shutdownTimeoutMs: () => number;
  /** How connections of unknown callers are read. @default as all others */
  readonly throttle?: Throttle;
  /** What connections are encrypted with. @default null, they are not */
  readonly tls?: Tls | null;
  /** How long a client may take to begin to encrypt its connection, in milliseconds. @default 10 s */
  readonly handshakeTimeoutMs?: number;
}

export interface HttpServer extends AsyncDisposable {
  /** Hands every request for another protocol to `upgrade`, which owns its socket then. */
  onUpgrade(upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): void;
  /** Starts to accept requests; rejects when the port is taken. */
  listen(host: string, port: number): Promise<AddressInfo>;
  /** The same on a Unix socket; rejects when there is a file at its path. The server removes it when it closes. */
  listenOnSocket(socket: UnixSocket): Promise<void>;
}

/** With the time between two looks at them, requests that stop are gone within 30 seconds. */
const REQUEST_TIMEOUT_MS = 25_000;
const LOOKED_AT_EVERY_MS = 5_000;

/** A client that begins to encrypt its connection and stops is gone after this. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * Connections that may wait to be accepted, where the system allows as many. The system drops those beyond it, also that of a
 * liveness probe, and the client tries again only after some hundred milliseconds.
 */
const ACCEPT_BACKLOG = 4_096;

export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { keepAliveTimeoutMs: keepAliveTimeout, requestTimeoutMs: requestTimeout = REQUEST_TIMEOUT_MS } =
    options;
  const settings = {
    IncomingMessage: IncomingRequest,
    keepAliveTimeout,
    requestTimeout,
    headersTimeout: requestTimeout,
    connectionsCheckingInterval: Math.min(LOOKED_AT_EVERY_MS, requestTimeout),
  };
  const isOpen = () => server.listening;
  const onRequest: RequestListener = (request, response) => {
    if (request.socket instanceof ThrottledSocket) request.socket.begin(response);
    void options.answer(request, response, isOpen);
  };
  const { tls = null, handshakeTimeoutMs = HANDSHAKE_TIMEOUT_MS, throttle } = options;
  const encrypted = tls && createTlsServer(settings, { tls, handshakeTimeoutMs }, onRequest);
  const server = encrypted?.server ?? createServer(settings, onRequest);
  // Of an encrypted connection the parser gets what was decrypted.
  if (throttle) throttleConnections(server, tls ? 'secureConnection' : 'connection', throttle);
  const listen = (where: ListenOptions) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ ...where, backlog: ACCEPT_BACKLOG }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  return {
    onUpgrade: (upgrade) => {
      server.on('upgrade', (request, socket, head) => {
        if (socket instanceof ThrottledSocket) {
          request.socket = socket.release();
          upgrade(request, request.socket, head);
        } else upgrade(request, socket, head);
      });
    },
    listen: async (host, port) => {
      await listen({ host, port });
      // A server that listens on a port has an address, not the path of a pipe.
      return server.address() as AddressInfo;
    },
    listenOnSocket: async ({ path, mode }) => {
      await listen({ path });
      // In the turn in which it is made: nobody is accepted before.
      chmodSync(path, mode);
    },
    async [Symbol.asyncDispose]() {
      const isClosed = new Promise<void>((resolve) => {
        // Refuses new connections, closes idle ones, and calls back when the last one is gone.
        server.close(() => {
          resolve();
        });
      });
      const timer = new AbortController();
      const isOver = options.clock.sleep(options.shutdownTimeoutMs(), timer.signal).catch(() => undefined);
      await Promise.race([isClosed, isOver]);
      timer.abort();
      server.closeAllConnections();
      encrypted?.closeAllConnections();
      await isClosed;
    },
  };
}

/** Has the server parse what the throttle hands on, until the connection is that of a known caller. */
function throttleConnections(
  server: Server,
  event: 'connection' | 'secureConnection',
  throttle: Throttle,
): void {
  const listeners = server.listeners(event);
  const parse = (connection: Duplex) => {
    for (const listener of listeners) listener.call(server, connection);
  };
  server.removeAllListeners(event).on(event, (socket: Socket) => {
    parse(throttle(socket, parse));
  });
}
