/** `createRequestListener`: answers requests of a Node.js server: names them, checks them, reads bounded bodies and finds the route. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../observability/logger.ts';
import { type NextTurn, nextTurnOf } from '../../process/paced-turns.ts';
import { type AcquireShare, createTurnBudget } from '../../process/turn-budget.ts';
import type { Arrive } from './arrivals.ts';
import { withoutBasePath } from './base-path.ts';
import { bodyText } from './body-text.ts';
import type { Compress } from './compression.ts';
import { bodyIsGone, errorAnswer, nothingHere, unreadable, unreadAnswer } from './error-answer.ts';
import { type ClientOf, createClientOf } from './client.ts';
import { clientGone } from './client-gone.ts';
import { SocketRequest, type Target, targetOf } from './http-request.ts';
import type { CheckOrigin } from './origins.ts';
import { createPipelines } from './pipelined-requests.ts';
import { FIRST_BYTES, HeldBytes, readBody } from './request-body.ts';
import type { HttpAnswer, HttpStream, Route } from './route.ts';
import { createRouter, type Found } from './router.ts';
import { endUnread } from './unread-answers.ts';

export interface RequestListenerOptions {
  readonly clock: Clock;
  /** Calls back in the next turn in which requests are taken up that came before the one before them was answered. @default the next one */
  readonly nextTurn?: NextTurn;
  readonly log: Logger;
  /** What answers, by path or by a pattern such as `/export/{id}.csv`. Any other path is answered 404. */
  readonly routes: ReadonlyMap<string, Route>;
  /** Path under which a proxy shows the gateway, taken off where the proxy does not. @default none */
  readonly basePath?: string;
  /** Decides by its headers whether a request may come in. @default every one may */
  readonly checkOrigin?: CheckOrigin;
  /** Called when a body has been read, before anything is done with it. @default no request waits */
  readonly arrive?: Arrive;
  /** Makes answers smaller for clients that can read them so. @default they are sent as they are */
  readonly compress?: Compress;
  /** Largest body that is read, in bytes; more is answered 413. May change. */
  readonly requestMaxBytes: () => number;
  /** How long an answer waits for its client to take more of it, in milliseconds. @default 30 s */
  readonly unreadTimeoutMs?: number;
  /** @default what proxies say of their clients does not count */
  readonly clientOf?: ClientOf;
  /** Called with every request whose answer was begun. Must not throw. @default nobody hears of it */
  readonly onAnswered?: ((request: AnsweredRequest) => void) | undefined;
  /** Makes the id of a request that brings none. */
  readonly newId: () => string;
}

export interface AnsweredRequest {
  readonly method: string;
  /** The path or pattern of its route, one of few; null where there is none. */
  readonly route: string | null;
  readonly status: number;
  /** Until the answer was handed to the connection; of a stream, until it was opened. */
  readonly durationMs: number;
}

/** Never rejects. `isOpen` says whether the server goes on after this answer: one that closes says so on the connection. */
export type AnswerRequest = (
  request: IncomingMessage,
  response: ServerResponse,
  isOpen: () => boolean,
) => Promise<void>;

interface ListenerContext extends RequestListenerOptions {
  readonly heldBytes: HeldBytes;
  /** Called when a client has gone, before what it has asked for is aborted. */
  readonly acquireAbort: AcquireShare;
  readonly find: (path: string) => Found<Route> | null;
}

/**
 * An answer whose status excludes a body has no length either (RFC 9110, section 8.6): a client would take that of a 304 for
 * the length of the answer that it has cached.
 */
const BODILESS: ReadonlySet<number> = new Set([204, 304]);

/** Bound of all incomplete bodies together: their callers are not authenticated yet. */
const MAX_HELD_BYTES = 64 * 1024 * 1024; // 64 MiB

const NOBODY_IS_TRUSTED = createClientOf({ trustProxy: [] });

/** Operations whose clients have gone, and that are aborted in one turn of the event loop: each may have dozens of calls under way. */
const ABORTS_PER_TURN = 4;

const UNREAD_TIMEOUT_MS = 30_000;

const REQUEST_ID_HEADER = 'x-request-id';

export function createRequestListener(options: RequestListenerOptions): AnswerRequest {
  const context = {
    ...options,
    heldBytes: new HeldBytes(MAX_HELD_BYTES),
    acquireAbort: createTurnBudget({ nextTurn: nextTurnOf(options.clock), perTurn: ABORTS_PER_TURN }),
    find: createRouter(options.routes),
  };
  const waitInPipeline = createPipelines(options.nextTurn ?? nextTurnOf(options.clock));
  return async (request, response, isOpen) => {
    if (!response.socket) await waitInPipeline(request, response);
    return answer({ request, response, isOpen }, context);
  };
}

