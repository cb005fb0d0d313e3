/** `createSharedGenerations`: tells each replica when another one has changed an account, before it answers from memory. */
import type { Clock } from '../../clock.ts';
import { BoundedMap } from '../../memory/bounded-map.ts';
import { type Redis, RedisRefusal, RedisUnavailable } from '../../redis/redis.ts';

/**
 * The generation of an account is a name in Redis that each change replaces by another one. What a replica has in memory is
 * current as of a request when the generation, read after the request has come, is the one that it knows.
 */
export interface SharedGenerations {
  /**
   * Resolves when nothing is in memory any more that was read before what other replicas had changed when this was called.
   * Undefined while Redis is away, and nobody can tell.
   */
  catchUp(accountId: string): Promise<void> | undefined;
  /**
   * This replica has changed the account, or is about to tell somebody a change of it. Resolves when no other replica
   * answers from before, or after `ADVANCE_TIMEOUT_MS`. What is sent to Redis after the call is seen by nobody before it.
   */
  advance(accountId: string): Promise<void>;
  /** Calls `listener` when what is in memory of an account may be older than what another replica has shown. */
  onMoved(listener: (accountId: string) => void): void;
  /** This replica has heard of a change by another one before it has looked: what is in memory may be older. */
  moved(accountId: string): void;
}

export interface SharedGenerationsOptions {
  readonly redis: Redis;
  readonly clock: Clock;
  /** The name in Redis in the place of the id of an account. */
  readonly hide: (accountId: string) => string;
  /** Never the same twice, on any replica. */
  readonly newId: () => string;
  /** What is counted, in the names of keys. @default 'generations' */
  readonly name?: string;
}

/** How long a change is waited for, in milliseconds: while Redis is away nobody waits for it. */
const ADVANCE_TIMEOUT_MS = 250;

/** Longer than anything is cached that may change, in milliseconds: a generation that is gone is like another one. */
const EXPIRES_AFTER_MS = 24 * 60 * 60_000;

/** Accounts whose generation is known. Of one that is not, nothing in memory is trusted. */
const MAX_ACCOUNTS = 100_000;

/** What is known of an account that nobody has changed lately. */
const NONE = '';

/** Requests of one turn of the event loop read the generations of their accounts together. */
interface Batch {
  readonly accountIds: Set<string>;
  readonly done: Promise<void>;
}

export function createSharedGenerations(options: SharedGenerationsOptions): SharedGenerations {
  const { redis, clock, hide, newId, name = 'generations' } = options;
  const known = new BoundedMap<string>({ maxEntries: MAX_ACCOUNTS });
  const listeners: ((accountId: string) => void)[] = [];
  let collecting: Batch | null = null;
  const keyOf = (accountId: string) => redis.key(`${name}:${hide(accountId)}`);

  // What others have changed meanwhile is not known: whatever they know it by may be gone.
  redis.onReconnect(() => {
    known.clear();
  });

  const moved = (accountId: string) => {
    for (const listener of listeners) listener(accountId);
  };

  const compare = (accountId: string, found: unknown) => {
    const generation = found === null ? NONE : typeof found === 'string' ? found : undefined;
    if (generation !== undefined && known.get(accountId) === generation) return;
    if (generation === undefined) known.delete(accountId);
    else known.set(accountId, generation);
    moved(accountId);
  };

  const read = async (accountIds: readonly string[]): Promise<void> => {
    let found: readonly unknown[] | null;
    try {
      const reply = await redis.send(['MGET', ...accountIds.map(keyOf)]);
      found = Array.isArray(reply) ? reply : [];
    } catch (error) {
      if (!isAway(error)) throw error;
      // Queries are answered without Redis; when it is back, nothing is trusted.
      found = null;
    }
    if (found) for (const [index, accountId] of accountIds.entries()) compare(accountId, found[index]);
  };

  const begin = (): Batch => {
    const accountIds = new Set<string>();
    const done = new Promise<void>((resolve, reject) => {
      clock.nextTurn(() => {
        // Whoever comes from now on may have to see what has changed since: they read for themselves.
        collecting = null;
        read([...accountIds]).then(resolve, reject);
      });
    });
    return { accountIds, done };
  };

  return {
    catchUp(accountId) {
      if (!redis.isReady) return undefined;
      collecting ??= begin();
      collecting.accountIds.add(accountId);
      return collecting.done;
    },
    async advance(accountId) {
      const generation = newId();
      try {
        const command = ['SET', keyOf(accountId), generation, 'PX', EXPIRES_AFTER_MS, 'GET'] as const;
        const before = await redis.send(command, { timeoutMs: ADVANCE_TIMEOUT_MS });
        // Where another replica has changed it, too, what is in memory is older than that.
        if (known.get(accountId) === (before ?? NONE)) known.set(accountId, generation);
      } catch (error) {
        if (!isAway(error)) throw error;
      }
    },
    onMoved: (listener) => void listeners.push(listener),
    moved,
  };
}

function isAway(error: unknown): boolean {
  return error instanceof RedisUnavailable || error instanceof RedisRefusal;
}
