/** `createHttpServer`: listens for requests, and drains before it closes. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../clock.ts';
import type { Throttle } from './connection-throttle.ts';
import { IncomingRequest } from './incoming-request.ts';
import type { AnswerRequest } from './request-listener.ts';
import { ThrottledSocket } from './throttled-socket.ts';

export interface HttpServerOptions {
  readonly clock: Clock;
  readonly answer: AnswerRequest;
  /** How long a connection stays open between two requests, in milliseconds. */
  readonly keepAliveTimeoutMs: number;
  /** How long a request may take to come in, its body included, in milliseconds. @default 25 s */
  readonly requestTimeoutMs?: number;
  /** How long running requests get to finish when the server closes, in milliseconds. */
  readonly shutdownTimeoutMs: number;
  /** How connections of unknown callers are read. @default as all others */
  readonly throttle?: Throttle;
}

export interface HttpServer extends AsyncDisposable {
  /** Hands every request for another protocol to `upgrade`, which owns its socket then. */
  onUpgrade(upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): void;
  /** Starts to accept requests; rejects when the port is taken. */
  listen(host: string, port: number): Promise<AddressInfo>;
}

/** With the time between two looks at them, requests that stop are gone within 30 seconds. */
const REQUEST_TIMEOUT_MS = 25_000;
const LOOKED_AT_EVERY_MS = 5_000;

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
  const server = createServer(settings, (request, response) => {
    if (request.socket instanceof ThrottledSocket) request.socket.begin(response);
    void options.answer(request, response, isOpen);
  });
  if (options.throttle) throttleConnections(server, options.throttle);
  return {
    onUpgrade: (upgrade) => {
      server.on('upgrade', (request, socket, head) => {
        if (socket instanceof ThrottledSocket) {
          request.socket = socket.release();
          upgrade(request, request.socket, head);
        } else upgrade(request, socket, head);
      });
    },
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ port, host, backlog: ACCEPT_BACKLOG }, () => {
          server.off('error', reject);
          // A server that listens on a port has an address, not the path of a pipe.
          resolve(server.address() as AddressInfo);
        });
      }),
    async [Symbol.asyncDispose]() {
      const isClosed = new Promise<void>((resolve) => {
        // Refuses new connections, closes idle ones, and calls back when the last one is gone.
        server.close(() => {
          resolve();
        });
      });
      const timer = new AbortController();
      const isOver = options.clock.sleep(options.shutdownTimeoutMs, timer.signal).catch(() => undefined);
      await Promise.race([isClosed, isOver]);
      timer.abort();
      server.closeAllConnections();
      await isClosed;
    },
  };
}

/** Has the server parse what the throttle hands on, until the connection is that of a known caller. */
function throttleConnections(server: Server, throttle: Throttle): void {
  const listeners = server.listeners('connection');
  const parse = (connection: Duplex) => {
    for (const listener of listeners) listener.call(server, connection);
  };
  server.removeAllListeners('connection').on('connection', (socket: Socket) => {
    parse(throttle(socket, parse));
  });
}
