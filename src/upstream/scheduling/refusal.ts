/** `refusalOf`: why a call is refused that would have to wait for a slot. Decides only. */
import { GatewayError } from '../../errors.ts';
import type { Priority } from '../caller.ts';
import type { AdaptiveLimiter } from './adaptive-limiter.ts';

/** How long a poll may wait for a slot under a limit. The next one is due by then. */
const MAX_POLL_WAIT_MS = 1_000;
/** The least `retryAfterMs` of a refusal: by then a queue of quick calls is shorter. */
const RETRY_AFTER_MS = 1_000;

export interface RefusalQuestion {
  readonly priority: Priority;
  /** Until when it has to start, as Unix time in milliseconds. */
  readonly deadlineAt: number;
  /** How many calls of the account start before it. */
  readonly ahead: number;
  readonly nowMs: number;
  /** The largest `retryAfterMs` of a refusal. */
  readonly retryAfterMaxMs: number;
}

/** Where the upstream has slowed the account down polls give way, and so does what would start too late. */
export function refusalOf(
  pace: Pick<AdaptiveLimiter, 'ratePerSec' | 'readyAtMs' | 'pauseAt'>,
  { priority, deadlineAt, ahead, nowMs, retryAfterMaxMs }: RefusalQuestion,
): GatewayError | null {
  const pause = pace.pauseAt(nowMs);
  if (!pause && pace.ratePerSec === Infinity) return null;
  const waitMs = Math.max(0, pace.readyAtMs - nowMs) + (ahead * 1_000) / pace.ratePerSec;
  const isLate = priority === 'background' ? waitMs > MAX_POLL_WAIT_MS : nowMs + waitMs > deadlineAt;
  if (!isLate) return null;
  const retryAfterMs = Math.min(retryAfterMaxMs, Math.max(RETRY_AFTER_MS, waitMs));
  if (!pause)
    return new GatewayError('RATE_LIMITED', 'Runloop’s rate limit for this account is used up', {
      retryAfterMs,
    });
  return pause.reason === 'limited'
    ? new GatewayError('RATE_LIMITED', 'Runloop received too many requests, and asked to wait', {
        retryAfterMs,
      })
    : new GatewayError('UPSTREAM_UNAVAILABLE', 'Runloop is unavailable, and asked to wait', { retryAfterMs });
}

/** The queue itself is full. */
export function overflow(): GatewayError {
  return new GatewayError('RATE_LIMITED', 'Too many upstream calls of this account are waiting already', {
    retryAfterMs: RETRY_AFTER_MS,
  });
}
