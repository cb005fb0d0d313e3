/** `createRedisLeases`: who of the replicas polls each followed thing, agreed upon in Redis. */
import type { Clock } from '../clock.ts';
import { createScript, type Redis, type RedisReply } from '../redis/redis.ts';
import type { LogCipher } from './log-cipher.ts';
import { LOG_FORMAT } from './redis-log-scripts.ts';
import type { Lease, LeaseChange, LeaseCounts } from './replicas.ts';
import type { Topic } from './topic.ts';

export interface RedisLeases extends AsyncDisposable {
  join(topic: Topic, onChange: () => void): Lease;
  /** Another replica has given this one back. */
  freed(name: string): void;
  /** Gives all leases back, and from now on takes only those that no other replica wants. */
  giveWay(): void;
  readonly counts: LeaseCounts;
}

export interface RedisLeasesOptions {
  readonly redis: Redis;
  readonly cipher: LogCipher;
  readonly clock: Clock;
  readonly random: () => number;
  /** That of this replica, never given twice. */
  readonly replica: string;
  /** Where the others are told the name of a lease that can be taken. */
  readonly freedChannel: string;
  /** A lease has changed hands, as far as this replica is concerned. @default nobody hears of it */
  readonly onHandOver?: ((change: LeaseChange) => void) | undefined;
}

const RENEW_EVERY_MS = 1_000;
/** How often it is looked which leases are to be renewed or tried. */
const TICK_MS = 250;
/** Those who wait for a lease do not all try in the same instant. */
const JITTER_MS = 250;
/** A lease ends by itself so long after its holder has renewed it that another has it within three seconds. */
const LEASE_MS = 3_000 - TICK_MS - JITTER_MS;
/** So much later than all others a replica tries that is leaving. */
const GIVE_WAY_MS = 1_000;
/** The token of a topic outlives its leases and its log. */
const TOKEN_MS = 24 * 60 * 60_000; // 1 d

/**
 * Keys: the lease, its token, and how the log stands, whose appends no later holder may fall behind. Arguments: who asks, and
 * for how long, and whether it is taken from whoever has it. Answers whether it is theirs now, and the token; or for how long it is somebody else's.
 */
const TAKE = createScript(`
local value = redis.call('GET', KEYS[1])
if value then
  local holder, token = string.match(value, '^(%S+) (%d+)$')
  if holder == ARGV[1] then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    return { 1, tonumber(token) }
  end
  if ARGV[4] ~= '1' then return { 0, redis.call('PTTL', KEYS[1]) } end
end
local known = tonumber(redis.call('GET', KEYS[2]) or 0) or 0
local appended = tonumber(redis.call('HGET', KEYS[3], 'token') or 0) or 0
local token = string.format('%.0f', math.max(known, appended) + 1)
redis.call('SET', KEYS[2], token, 'PX', ARGV[3])
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. token, 'PX', ARGV[2])
return { 1, tonumber(token) }
`);

/** Arguments: who gives it back, and whom to tell its name. */
const GIVE_BACK = createScript(`
local value = redis.call('GET', KEYS[1])
if not value or string.match(value, '^(%S+) ') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', ARGV[2], ARGV[3])
return 1
`);

/** One topic's lease, as this replica takes part in it. */
interface Part {
  readonly name: string;
  readonly keys: readonly string[];
  readonly onChange: () => void;
  token: number;
  /** When what has renewed it last was sent. */
  renewedAtMs: number;
  dueAtMs: number;
  isAsking: boolean;
  /** What is being asked for is to be given back. */
  isGivenUp: boolean;
  /** It is to be taken from whoever has it. */
  isClaimed: boolean;
  isLeft: boolean;
}

