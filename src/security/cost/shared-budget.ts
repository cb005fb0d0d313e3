/** `createSharedBudget`: counts the calls of each caller in Redis for all replicas, and in this process while Redis is away. */
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import { createScript, type Redis, type RedisReply } from '../../redis/redis.ts';
import { type Budget, type BudgetOptions, createBudget, WINDOW_SEC } from './budget.ts';

export interface SharedBudgetOptions extends BudgetOptions {
  readonly redis: Redis;
  /** The name in Redis in the place of the id of a caller. */
  readonly hide: (callerId: string) => string;
}

/**
 * Adds to a count, which begins with the first call and ends when its time is over. What is given back after that takes it
 * below nothing in no case. KEYS: the count. ARGV: what is added, the time in seconds.
 */
const ADD = createScript(`
redis.call('SET', KEYS[1], 0, 'EX', ARGV[2], 'NX')
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
if count < 0 then count = redis.call('INCRBY', KEYS[1], -count) end
return {count, redis.call('PTTL', KEYS[1])}
`);

export function createSharedBudget(options: SharedBudgetOptions): Budget {
  const { redis, hide, callsPerMinute } = options;
  const window = { points: callsPerMinute(), duration: WINDOW_SEC };
  const insuranceLimiter = new RateLimiterMemory(window);
  const limiter = new RateLimiterRedis({
    ...window,
    storeClient: createStore(redis),
    keyPrefix: 'budgets',
    rejectIfRedisNotReady: true,
    insuranceLimiter,
  });
  return createBudget(options, {
    limiter,
    setPoints: (points) => {
      limiter.points = points;
      insuranceLimiter.points = points;
    },
    keyOf: hide,
    // What all replicas have counted stays: only this process forgets.
    forget: (key) => void insuranceLimiter.delete(key),
  });
}

/** What `RateLimiterRedis` asks of its client, in the form of `ioredis`. */
function createStore(redis: Redis) {
  return {
    get isReady() {
      return redis.isReady;
    },
    rlflxIncr: async ([name, added, seconds]: readonly [name: string, added: string, seconds: string]) => {
      const call = { keys: [redis.key(name)], args: [added, seconds] };
      const reply = await redis.run(ADD, call);
      return Array.isArray(reply) ? reply.map(readCount) : [readCount(null)];
    },
    multi: () => {
      let key = '';
      const reading = {
        get: (name: string) => {
          key = redis.key(name);
          return reading;
        },
        pttl: () => reading,
        exec: async () => {
          const [count, leftMs] = await Promise.all([redis.send(['GET', key]), redis.send(['PTTL', key])]);
          return [
            [null, count === null ? null : readCount(count)],
            [null, readCount(leftMs)],
          ];
        },
      };
      return reading;
    },
  };
}

/** Throws when it is none: then the limiter in memory counts. */
function readCount(reply: RedisReply): number {
  const count = typeof reply === 'string' ? Number(reply) : reply;
  if (typeof count !== 'number' || !Number.isSafeInteger(count))
    throw new TypeError('Expected a count from Redis');
  return count;
}
