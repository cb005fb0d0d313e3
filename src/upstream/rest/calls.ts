/** `Calls`: what every call to the REST API goes through: id check, slot, request, observation, retry, error, JSON. */
import { type Clock, reasonOf } from '../../clock.ts';
import { GatewayError } from '../../errors.ts';
import { createAttempts } from './attempt.ts';
import { toGatewayError } from './error-mapping.ts';
import { assertId } from '../id.ts';
import type { UpstreamObserver } from '../observer.ts';
import { withExactNumbers } from './parse/exact-numbers.ts';
import type { Query } from './query.ts';
import type { RowReading } from './read-body.ts';
import { NO_HINTS, readRetryHints, retryDelay, type RetryPolicy } from './retry.ts';
import type { Scheduler } from '../scheduling/scheduler.ts';
import type { Transport, TransportRequest } from './transport.ts';
import { isSuccess } from './transport-result.ts';
import type { UpstreamCaller } from '../caller.ts';

export interface CallRequest {
  readonly method: 'GET' | 'POST';
  /** The path, with `{id}` where the id goes: what observers see, so that no metric has a label per entity. */
  readonly route: string;
  readonly id?: string;
  /** What is undefined is left out. */
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: object;
  /**
   * A 408 says that nothing has happened, and is no failure: its body is `undefined`.
   * @default false
   */
  readonly isLongPoll?: boolean;
  /** Where the answer is a list whose rows are read one by one when it is large. */
  readonly rows?: RowReading;
}

export interface Calls {
  /** A 2xx answer; null for 404. */
  send(caller: UpstreamCaller, request: CallRequest): Promise<CallAnswer | null>;
}

export interface CallAnswer {
  /** Parsed. */
  readonly body: unknown;
  /** What `CallRequest.rows` made of the rows of a large list; undefined when they are in the body. */
  readonly rows?: readonly unknown[] | undefined;
  /** How many bytes these rows had. */
  readonly rowBytes?: number | undefined;
  /** The list was larger than what is read of one answer: it goes on behind these rows, and the body has nothing else. */
  readonly isCut?: true | undefined;
}

export interface CallsOptions {
  readonly transport: Transport;
  readonly scheduler: Scheduler;
  readonly observer: UpstreamObserver;
  readonly clock: Clock;
  readonly retry: RetryPolicy;
  readonly random: () => number;
}

export function createCalls({ transport, scheduler, observer, clock, retry, random }: CallsOptions): Calls {
  const attempt = createAttempts({ scheduler, observer, clock, ...retry });

  return {
    async send(caller, request) {
      const path = pathOf(request);
      // A request that changes something may have changed it before it failed.
      const isIdempotent = request.method === 'GET';
      for (let number = 1; ; number++) {
        const result = await attempt(
          caller,
          { method: request.method, route: request.route, number },
          (headers) => transport.request({ ...transportRequestOf(caller, request, path), headers }),
          (answer) => answer,
        );
        if (result.kind === 'answer' && isSuccess(result.status)) {
          const { rows, rowBytes, isCut } = result;
          return { body: parseJson(result.text), rows, rowBytes, isCut };
        }
        if (result.kind === 'answer' && result.status === 404) return null;
        if (result.kind === 'answer' && result.status === 408 && request.isLongPoll)
          return { body: undefined };
        if (caller.signal.aborted) throw reasonOf(caller.signal);
        const now = clock.now();
        const hints =
          result.kind === 'answer'
            ? readRetryHints(result.headers, { nowMs: now, maxMs: retry.retryAfterMaxMs })
            : NO_HINTS;
        const remainingMs = caller.deadlineAt - now;
        const delayMs = isIdempotent
          ? retryDelay({ result, hints, attempt: number, remainingMs, policy: retry, random })
          : null;
        if (delayMs === null) throw toGatewayError(result, hints.afterMs);
        await clock.sleep(delayMs, caller.signal);
      }
    },
  };
}

/** What a transport sends for a call whose path is known. */
export function transportRequestOf(
  { account, callerId = '', signal }: UpstreamCaller,
  { method, body, rows }: Pick<CallRequest, 'method' | 'body' | 'rows'>,
  path: string,
): TransportRequest {
  return {
    method,
    path,
    authorization: account.authorization(),
    signal,
    owner: `${account.id} ${callerId}`,
    rows,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

/** Throws BAD_USER_INPUT for an id that is none. */
export function pathOf({ route, id, query = {} }: CallRequest): string {
  let path = route;
  if (id !== undefined) {
    assertId(id);
    // No id that passes needs encoding. It is encoded all the same: a laxer check must not open the path.
    path = route.replace('{id}', encodeURIComponent(id));
  }
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}

/** Whole numbers beyond 2^53 come as texts, so that they keep their digits. Throws UPSTREAM_ERROR for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(withExactNumbers(text));
  } catch {
    // Without its cause, whose message quotes the body.
    throw new GatewayError('UPSTREAM_ERROR', 'Runloop answered something that is not JSON');
  }
}
