/** `Budget`: how many upstream calls each caller may make within a minute, whatever process answers them. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { BoundedMap } from '../../memory/bounded-map.ts';
import type { Clock } from '../../clock.ts';
import { GatewayError } from '../../errors.ts';

export interface Budget {
  /** How many calls each caller has within a minute. */
  readonly callsPerMinute: () => number;
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
  /** Calls of one caller within a minute. May change: what was taken before counts against the new number. */
  readonly callsPerMinute: () => number;
  /** Callers with an account at once; beyond it the least recently seen is evicted, and starts anew. */
  readonly maxCallers: number;
  /** Somebody was refused calls. @default nobody hears of it */
  readonly onRefused?: () => void;
}

export const WINDOW_SEC = 60;

/** Counts in this process. */
export function createMemoryBudget(options: BudgetOptions): Budget {
  const limiter = new RateLimiterMemory({ points: options.callsPerMinute(), duration: WINDOW_SEC });
  return createBudget(options, {
    limiter,
    setPoints: (points) => {
      limiter.points = points;
    },
    keyOf: (callerId) => callerId,
    forget: (key) => void limiter.delete(key),
  });
}

/** Counts by any limiter of the library. */
export function createBudget(
  { clock, callsPerMinute, maxCallers, onRefused }: BudgetOptions,
  {
    limiter,
    setPoints,
    keyOf,
    forget,
  }: {
    readonly limiter: Pick<RateLimiterMemory, 'consume' | 'reward' | 'penalty' | 'get'>;
    /** Has the limiter allow so many calls. */
    readonly setPoints: (points: number) => void;
    /** The name of a caller in the limiter. */
    readonly keyOf: (callerId: string) => string;
    /** The caller of this name was not seen for the longest: nothing of them is to be kept in this process. */
    readonly forget: (key: string) => void;
  },
): Budget {
  /** Callers with a budget. */
  const callers = new BoundedMap<true>({ maxEntries: maxCallers, onEvict: forget });
  let points = callsPerMinute();

  /** The limiter, with the number in force. */
  const limit = () => {
    const allowed = callsPerMinute();
    if (allowed !== points) setPoints(allowed);
    points = allowed;
    return limiter;
  };

  /** The name of a caller, who has been seen now. */
  const see = (callerId: string): string => {
    const key = keyOf(callerId);
    if (!callers.get(key)) callers.set(key, true);
    return key;
  };

  const take = async (key: string, calls: number): Promise<RateLimiterRes> => {
    try {
      return await limit().consume(key, calls);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      onRefused?.();
      // What is not made is not paid for: else those who try too early would never get in.
      const { remainingPoints } = await limiter.reward(key, calls);
      throw new GatewayError(
        'RATE_LIMITED',
        `Expected an operation of at most ${String(remainingPoints)} upstream calls, got one of up to ${String(calls)}: a caller has ${String(points)} a minute (CALLER_CALLS_PER_MINUTE)`,
        { retryAfterMs: refusal.msBeforeNext },
      );
    }
  };

  return {
    callsPerMinute,
    async charge(callerId, calls) {
      const key = see(callerId);
      const { remainingPoints, msBeforeNext } = await take(key, calls);
      const endsAt = clock.now() + msBeforeNext;
      return {
        remaining: remainingPoints,
        settle: async (used) => {
          // What was taken from a minute that is over is not given back to the next one.
          if (used <= calls && clock.now() >= endsAt)
            return (await limit().get(key))?.remainingPoints ?? points;
          const settled =
            used <= calls
              ? await limiter.reward(key, calls - used)
              : await limiter.penalty(key, used - calls);
          return settled.remainingPoints;
        },
      };
    },
    async spend(callerId, calls) {
      await limiter.penalty(see(callerId), calls);
    },
    remaining: async (callerId) => (await limit().get(keyOf(callerId)))?.remainingPoints ?? points,
  };
}
