/** `MutationCalls`: what a mutation goes through: sent once, again only if surely nothing was done, and never abandoned on its way. */
import { reasonOf } from '../../clock.ts';
import { GatewayError } from '../../errors.ts';
import { createAttempts } from './attempt.ts';
import { type CallsOptions, parseJson, pathOf, transportRequestOf } from './calls.ts';
import { toGatewayError } from './error-mapping.ts';
import type { Mutation } from '../mutations.ts';
import { type Verdict, verdictOf } from './mutation-verdict.ts';
import { NO_HINTS, readRetryHints, retryDelay, type RetryHints } from './retry.ts';
import type { TransportResult } from './transport-result.ts';
import type { UpstreamCaller } from '../caller.ts';

export interface MutationRequest<T> {
  /** The path, with `{id}` where the id goes. */
  readonly route: string;
  readonly id?: string;
  /** Sent as JSON. */
  readonly body?: object;
  readonly idempotencyKey: string;
  /** Reads the answer. Throws a `GatewayError` when it cannot be read. */
  readonly parse: (body: unknown) => T;
}

export interface MutationCalls {
  /** Ends as `UpstreamSession.send` says. */
  send<T>(caller: UpstreamCaller, request: MutationRequest<T>): Promise<Mutation<T>>;
}

export function createMutationCalls({
  transport,
  scheduler,
  observer,
  clock,
  retry,
  random,
}: CallsOptions): MutationCalls {
  const attempt = createAttempts({ scheduler, observer, clock, ...retry });

  async function sendUntilSure<T>(
    caller: UpstreamCaller,
    request: MutationRequest<T>,
    journey: Journey,
  ): Promise<Mutation<T>> {
    const { route, idempotencyKey: requestId } = request;
    const path = pathOf({ method: 'POST', ...request });
    const onSend = () => {
      journey.isOnItsWay = true;
    };
    for (let number = 1; ; number++) {
      const sent = await attempt(
        caller,
        { method: 'POST', route, number, cause: 'mutation' },
        (headers) =>
          transport.commit({
            ...transportRequestOf(caller, { method: 'POST', ...request }, path),
            headers,
            requestId,
            onSend,
          }),
        ({ result }) => result,
      );
      journey.isOnItsWay = false;
      const now = clock.now();
      const { result } = sent;
      const hints =
        result.kind === 'answer'
          ? readRetryHints(result.headers, { nowMs: now, maxMs: retry.retryAfterMaxMs })
          : NO_HINTS;
      const verdict = verdictOf(sent, hints);
      if (verdict !== 'not-acted') return concluded(result, verdict, { ...request, ...hints });
      const remainingMs = caller.deadlineAt - now;
      const delayMs = retryDelay({ result, hints, attempt: number, remainingMs, policy: retry, random });
      if (delayMs === null) throw toGatewayError(result, hints.afterMs);
      await clock.sleep(delayMs, caller.signal);
    }
  }

  return {
    send: (caller, request) => {
      const journey: Journey = { isOnItsWay: false };
      return orUnknown(sendUntilSure(caller, request, journey), caller.signal, journey);
    },
  };
}

/** Where a mutation is between its attempts. */
interface Journey {
  /** Bytes of it have left, and nothing has come back. */
  isOnItsWay: boolean;
}

function concluded<T>(
  result: TransportResult,
  verdict: Exclude<Verdict, 'not-acted'>,
  { parse, afterMs }: Pick<MutationRequest<T>, 'parse'> & RetryHints,
): Mutation<T> {
  if (result.kind === 'failure' || verdict === 'unknown') return unknown(toGatewayError(result, null));
  if (result.status === 404) return { kind: 'missing' };
  if (verdict === 'refused') return { kind: 'refused', error: toGatewayError(result, afterMs) };
  try {
    return { kind: 'done', value: parse(parseJson(result.text)) };
  } catch (error) {
    // It was done, but what came of it is not known.
    if (error instanceof GatewayError) return unknown(error);
    throw error;
  }
}

/** Settles as `work` does, but no later than the caller: what is on its way then has an unknown outcome. */
function orUnknown<T>(
  work: Promise<Mutation<T>>,
  signal: AbortSignal,
  journey: Journey,
): Promise<Mutation<T>> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      // Otherwise the work notices by itself, and rejects with the reason.
      if (!journey.isOnItsWay) return;
      const late = work.then(
        (mutation) => (mutation.kind === 'done' ? mutation.value : null),
        () => null,
      );
      resolve(unknown(reasonOf(signal), late));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}

function unknown<T>(reason: Error, late: Promise<T | null> = Promise.resolve(null)): Mutation<T> {
  const error =
    reason instanceof GatewayError
      ? reason
      : new GatewayError('UPSTREAM_TIMEOUT', 'Nobody waits for the answer any more', { cause: reason });
  return { kind: 'unknown', error, late };
}
