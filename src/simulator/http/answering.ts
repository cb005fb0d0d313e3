/** What happens to a request: who asks, what for, what goes wrong, what was answered before, and the answer. */
import type { Clock } from '../../clock.ts';
import { ApiError } from '../wire/api-error.ts';
import { distort } from '../faults/distort.ts';
import type { Fault, FaultSource } from '../faults/faults.ts';
import type { World } from '../life/world.ts';
import { type Answer, type Exchange, MAX_BODY_BYTES } from './exchange.ts';
import { Fields } from './fields.ts';
import { createReplays } from './replays.ts';
import type { Reply, Router } from './route.ts';

export interface AnsweringOptions {
  readonly clock: Clock;
  readonly router: Router;
  readonly faults: FaultSource;
  /** The world of a key; undefined refuses it. */
  readonly worldOf: (key: string) => World | undefined;
  readonly onRequest: ((request: ObservedRequest) => void) | undefined;
}

/** A request as it has come. */
export interface ObservedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly key: string;
  readonly header: (name: string) => string | undefined;
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** Answers requests one by one; what it returns resolves when the request is done with, and never rejects. */
export function createAnswering({
  clock,
  router,
  faults,
  worldOf,
  onRequest,
}: AnsweringOptions): (exchange: Exchange) => Promise<void> {
  const replays = createReplays(clock);

  const replyTo = async (exchange: Exchange, key: string, path: string, query: string): Promise<Reply> => {
    const world = key === '' ? undefined : worldOf(key);
    if (!world)
      throw ApiError.unauthenticated(key === '' ? 'An API key is required' : 'The API key is not valid');
    const { route, params } = router(exchange.method, path);
    const bytes = await exchange.body;
    if (!bytes)
      throw new ApiError(413, 'payload_too_large', `The body is longer than ${String(MAX_BODY_BYTES)} bytes`);
    const action = () => {
      world.catchUp();
      const body = Fields.parse(bytes);
      return route.answer({
        world,
        params,
        query: new URLSearchParams(query),
        body,
        signal: exchange.signal,
      });
    };
    const requestId = route.isAction ? exchange.header('x-request-id') : undefined;
    return requestId ? replays(`${key} ${path} ${requestId}`, action) : action();
  };

  return async (exchange) => {
    const [path = '/', query = ''] = exchange.target.split('?', 2);
    const key = /^Bearer\s{1,9}(\S.*)$/i.exec(exchange.header('authorization') ?? '')?.[1]?.trim() ?? '';
    try {
      onRequest?.({ method: exchange.method, path, query, key, header: (name) => exchange.header(name) });
      const drawn = faults.draw(exchange.method, path);
      await delay(clock, drawn, exchange.signal);
      const early = drawn.find((fault) => isRefusal(fault) && fault.isAfterAction !== true);
      const late = drawn.find((fault) => isRefusal(fault) && fault.isAfterAction === true);
      if (early && refuse(exchange, early)) return;
      const answer = answerOf(await replyTo(exchange, key, path, query), drawn);
      if (late && refuse(exchange, late)) return;
      if (drawn.some(({ kind }) => kind === 'stall')) exchange.stall(answer);
      else exchange.send(answer);
    } catch (error) {
      if (!exchange.signal.aborted) exchange.send(refusalOf(error));
    }
  };
}

function answerOf(reply: Reply, faults: readonly Fault[]): Answer {
  return typeof reply === 'string'
    ? { status: 200, headers: JSON_TYPE, body: faults.length === 0 ? reply : distort(reply, faults) }
    : { status: 200, headers: { 'content-type': reply.contentType }, body: reply.bytes };
}

function refusalOf(error: unknown): Answer {
  const { status, code, message, headers } =
    error instanceof ApiError
      ? error
      : new ApiError(500, 'internal', `The simulator failed: ${String(error)}`);
  return { status, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify({ code, message }) };
}

async function delay(clock: Clock, faults: readonly Fault[], signal: AbortSignal): Promise<void> {
  const ms = faults.reduce((total, fault) => (fault.kind === 'latency' ? total + fault.ms : total), 0);
  if (ms > 0) await clock.sleep(ms, signal);
}

function isRefusal({ kind }: Fault): boolean {
  return kind === 'rateLimit' || kind === 'status' || kind === 'reset';
}

/** Answers with the fault itself; false when the fault is none that answers. */
function refuse(exchange: Exchange, fault: Fault): boolean {
  if (fault.kind === 'reset') exchange.reset();
  else if (fault.kind === 'rateLimit') {
    const { retryAfterSeconds: seconds, retryAfterMs: ms } = fault;
    const headers = {
      ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }),
      ...(ms === undefined ? {} : { 'retry-after-ms': String(ms) }),
    };
    exchange.send(refusalOf(new ApiError(429, 'resource_exhausted', 'Too many requests', headers)));
  } else if (fault.kind === 'status') {
    const { status, body, contentType = 'application/json', headers } = fault;
    const text = body ?? JSON.stringify({ code: 'injected', message: `Injected status ${String(status)}` });
    exchange.send({ status, headers: { ...headers, 'content-type': contentType }, body: text });
  } else return false;
  return true;
}
