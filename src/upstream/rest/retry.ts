/** `retryDelay`: whether, and after how long, a failed call may be tried again. Decides only; waits nowhere. */
import { parseHttpDate, parseInstant } from '../../values/instants.ts';
import type { TransportHeaders, TransportResult } from './transport-result.ts';

export interface RetryPolicy {
  /** How often one call is tried again. */
  readonly retries: number;
  /** Upper bound of the first random wait; it doubles with each retry. */
  readonly retryBaseMs: number;
  /** Upper bound of every random wait. */
  readonly retryMaxMs: number;
  /** Upper bound of what one answer of the upstream can make a call, and its account, wait. */
  readonly retryAfterMaxMs: number;
}

/** What the upstream itself says about trying again. */
export interface RetryHints {
  /** Overrides what the status would mean; null when the upstream does not say. */
  readonly shouldRetry: boolean | null;
  /** How long to wait at least; null when the upstream does not say. */
  readonly afterMs: number | null;
}

/** Of an upstream that says nothing. */
export const NO_HINTS: RetryHints = { shouldRetry: null, afterMs: null };

export interface RetryQuestion {
  readonly result: TransportResult;
  readonly hints: RetryHints;
  /** Which attempt has just failed, from 1. */
  readonly attempt: number;
  /** Until the caller's time is up. */
  readonly remainingMs: number;
  readonly policy: RetryPolicy;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** How long to wait before the next attempt, in milliseconds; null when there must be none. */
export function retryDelay({
  result,
  hints,
  attempt,
  remainingMs,
  policy,
  random,
}: RetryQuestion): number | null {
  if (attempt > policy.retries) return null;
  if (!(hints.shouldRetry ?? isTransient(result))) return null;
  const bound = Math.min(policy.retryMaxMs, policy.retryBaseMs * 2 ** (attempt - 1));
  // All who got the same Retry-After would come back in the same instant, hence the jitter on top of it.
  const delayMs = hints.afterMs === null ? random() * bound : hints.afterMs + random() * policy.retryBaseMs;
  return delayMs < remainingMs ? delayMs : null;
}

/** An answer that came too late is not: a call that took all the time it may take would take it again, from an upstream in trouble. */
function isTransient(result: TransportResult): boolean {
  if (result.kind === 'failure')
    return result.failure === 'connection' || result.failure === 'connect-timeout';
  return result.status === 408 || result.status === 429 || result.status >= 500;
}

/**
 * Reads `x-should-retry`, `retry-after-ms` and `retry-after` (seconds, or a date); nonsense counts as silence. One header
 * of one answer locks nobody out: a wait beyond `maxMs` is `maxMs`, after which it is tried again.
 */
export function readRetryHints(
  headers: TransportHeaders,
  { nowMs, maxMs }: { readonly nowMs: number; readonly maxMs: number },
): RetryHints {
  const shouldRetry = headers['x-should-retry'];
  const afterMs =
    readAmount(headers['retry-after-ms'], 1) ??
    readAmount(headers['retry-after'], 1_000) ??
    readDate(headers['retry-after'], nowMs);
  return {
    shouldRetry: shouldRetry === 'true' ? true : shouldRetry === 'false' ? false : null,
    afterMs: afterMs === null ? null : Math.min(afterMs, maxMs),
  };
}

function readAmount(value: string | string[] | undefined, unitMs: number): number | null {
  return typeof value === 'string' && /^\d{1,20}(\.\d{1,20})?$/.test(value) ? Number(value) * unitMs : null;
}

function readDate(value: string | string[] | undefined, nowMs: number): number | null {
  const at = typeof value === 'string' ? (parseHttpDate(value) ?? parseInstant(value)) : null;
  return at === null ? null : Math.max(0, at - nowMs);
}