async function answer(
  {
    request,
    response,
    isOpen,
  }: {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    readonly isOpen: () => boolean;
  },
  options: ListenerContext,
): Promise<void> {
  const startedAtMs = options.clock.now();
  const requestId = requestIdOf(request) ?? options.newId();
  const target = targetOf(request);
  const path = withoutBasePath(target.path, options.basePath ?? '');
  const found = options.find(path);
  const verdict = options.checkOrigin?.(request);
  const made =
    verdict?.answer ??
    (await route({ request, response, requestId, target: { ...target, path }, found }, options).catch(
      (error: unknown): HttpAnswer | null => {
        // Nobody is left to answer, and what was still under way failed because of that.
        if (response.destroyed) return null;
        const errorId = options.newId();
        options.log.error('operation.failed', { errorId, requestId }, error);
        return errorAnswer(
          'INTERNAL_SERVER_ERROR',
          `Something went wrong in the gateway. Its log knows more under the id ${errorId}.`,
        );
      },
    ));
  if (!made) return;
  const fitting =
    'open' in made ? made : (options.compress?.(made, request.headers['accept-encoding']) ?? made);
  // Most are there at once, and what is there needs no turn of the event loop.
  const answered = fitting instanceof Promise ? await fitting : fitting;
  if (response.destroyed) return;
  // Names and values in turn, which node writes down without making a table of them first.
  const lines = ['X-Request-Id', requestId, 'X-Content-Type-Options', 'nosniff'];
  const { headers } = answered;
  const beside = verdict?.headersBeside(headers) ?? {};
  for (const name in headers) if (!(name in beside)) lines.push(name, headers[name] ?? '');
  for (const name in beside) lines.push(name, beside[name] ?? '');
  const note = () => {
    options.onAnswered?.({
      method: request.method ?? '',
      route: found?.pattern ?? null,
      status: answered.status,
      durationMs: options.clock.now() - startedAtMs,
    });
  };
  const isStream = 'open' in answered;
  const isEndless = isStream && !answered.isChunked;
  // What was not read of a body would be taken for the next request, and a closing server serves none.
  if (isEndless || !request.complete || !isOpen()) lines.push('Connection', 'close');
  if (isStream) {
    // The body ends with the connection. In chunks, every part of it would be three writes instead of one.
    if (isEndless) response.removeHeader('Transfer-Encoding');
    response.writeHead(answered.status, lines);
    answered.open(response);
    note();
    return;
  }
  const { status, body } = answered;
  if (!BODILESS.has(status)) lines.push('Content-Length', String(Buffer.byteLength(body)));
  response.writeHead(status, lines);
  response.end(request.method === 'HEAD' ? undefined : body);
  note();
  endUnread(response, { clock: options.clock, timeoutMs: options.unreadTimeoutMs ?? UNREAD_TIMEOUT_MS });
}

async function route(
  asked: {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    readonly requestId: string;
    /** Its path without that of the proxy. */
    readonly target: Target;
    readonly found: Found<Route> | null;
  },
  options: ListenerContext,
): Promise<HttpAnswer | HttpStream> {
  const {
    routes,
    requestMaxBytes,
    heldBytes,
    acquireAbort,
    arrive,
    clientOf = NOBODY_IS_TRUSTED,
    basePath = '',
  } = options;
  const { request, response, requestId, found } = asked;
  const { path, query } = asked.target;
  if (!found) return nothingHere(basePath + ([...routes.keys()][0] ?? '/'));
  // What parses bodies in somebody else's server, and stands before the gateway, leaves nothing to read.
  if (request.readableEnded) return bodyIsGone();
  const maxBytes = requestMaxBytes();
  const read = await readBody(request, { maxBytes, held: heldBytes });
  if (read.kind === 'unread') return unreadAnswer(read.why, maxBytes);
  const turn = arrive?.(request, path);
  if (turn) {
    // Unread, a body would wait in its stream in the chunks that it came in: a byte of a chunk of its own takes hundreds.
    const waiting = read.bytes.byteLength > FIRST_BYTES ? read.bytes.byteLength : 0;
    if (!heldBytes.take(waiting)) return unreadAnswer('no room', maxBytes);
    try {
      await turn;
    } finally {
      heldBytes.giveBack(waiting);
    }
    // Who has left meanwhile is not worth the work.
    if (response.destroyed) throw clientGone();
  }
  const coded = bodyText(read.bytes, request.headers['content-encoding'], maxBytes);
  const body = coded instanceof Promise ? await coded : coded;
  if (!('text' in body)) return unreadable(body.unreadable, body.coding, maxBytes);
  const { params } = found;
  const { text } = body;
  return found.route(
    new SocketRequest(
      request,
      response,
      { path, query, params, body: text, requestId, clientOf },
      acquireAbort,
    ),
  );
}

/** The name that the client gave its request, when it is one that a log line can hold. */
function requestIdOf({ headers }: IncomingMessage): string | undefined {
  const given = headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && /^[A-Za-z0-9_.-]{1,64}$/.test(given) ? given : undefined;
}
