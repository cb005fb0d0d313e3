/** `createRedisPace`: the `SharedPace` of replicas that meet in Redis: permits to start a call are taken there, some at a time. */
import type { Clock } from '../../clock.ts';
import type { Redis } from '../../redis/redis.ts';
import { RedisLimit } from './redis-limit.ts';
import type { PacedCalls, PaceMember, SharedPace } from './shared-pace.ts';

export interface RedisPaceOptions {
  readonly redis: Redis;
  readonly clock: Clock;
  /** The name in Redis in the place of the id of an account. */
  readonly hide: (accountId: string) => string;
  /** The name of this replica, never given twice. */
  readonly replica: string;
}

/** Calls that were under way at the time of a refusal are answered by then, and count as well. In milliseconds. */
const COUNT_AGAIN_MS = [250, 1_000] as const;
/** Accounts that are known to be limited. */
const MAX_LIMITED = 10_000;

export function createRedisPace(options: RedisPaceOptions): SharedPace & Disposable {
  const { redis, clock, hide } = options;
  const channel = redis.key('paces');
  const limitedKey = redis.key('paces:limited');
  /** By the names of accounts. */
  const limits = new Map<string, RedisLimit>();
  const members = new Map<string, Set<PacedCalls>>();

  const wake = (name: string) => {
    for (const calls of [...(members.get(name) ?? [])]) calls.wake();
  };
  const limitOf = (name: string): RedisLimit | null => {
    const known = limits.get(name);
    if (known || limits.size >= MAX_LIMITED) return known ?? null;
    const limit = new RedisLimit(
      { ...options, name, channel, keys: [redis.key(`paces:${name}`), limitedKey] },
      (isOver) => {
        if (isOver) limits.delete(name);
        wake(name);
      },
    );
    limits.set(name, limit);
    return limit;
  };
  /** Tells what was let through here, as far as it was not told by a refusal. */
  const count = (name: string) => {
    const letThrough = [...(members.get(name) ?? [])].reduce((sum, calls) => sum + calls.letThrough(), 0);
    if (letThrough > 0) void limits.get(name)?.report({ ageMs: -1, letThrough, retryAfterMs: 0 });
  };

  async function load(): Promise<void> {
    const names = await redis.send(['ZRANGE', limitedKey, 0, MAX_LIMITED]).catch(() => null);
    for (const name of Array.isArray(names) ? names : []) if (typeof name === 'string') limitOf(name);
  }

  const subscription = redis.subscribe(channel, (message) => {
    const [, kind, name = '', ms] = /^(limited|passed) ([\w-]{1,64}) (\d{1,15})$/.exec(message) ?? [];
    const limit = kind === 'limited' ? limitOf(name) : limits.get(name);
    if (!limit) return;
    if (kind === 'limited') {
      limit.begin(Number(ms));
      count(name);
      for (const ms of COUNT_AGAIN_MS)
        clock.after(ms, () => {
          count(name);
        });
    } else limit.goOn();
    wake(name);
  });
  // Who does not hear of limits is refused once for each, and learns them so.
  subscription.catch(() => undefined);
  const stopListening = redis.onReconnect(() => void load());
  void load();

  return {
    join(accountId, calls): PaceMember {
      const name = hide(accountId);
      const ofAccount = members.get(name) ?? new Set();
      members.set(name, ofAccount.add(calls));
      return {
        get limit() {
          const limit = redis.isReady ? limits.get(name) : undefined;
          return limit?.isUsable === true ? limit : null;
        },
        refused({ ageMs, retryAfterMs }) {
          const limit = limitOf(name);
          if (!limit) return;
          limit.begin(retryAfterMs);
          void limit.report({ ageMs, letThrough: calls.letThrough(), retryAfterMs });
        },
        [Symbol.dispose]: () => {
          ofAccount.delete(calls);
          if (ofAccount.size === 0 && members.get(name) === ofAccount) members.delete(name);
        },
      };
    },
    [Symbol.dispose]() {
      stopListening();
      limits.clear();
      members.clear();
    },
  };
}
