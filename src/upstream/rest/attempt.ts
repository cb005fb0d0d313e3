/** `createAttempts`: one attempt of a call, in one slot of its account, observed however it ends. */
import type { Clock } from '../../clock.ts';
import type { CallEvent, UpstreamObserver } from '../observer.ts';
import type { CallOutcome } from '../scheduling/adaptive-limiter.ts';
import { readRetryHints, type RetryPolicy } from './retry.ts';
import type { Scheduler } from '../scheduling/scheduler.ts';
import type { TransportFailure, TransportResult } from './transport-result.ts';
import type { UpstreamCaller } from '../caller.ts';
import type { CallCause, CallSpan } from '../purpose.ts';

/** What an attempt is about, for observers. */
export interface AttemptOf {
  readonly method: string;
  /** The path, with `{id}` where the id goes. */
  readonly route: string;
  /** Which attempt it is, from 1. */
  readonly number: number;
  /** @default that of the caller */
  readonly cause?: CallCause;
}

/**
 * Waits for a slot and sends. A slot is not held while a retry waits, because that is another attempt. Rejects as
 * `send` does, and with the signal's reason when the caller goes while it waits.
 */
export type Attempt = <Result>(
  caller: UpstreamCaller,
  of: AttemptOf,
  /** Is called with the headers by which the upstream knows what the call is made for. */
  send: (headers: Readonly<Record<string, string>>) => Promise<Result>,
  resultOf: (result: Result) => TransportResult,
) => Promise<Result>;

export interface AttemptsOptions extends Pick<RetryPolicy, 'retryAfterMaxMs'> {
  readonly scheduler: Scheduler;
  readonly observer: UpstreamObserver;
  readonly clock: Clock;
}

export function createAttempts({ scheduler, observer, clock, retryAfterMaxMs }: AttemptsOptions): Attempt {
  return (caller, { method, route, number, ...of }, send, resultOf) => {
    const { account, callerId, priority, signal, deadlineAt, onPriorityRaised, purpose } = caller;
    const { requestId, trace } = purpose ?? {};
    const cause = of.cause ?? purpose?.cause ?? 'query';
    const askedAt = clock.now();
    return scheduler.schedule(
      async () => {
        const startedAt = clock.now();
        const span = trace?.startCall({ method, route, attempt: number });
        const observe = (result: CallEvent['result']) => {
          span?.end(result);
          observer.call({
            method,
            route,
            result,
            durationMs: clock.now() - startedAt,
            queuedMs: startedAt - askedAt,
            attempt: number,
            priority,
            cause,
            requestId,
            accountId: account.id,
          });
        };
        try {
          const sent = await send(headersOf(method, requestId, span));
          const result = resultOf(sent);
          observe(result.kind === 'answer' ? { status: result.status } : { failure: result.failure });
          return sent;
        } catch (error) {
          observe({ failure: 'aborted' });
          throw error;
        }
      },
      {
        accountId: account.id,
        callerId,
        priority,
        signal,
        deadlineAt,
        onPriorityRaised: onPriorityRaised?.bind(caller),
      },
      (sent) => outcomeOf(resultOf(sent), { nowMs: clock.now(), maxMs: retryAfterMaxMs }),
    );
  };
}

/**
 * The request id goes with reads alone: with a POST, `x-request-id` is the idempotency key, under which the upstream acts once.
 */
function headersOf(
  method: string,
  requestId: string | undefined,
  span: CallSpan | undefined,
): Readonly<Record<string, string>> {
  if (requestId === undefined || method !== 'GET') return span?.headers ?? NO_HEADERS;
  return { ...span?.headers, 'x-request-id': requestId };
}

const NO_HEADERS: Readonly<Record<string, string>> = {};

/** What a result tells about how fast the upstream may be called; null where it tells nothing. */
function outcomeOf(result: TransportResult, at: Parameters<typeof readRetryHints>[1]): CallOutcome | null {
  if (result.kind === 'failure') return outcomeOfFailure(result.failure);
  if (result.status !== 429 && result.status !== 503) return { kind: 'fine' };
  const { afterMs } = readRetryHints(result.headers, at);
  return { kind: result.status === 429 ? 'limited' : 'overloaded', retryAfterMs: afterMs };
}

function outcomeOfFailure(failure: TransportFailure): CallOutcome | null {
  switch (failure) {
    case 'connect-timeout':
    case 'headers-timeout':
    case 'body-timeout':
      return { kind: 'overloaded', retryAfterMs: null };
    case 'too-large':
    case 'malformed':
      return { kind: 'fine' };
    // A connection is refused or reset by a restart, a load balancer or a proxy: fewer calls at a time would not help,
    // and nothing says that more of them would be accepted.
    case 'connection':
    case 'unsendable':
    case 'closed':
      return null;
  }
}
