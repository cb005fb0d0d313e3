/** `createMetricsRoute`: what Prometheus reads, for whoever brings the token, or for everybody where there is none. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { errorAnswer } from './error-answer.ts';
import type { Route } from './route.ts';

export const METRICS_PATH = '/metrics';

export interface MetricsRouteOptions {
  readonly metrics: { readonly contentType: string; readonly text: () => Promise<string> };
  /** What `Authorization: Bearer` has to hold; null lets everybody read. */
  readonly token: string | null;
}

export function createMetricsRoute({ metrics, token }: MetricsRouteOptions): Route {
  const expected = token === null ? null : digestOf(`Bearer ${token}`);
  return async ({ headers }) => {
    // Equal digests instead of equal texts: how long the comparison takes says nothing about the token.
    if (expected && !timingSafeEqual(digestOf(headers.authorization ?? ''), expected)) return UNAUTHENTICATED;
    return {
      status: 200,
      headers: { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' },
      body: await metrics.text(),
    };
  };
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

const refused = errorAnswer(
  'UNAUTHENTICATED',
  'Expected Authorization: Bearer with the token of METRICS_TOKEN',
);
const UNAUTHENTICATED = { ...refused, headers: { ...refused.headers, 'WWW-Authenticate': 'Bearer' } };