export function createRedisLeases(options: RedisLeasesOptions): RedisLeases {
  const { redis, cipher, clock, random, replica, freedChannel, onHandOver } = options;
  const givingBack = new Set<Promise<unknown>>();
  const parts = new Map<string, Set<Part>>();
  let cancel: (() => void) | null = null;
  let isDisposed = false;
  let isLeaving = false;

  /** When a lease that is free is tried. */
  const tryAtMs = () => clock.now() + random() * JITTER_MS + (isLeaving ? GIVE_WAY_MS : 0);

  async function ask(part: Part): Promise<void> {
    part.isAsking = true;
    const sentAtMs = clock.now();
    part.dueAtMs = sentAtMs + RENEW_EVERY_MS;
    try {
      const call = { keys: part.keys, args: [replica, LEASE_MS, TOKEN_MS, part.isClaimed ? '1' : '0'] };
      part.isClaimed = false;
      take(part, await redis.run(TAKE, call), sentAtMs);
    } catch {
      // While Redis is away whoever polls goes on, and nobody else begins: what they read could not be recorded.
    } finally {
      part.isAsking = false;
      if (part.isClaimed && !part.isLeft) void ask(part);
      if (part.isLeft && !parts.has(part.name)) giveBack(part);
    }
  }

  function isCertain({ token, renewedAtMs }: Part): boolean {
    return token > 0 && clock.now() - renewedAtMs < LEASE_MS;
  }

  function take(part: Part, reply: RedisReply, sentAtMs: number): void {
    const [isOurs, number] = Array.isArray(reply) ? (reply as readonly RedisReply[]) : [];
    if (typeof number !== 'number') return;
    if (isOurs === 1 && part.isGivenUp) {
      part.isGivenUp = false;
      giveUp(part);
      return;
    }
    const token = isOurs === 1 ? number : 0;
    if (token === 0)
      part.dueAtMs = tryAtMs() + Math.max(0, sentAtMs + Math.min(number, LEASE_MS) - clock.now());
    if (part.isLeft) return;
    const wasCertain = isCertain(part);
    part.renewedAtMs = token === 0 ? -Infinity : sentAtMs;
    if (token === part.token && wasCertain === isCertain(part)) return;
    if (token !== part.token) {
      // Greater than the one that it had: it was lost and won again meanwhile.
      if (part.token > 0) onHandOver?.('lost');
      if (token > 0) onHandOver?.('won');
    }
    part.token = token;
    part.onChange();
  }

  /** Somebody else may have it. */
  function giveUp(part: Part): void {
    const wasHeld = part.token > 0;
    part.token = 0;
    part.dueAtMs = tryAtMs();
    giveBack(part);
    if (!wasHeld) return;
    onHandOver?.('given_back');
    part.onChange();
  }

  function giveBack({ name, keys }: Part): void {
    const giving = redis
      .run(GIVE_BACK, { keys: keys.slice(0, 1), args: [replica, freedChannel, name] })
      // It ends by itself.
      .catch(() => null)
      .finally(() => givingBack.delete(giving));
    givingBack.add(giving);
  }

  /** All that are asked for in one turn travel together. */
  function tick(): void {
    const now = clock.now();
    for (const ofTopic of parts.values())
      for (const part of ofTopic) if (!part.isAsking && part.dueAtMs <= now) void ask(part);
  }

  function arm(): void {
    if (cancel || isDisposed || parts.size === 0) return;
    cancel = clock.after(TICK_MS, () => {
      cancel = null;
      tick();
      arm();
    });
  }

  function leave(part: Part): void {
    if (part.isLeft) return;
    part.isLeft = true;
    const ofTopic = parts.get(part.name);
    ofTopic?.delete(part);
    if (ofTopic?.size === 0) parts.delete(part.name);
    const wasHeld = part.token > 0;
    part.token = 0;
    // Who follows it here again already has the same lease.
    if (parts.has(part.name)) return;
    if (wasHeld) onHandOver?.('given_back');
    if (!part.isAsking) giveBack(part);
  }

  return {
    join(topic, onChange) {
      const name = cipher.nameOf(topic);
      const keys = ['l', 't', 'm'].map((part) => redis.key(`${LOG_FORMAT}:{${name}}:${part}`));
      const part: Part = {
        name,
        keys,
        onChange,
        token: 0,
        renewedAtMs: -Infinity,
        dueAtMs: 0,
        isAsking: false,
        isGivenUp: false,
        isClaimed: false,
        isLeft: false,
      };
      const ofTopic = parts.get(name) ?? new Set();
      parts.set(name, ofTopic.add(part));
      void ask(part);
      arm();
      return {
        get isHeld() {
          return part.token > 0;
        },
        get isCertain() {
          return isCertain(part);
        },
        get token() {
          return part.token;
        },
        claim: () => {
          if (part.token > 0 || isLeaving) return;
          part.isClaimed = true;
          if (!part.isAsking) void ask(part);
        },
        [Symbol.dispose]: () => {
          leave(part);
        },
      };
    },
    get counts() {
      const all = [...parts.values()].flatMap((ofTopic) => [...ofTopic]);
      return { followed: all.length, held: all.filter(({ token }) => token > 0).length };
    },
    freed(name) {
      for (const part of parts.get(name) ?? []) part.dueAtMs = tryAtMs();
    },
    giveWay() {
      isLeaving = true;
      for (const ofTopic of parts.values()) {
        for (const part of ofTopic) {
          if (part.isAsking) part.isGivenUp = true;
          else if (part.token > 0) giveUp(part);
        }
      }
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      cancel?.();
      for (const ofTopic of [...parts.values()]) for (const part of [...ofTopic]) leave(part);
      await Promise.all(givingBack);
    },
  };
}
