/** The HTTP server: reads bounded bodies, names requests, routes them, and drains before it closes. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../observability/logger.ts';
import { withoutBasePath } from './base-path.ts';
import { BODY_CODINGS, bodyText, type UnreadableBody } from './body-text.ts';
import type { Compress } from './compression.ts';
import { errorAnswer } from './error-answer.ts';
import { SocketRequest, targetOf } from './http-request.ts';
import { IncomingRequest } from './incoming-request.ts';
import { HeldBytes, readBody, type UnreadBody } from './request-body.ts';
import type { HttpAnswer, HttpStream, Route } from './route.ts';
import { createRouter, type Found } from './router.ts';
import { endUnread } from './unread-answers.ts';
import type { CheckOrigin } from './origins.ts';

export interface HttpServerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** What answers, by path or by a pattern such as `/export/{id}.csv`. Any other path is answered 404. */
  readonly routes: ReadonlyMap<string, Route>;
  /** Path under which a proxy shows the gateway, taken off where the proxy does not. @default none */
  readonly basePath?: string;
  /** Decides by its headers whether a request may come in. @default every one may */
  readonly judgeOrigin?: CheckOrigin;
  /** Makes answers smaller for clients that can read them so. @default they are sent as they are */
  readonly compress?: Compress;
  /** Largest body that is read, in bytes; more is answered 413. */
  readonly requestMaxBytes: number;
  /** How long a connection stays open between two requests, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** How long a request may take to come in, its body included, in milliseconds. @default 25 s */
  readonly requestTimeoutMs?: number;
  /** How long an answer waits for its client to take more of it, in milliseconds. @default 30 s */
  readonly unreadTimeoutMs?: number;
  /** How long running requests get to finish when the server closes, in milliseconds. */
  readonly shutdownTimeoutMs: number;
  /** A fresh name for a request that brings none. */
  readonly newId: () => string;
}

export interface HttpServer extends AsyncDisposable {
  /** Hands every request for another protocol to `upgrade`, which owns its socket then. */
  onUpgrade(upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): void;
  /** Starts to accept requests; rejects when the port is taken. */
  listen(host: string, port: number): Promise<AddressInfo>;
}

interface ServerContext extends HttpServerOptions {
  readonly heldBytes: HeldBytes;
  readonly find: (path: string) => Found<Route> | null;
  readonly isOpen: () => boolean;
}

/**
 * What has no body, by its status, has no length either (RFC 9110, section 8.6): of a 304 it would be taken for that of the
 * answer which the client has.
 */
const BODILESS: ReadonlySet<number> = new Set([204, 304]);

/** What is held of bodies that are not whole yet, of all together: nobody is known by then. */
const MAX_HELD_BYTES = 64 * 1024 * 1024; // 64 MiB

/** With the time between two looks at them, requests that stop are gone within 30 seconds. */
const REQUEST_TIMEOUT_MS = 25_000;
const LOOKED_AT_EVERY_MS = 5_000;

const UNREAD_TIMEOUT_MS = 30_000;

const REQUEST_ID_HEADER = 'x-request-id';

