/** `createSharedKeyMemory`: which idempotency keys were sent before, by any replica. */
import { type Redis, RedisRefusal, RedisUnavailable } from '../redis/redis.ts';
import type { KeyMemory } from './key-memory.ts';

export interface SharedKeyMemoryOptions {
  readonly redis: Redis;
  /** A name for Redis in the place of one that says whose it is. */
  readonly hide: (name: string) => string;
  /** What this replica has sent itself: all that is known while Redis is away. */
  readonly own: KeyMemory;
}

/** How long a key is remembered, in milliseconds: a client that sends a mutation again does so within minutes. */
const EXPIRES_AFTER_MS = 24 * 60 * 60_000;

/** The longest that a mutation waits for Redis, in milliseconds. */
const TIMEOUT_MS = 250;

export function createSharedKeyMemory({ redis, hide, own }: SharedKeyMemoryOptions): KeyMemory {
  return {
    async meet(accountId, key) {
      const isKnownHere = await own.meet(accountId, key);
      if (isKnownHere) return true;
      const name = redis.key(`idempotency:${hide(`${accountId} ${key}`)}`);
      const command = ['SET', name, '1', 'NX', 'PX', EXPIRES_AFTER_MS] as const;
      try {
        // Null when there is one: then it stays as it is.
        return (await redis.send(command, { timeoutMs: TIMEOUT_MS })) === null;
      } catch (error) {
        if (error instanceof RedisUnavailable || error instanceof RedisRefusal) return false;
        throw error;
      }
    },
  };
}
