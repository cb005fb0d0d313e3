/** The HTTP server: reads bounded bodies, names requests, routes them, and drains before it closes. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';
import { ERROR_CODES, type ErrorCode, GatewayError } from '../errors.ts';
import type { Logger } from '../observability/logger.ts';
import { createRouter, type Found } from './router.ts';
import type { JudgeOrigin } from './origins.ts';

/** A request whose body has been read. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  /** What stands in the path where its pattern has names. Not decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** From the question mark on; empty when there is none. */
  readonly query: string;
  readonly headers: IncomingMessage['headers'];
  /** Null when the method has none. */
  readonly body: string | null;
  /** Names the request in its answer and in every log line about it. */
  readonly requestId: string;
  /** Aborts when the client goes away before it is answered. */
  readonly signal: AbortSignal;
}

/** An answer that is there at once. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** An answer that comes bit by bit, until whoever writes it ends it. */
export interface HttpStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Sends the body in chunks, or within a given `Content-Length`, so that a client knows a part from the whole.
   * @default false, its end is that of the connection
   */
  readonly isChunked?: boolean;
  /** Called when the headers have been sent. */
  readonly open: (response: ServerResponse) => void;
}

export type Route = (request: HttpRequest) => Promise<HttpAnswer | HttpStream>;

export interface HttpServerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** What answers, by path or by a pattern such as `/export/{id}.csv`. Any other path is answered 404. */
  readonly routes: ReadonlyMap<string, Route>;
  /** Decides by its headers whether a request may come in. @default every one may */
  readonly judgeOrigin?: JudgeOrigin;
  /** Largest body that is read, in bytes; more is answered 413. */
  readonly requestMaxBytes: number;
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
  readonly find: (path: string) => Found<Route> | null;
  readonly isOpen: () => boolean;
}

export const REQUEST_ID_HEADER = 'x-request-id';

export function createHttpServer(options: HttpServerOptions): HttpServer {
  const server = createServer((request, response) => {
    void answer(request, response, context);
  });
  const context = { ...options, find: createRouter(options.routes), isOpen: () => server.listening };
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

/** The body of an answer that consists of one error, in the form that GraphQL clients expect. */
export function errorBody(
  code: ErrorCode,
  message: string,
  extensions: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({ errors: [{ message, extensions: { code, ...extensions } }] });
}

/** An answer that consists of one error. */
export function errorAnswer(
  code: ErrorCode,
  message: string,
  status: number = ERROR_CODES[code].httpStatus,
): HttpAnswer {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    body: errorBody(code, message),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServerContext,
): Promise<void> {
  const requestId = requestIdOf(request) ?? options.newId();
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new GatewayError('UPSTREAM_TIMEOUT', 'The client went away'));
  });
  const verdict = options.judgeOrigin?.(request);
  const answered =
    verdict?.answer ??
    (await route(request, { requestId, signal: gone.signal }, options).catch(
      (error: unknown): HttpAnswer | null => {
        // Nobody is left to answer, and what was still under way failed because of that.
        if (gone.signal.aborted) return null;
        const errorId = options.newId();
        options.log.error('operation.failed', { errorId, requestId }, error);
        return errorAnswer(
          'INTERNAL_SERVER_ERROR',
          `Something went wrong in the gateway. Its log knows more under the id ${errorId}.`,
        );
      },
    ));
  if (!answered || response.destroyed) return;
  const headers = {
    'X-Request-Id': requestId,
    'X-Content-Type-Options': 'nosniff',
    ...answered.headers,
    ...verdict?.headersBeside(answered.headers),
    // What was not read of a body would be taken for the next request, and a closing server serves none.
    ...(request.complete && options.isOpen() ? {} : { Connection: 'close' }),
  };
  if ('open' in answered && answered.isChunked) {
    response.writeHead(answered.status, headers);
    answered.open(response);
    return;
  }
  if ('open' in answered) {
    // The body ends with the connection. In chunks, every part of it would be three writes instead of one.
    response.removeHeader('Transfer-Encoding');
    response.writeHead(answered.status, { ...headers, Connection: 'close' });
    answered.open(response);
    return;
  }
  const { status, body } = answered;
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function route(
  request: IncomingMessage,
  { requestId, signal }: Pick<HttpRequest, 'requestId' | 'signal'>,
  { routes, find, requestMaxBytes }: ServerContext,
): Promise<HttpAnswer | HttpStream> {
  const { method = 'GET', url = '/', headers } = request;
  const queryAt = url.indexOf('?');
  const path = queryAt === -1 ? url : url.slice(0, queryAt);
  const found = find(path);
  if (!found)
    return errorAnswer('NOT_FOUND', `There is nothing here; the graph is at ${[...routes.keys()][0] ?? '/'}`);
  const body = await readBody(request, requestMaxBytes);
  if (body === null) {
    return errorAnswer(
      'QUERY_TOO_COMPLEX',
      `Expected a body of at most ${String(requestMaxBytes)} bytes (REQUEST_MAX_BYTES), got more: send it in several requests`,
      413,
    );
  }
  return found.route({
    method,
    path,
    params: found.params,
    query: queryAt === -1 ? '' : url.slice(queryAt),
    headers,
    body: method === 'GET' || method === 'HEAD' ? null : body,
    requestId,
    signal,
  });
}

/** The body as text; null when it is too large, in which case the rest of it is not read. */
function readBody(request: IncomingMessage, maxBytes: number): Promise<string | null> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
      resolve(null);
      return;
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    // Listeners instead of an iterator, which costs several times as much.
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      chunks.push(chunk);
      if (bytes <= maxBytes) return;
      request.pause();
      resolve(null);
    });
    request.once('end', () => {
      const [only] = chunks;
      resolve((chunks.length === 1 && only ? only : Buffer.concat(chunks)).toString('utf8'));
    });
    request.once('error', reject);
  });
}

/** The name that the client gave its request, when it is one that a log line can hold. */
function requestIdOf({ headers }: IncomingMessage): string | undefined {
  const given = headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && /^[A-Za-z0-9_.-]{1,64}$/.test(given) ? given : undefined;
}
