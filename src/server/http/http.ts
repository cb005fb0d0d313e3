/** `createHttpServer`: listens for requests, and drains before it closes. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../clock.ts';
import { IncomingRequest } from './incoming-request.ts';
import type { AnswerRequest } from './request-listener.ts';

export interface HttpServerOptions {
  readonly clock: Clock;
  readonly answer: AnswerRequest;
  /** How long a connection stays open between two requests, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** How long a request may take to come in, its body included, in milliseconds. @default 25 s */
  readonly requestTimeoutMs?: number;
  /** How long running requests get to finish when the server closes, in milliseconds. */
  readonly shutdownTimeoutMs: number;
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
  const { idleTimeoutMs: keepAliveTimeout, requestTimeoutMs: requestTimeout = REQUEST_TIMEOUT_MS } = options;
  const settings = {
    IncomingMessage: IncomingRequest,
    keepAliveTimeout,
    requestTimeout,
    headersTimeout: requestTimeout,
    connectionsCheckingInterval: Math.min(LOOKED_AT_EVERY_MS, requestTimeout),
  };
  const isOpen = () => server.listening;
  const server = createServer(settings, (request, response) => {
    void options.answer(request, response, isOpen);
  });
  return {
    onUpgrade: (upgrade) => {
      server.on('upgrade', upgrade);
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
