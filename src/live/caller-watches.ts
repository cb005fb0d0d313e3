/** `createCallerWatches`: how many of an account's watches each of its callers is the reason for, within a bound. */
import { GatewayError } from '../errors.ts';

export interface CallerWatches<W extends object> {
  /** Throws RATE_LIMITED when the caller may follow no other thing. `watch` is what is watched of it already. */
  check(caller: string, watch: W | undefined): void;
  /** The caller follows it once more; the answer takes that back, once. */
  join(caller: string, watch: W): () => void;
  /** It is watched no more. */
  gone(watch: W): void;
}

/** How long a refused caller is asked to wait. */
const RETRY_AFTER_MS = 1_000;

export function createCallerWatches<W extends object>({
  maxWatches,
}: {
  readonly maxWatches: number;
}): CallerWatches<W> {
  /** How often each caller follows each watch. One that has left and was the last stays its reason until it is gone. */
  const callersOf = new Map<W, Map<string, number>>();
  const watchesOf = new Map<string, number>();

  function add(caller: string, by: number): void {
    const watches = (watchesOf.get(caller) ?? 0) + by;
    if (watches > 0) watchesOf.set(caller, watches);
    else watchesOf.delete(caller);
  }

  function drop(callers: Map<string, number>, caller: string): void {
    if (callers.delete(caller)) add(caller, -1);
  }

  return {
    check(caller, watch) {
      if (watch && callersOf.get(watch)?.has(caller)) return;
      if ((watchesOf.get(caller) ?? 0) < maxWatches) return;
      throw new GatewayError(
        'RATE_LIMITED',
        `Expected at most ${String(maxWatches)} things followed by one caller at once (LIVE_MAX_WATCHERS_PER_CALLER), got one more: leave one first`,
        { retryAfterMs: RETRY_AFTER_MS },
      );
    },
    join(caller, watch) {
      const callers = callersOf.get(watch) ?? new Map<string, number>();
      callersOf.set(watch, callers);
      if (!callers.has(caller)) add(caller, 1);
      callers.set(caller, (callers.get(caller) ?? 0) + 1);
      // Who has left it is no reason any more, now that somebody else is.
      for (const [other, follows] of callers) if (follows === 0) drop(callers, other);
      let hasLeft = false;
      return () => {
        if (hasLeft || !callersOf.has(watch)) return;
        hasLeft = true;
        const follows = (callers.get(caller) ?? 1) - 1;
        callers.set(caller, follows);
        if (follows === 0 && callers.size > 1) drop(callers, caller);
      };
    },
    gone(watch) {
      const callers = callersOf.get(watch);
      callersOf.delete(watch);
      for (const caller of callers?.keys() ?? []) add(caller, -1);
    },
  };
}