export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { idleTimeoutMs: keepAliveTimeout, requestTimeoutMs: requestTimeout = REQUEST_TIMEOUT_MS } = options;
  const settings = {
    IncomingMessage: IncomingRequest,
    keepAliveTimeout,
    requestTimeout,
    headersTimeout: requestTimeout,
    connectionsCheckingInterval: Math.min(LOOKED_AT_EVERY_MS, requestTimeout),
  };
  const server = createServer(settings, (request, response) => {
    void answer(request, response, context);
  });
  const context = {
    ...options,
    heldBytes: new HeldBytes(MAX_HELD_BYTES),
    find: createRouter(options.routes),
    isOpen: () => server.listening,
  };
  return {
    onUpgrade: (upgrade) => {
      server.on('upgrade', upgrade);
    },
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
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

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServerContext,
): Promise<void> {
  const requestId = requestIdOf(request) ?? options.newId();
  const verdict = options.judgeOrigin?.(request);
  const found =
    verdict?.answer ??
    (await route(request, response, requestId, options).catch((error: unknown): HttpAnswer | null => {
      // Nobody is left to answer, and what was still under way failed because of that.
      if (response.destroyed) return null;
      const errorId = options.newId();
      options.log.error('operation.failed', { errorId, requestId }, error);
      return errorAnswer(
        'INTERNAL_SERVER_ERROR',
        `Something went wrong in the gateway. Its log knows more under the id ${errorId}.`,
      );
    }));
  if (!found) return;
  const fitting =
    'open' in found ? found : (options.compress?.(found, request.headers['accept-encoding']) ?? found);
  // Most are there at once, and what is there needs no turn of the event loop.
  const answered = fitting instanceof Promise ? await fitting : fitting;
  if (response.destroyed) return;
  // Names and values in turn, which node writes down without making a table of them first.
  const lines = ['X-Request-Id', requestId, 'X-Content-Type-Options', 'nosniff'];
  const { headers } = answered;
  const beside = verdict?.headersBeside(headers) ?? {};
  for (const name in headers) if (!(name in beside)) lines.push(name, headers[name] ?? '');
  for (const name in beside) lines.push(name, beside[name] ?? '');
  const isStream = 'open' in answered;
  const isEndless = isStream && !answered.isChunked;
  // What was not read of a body would be taken for the next request, and a closing server serves none.
  if (isEndless || !request.complete || !options.isOpen()) lines.push('Connection', 'close');
  if (isStream) {
    // The body ends with the connection. In chunks, every part of it would be three writes instead of one.
    if (isEndless) response.removeHeader('Transfer-Encoding');
    response.writeHead(answered.status, lines);
    answered.open(response);
    return;
  }
  const { status, body } = answered;
  if (!BODILESS.has(status)) lines.push('Content-Length', String(Buffer.byteLength(body)));
  response.writeHead(status, lines);
  response.end(request.method === 'HEAD' ? undefined : body);
  endUnread(response, { clock: options.clock, timeoutMs: options.unreadTimeoutMs ?? UNREAD_TIMEOUT_MS });
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  { routes, find, requestMaxBytes, heldBytes, basePath = '' }: ServerContext,
): Promise<HttpAnswer | HttpStream> {
  const target = targetOf(request);
  const path = withoutBasePath(target.path, basePath);
  const found = find(path);
  if (!found) return nothingHere(basePath + ([...routes.keys()][0] ?? '/'));
  const read = await readBody(request, { maxBytes: requestMaxBytes, held: heldBytes });
  if (read.kind === 'unread') return unreadAnswer(read.why, requestMaxBytes);
  const coded = bodyText(read.bytes, request.headers['content-encoding'], requestMaxBytes);
  const body = coded instanceof Promise ? await coded : coded;
  if (!('text' in body)) return unreadable(body.unreadable, body.coding, requestMaxBytes);
  const { query } = target;
  const { params } = found;
  const { text } = body;
  return found.route(new SocketRequest(request, response, { path, query, params, body: text, requestId }));
}

export function nothingHere(graphqlPath: string): HttpAnswer {
  return errorAnswer('NOT_FOUND', `There is nothing here; the graph is at ${graphqlPath}`);
}

function unreadAnswer(why: UnreadBody, maxBytes: number): HttpAnswer {
  switch (why) {
    case 'too large':
      return tooLarge(maxBytes);
    case 'too many chunks':
      return errorAnswer(
        'BAD_USER_INPUT',
        'Expected the body in larger chunks: each costs more than what it holds',
      );
    case 'no room':
      return errorAnswer('RATE_LIMITED', 'Too many large bodies are being read: come again later');
  }
}

function unreadable(why: UnreadableBody, coding: string, maxBytes: number): HttpAnswer {
  switch (why) {
    case 'too large':
      return tooLarge(maxBytes);
    case 'not UTF-8':
      return errorAnswer('BAD_USER_INPUT', 'Expected a body of UTF-8', 400);
    case 'not as it is coded':
      return errorAnswer('BAD_USER_INPUT', `Expected a body of ${coding}, as its Content-Encoding says`, 400);
    case 'unknown coding': {
      const message = `Expected a body whose Content-Encoding is one of ${BODY_CODINGS}`;
      const answer = errorAnswer('BAD_USER_INPUT', message, 415);
      return { ...answer, headers: { ...answer.headers, 'Accept-Encoding': BODY_CODINGS } };
    }
  }
}

function tooLarge(maxBytes: number): HttpAnswer {
  return errorAnswer(
    'QUERY_TOO_COMPLEX',
    `Expected a body of at most ${String(maxBytes)} bytes (REQUEST_MAX_BYTES), got more: send it in several requests`,
    413,
  );
}

/** The name that the client gave its request, when it is one that a log line can hold. */
function requestIdOf({ headers }: IncomingMessage): string | undefined {
  const given = headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && /^[A-Za-z0-9_.-]{1,64}$/.test(given) ? given : undefined;
}
