/** `/health` says that the process lives, `/ready` that the upstream answers it. */
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
}

export function createReadiness({ clock, ping, timeoutMs, freshMs }: ReadinessOptions): Route {
  let latest: { readonly at: number; readonly answer: Promise<HttpAnswer> } | undefined;
  const ask = async (): Promise<HttpAnswer> => {
    using deadline = startDeadline(clock, timeoutMs, {
      reason: () =>
        new GatewayError('UPSTREAM_TIMEOUT', `The upstream did not answer within ${String(timeoutMs)} ms`),
    });
    try {
      await ping(deadline.signal);
      return json(200, { status: 'ready' });
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return json(503, { status: 'not ready', code: error.code, message: error.message });
    }
  };
  return () => {
    if (!latest || clock.now() - latest.at >= freshMs) latest = { at: clock.now(), answer: ask() };
    return latest.answer;
  };
}

function json(status: number, body: Readonly<Record<string, string>>): HttpAnswer {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' },
    body: JSON.stringify(body),
  };
}
