/** `Budget`: how many upstream calls each caller may make within a minute, whatever process answers them. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { BoundedMap } from '../../memory/bounded-map.ts';
import type { Clock } from '../../clock.ts';
import { GatewayError } from '../../errors.ts';

export interface Budget {
  /** Takes calls that are about to be made. RATE_LIMITED, with when to come back, when fewer are left. */
  charge(callerId: string, calls: number): Promise<Charge>;
  /** Takes calls that were made already, be there enough left or not. */
  spend(callerId: string, calls: number): Promise<void>;
  /** How many calls are left now. */
  remaining(callerId: string): Promise<number>;
}

export interface Charge {
  /** How many calls are left. */
  readonly remaining: number;
  /** Gives back what was taken and not used, or takes what was used beyond it. Answers how many are left. */
  settle(used: number): Promise<number>;
}

export interface BudgetOptions {
  readonly clock: Clock;
  /** Calls of one caller within a minute. */
  readonly callsPerMinute: number;
  /** Callers with an account at once; beyond it the least recently seen is evicted, and starts anew. */
  readonly maxCallers: number;
}

const WINDOW_SEC = 60;

/** Counts in this process. Any other limiter of the library, on Redis say, counts in its place with the same methods. */
export function createMemoryBudget({ clock, callsPerMinute, maxCallers }: BudgetOptions): Budget {
  const limiter = new RateLimiterMemory({ points: callsPerMinute, duration: WINDOW_SEC });
  /** Callers with a budget. */
  const callers = new BoundedMap<true>({
    maxEntries: maxCallers,
    onEvict: (callerId) => void limiter.delete(callerId),
  });

  const see = (callerId: string) => {
    if (!callers.get(callerId)) callers.set(callerId, true);
  };

  const take = async (callerId: string, calls: number): Promise<RateLimiterRes> => {
    try {
      return await limiter.consume(callerId, calls);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      // What is not made is not paid for: else those who try too early would never get in.
      const { remainingPoints } = await limiter.reward(callerId, calls);
      throw new GatewayError(
        'RATE_LIMITED',
        `Expected an operation of at most ${String(remainingPoints)} upstream calls, got one of up to ${String(calls)}: a caller has ${String(callsPerMinute)} a minute (CALLER_CALLS_PER_MINUTE)`,
        { retryAfterMs: refusal.msBeforeNext },
      );
    }
  };

  return {
    async charge(callerId, calls) {
      see(callerId);
      const { remainingPoints, msBeforeNext } = await take(callerId, calls);
      const endsAt = clock.now() + msBeforeNext;
      return {
        remaining: remainingPoints,
        settle: async (used) => {
          // What was taken from a minute that is over is not given back to the next one.
          if (used <= calls && clock.now() >= endsAt)
            return (await limiter.get(callerId))?.remainingPoints ?? callsPerMinute;
          const settled =
            used <= calls
              ? await limiter.reward(callerId, calls - used)
              : await limiter.penalty(callerId, used - calls);
          return settled.remainingPoints;
        },
      };
    },
    async spend(callerId, calls) {
      see(callerId);
      await limiter.penalty(callerId, calls);
    },
    remaining: async (callerId) => (await limiter.get(callerId))?.remainingPoints ?? callsPerMinute,
  };
}
