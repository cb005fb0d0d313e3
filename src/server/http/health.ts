/** `/health` says that the process lives, `/ready` that it is worth asking: the upstream answers it, and it is not leaving. */
import { type Clock, startDeadline } from '../../clock.ts';
import { GatewayError } from '../../errors.ts';
import type { HttpAnswer, Route } from './route.ts';

export const health: Route = () => Promise.resolve(json(200, { status: 'alive' }));

export interface ReadinessOptions {
  readonly clock: Clock;
  /** Resolves when the upstream answers; rejects with a `GatewayError` that is safe to show. */
  readonly ping: (signal: AbortSignal) => Promise<void>;
  /** How long the upstream may take to answer, in milliseconds. */
  readonly timeoutMs: number;
  /** How long an answer is cached, in milliseconds: more frequent checks send no upstream call. */
  readonly freshMs: number;
  /** The Redis that replicas share. @default null, there is none */
  readonly redis?: RedisReadiness | null;
}

export interface RedisReadiness {
  readonly isAvailable: () => boolean;
  /** Whether the gateway is ready only while Redis answers. */
  readonly isRequired: boolean;
}

export interface Readiness {
  readonly route: Route;
  /** From now on it is not ready any more. */
  readonly leave: () => void;
}

const LEAVING = json(503, { status: 'leaving', message: 'The process is shutting down' });
const READY = json(200, { status: 'ready' });
const WITHOUT_REDIS = 'Redis does not answer: replicas do not hear of each other';

export function createReadiness(options: ReadinessOptions): Readiness {
  const { clock, ping, timeoutMs, freshMs, redis = null } = options;
  let isLeaving = false;
  let latest: { readonly at: number; readonly answer: Promise<HttpAnswer> } | undefined;
  const ask = async (): Promise<HttpAnswer> => {
    using deadline = startDeadline(clock, timeoutMs, {
      reason: () =>
        new GatewayError('UPSTREAM_TIMEOUT', `The upstream did not answer within ${String(timeoutMs)} ms`),
    });
    try {
      await ping(deadline.signal);
      return READY;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return json(503, { status: 'not ready', code: error.code, message: error.message });
    }
  };
  const hasLeft = () => isLeaving;
  const answer = async (): Promise<HttpAnswer> => {
    if (hasLeft()) return LEAVING;
    if (!latest || clock.now() - latest.at >= freshMs) latest = { at: clock.now(), answer: ask() };
    const answered = await latest.answer;
    // What may be said of the upstream for a while changes for Redis, and for this process, at once.
    if (hasLeft()) return LEAVING;
    if (answered !== READY || !redis || redis.isAvailable()) return answered;
    return redis.isRequired
      ? json(503, { status: 'not ready', message: WITHOUT_REDIS })
      : json(200, { status: 'degraded', message: WITHOUT_REDIS });
  };
  return {
    route: answer,
    leave: () => {
      isLeaving = true;
    },
  };
}

function json(status: number, body: Readonly<Record<string, string>>): HttpAnswer {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' },
    body: JSON.stringify(body),
  };
}
