/** `createRedisReplicas`: leases, and what replicas tell each other, over two channels that all of them listen to. */
import type { Clock } from '../clock.ts';
import type { Redis, RedisSubscription } from '../redis/redis.ts';
import type { WatchKind, WatchRef } from './event.ts';
import type { LogCipher } from './log-cipher.ts';
import { createRedisLeases } from './redis-leases.ts';
import type { Replicas } from './replicas.ts';

export interface RedisReplicasOptions {
  readonly redis: Redis;
  readonly cipher: LogCipher;
  readonly clock: Clock;
  readonly random: () => number;
  /** The name of this replica, never given twice. */
  readonly replica: string;
  /** Who has done something to an account is known by this as soon as `advance` resolves, before it is heard of. */
  readonly mutations: Pick<Replicas, 'catchUp' | 'onMoved'> & {
    readonly advance: (accountId: string) => Promise<void>;
  };
}

/** What a replica tells the others when something was done to a thing. */
interface Touch extends WatchRef {
  readonly accountId: string;
  readonly by: string;
}

/** Where a touch stands, for the cipher. */
const PLACE = 'touch';

/** A kind that is missing here does not compile. */
const KINDS: Readonly<Record<WatchKind, true>> = {
  scenarioRun: true,
  benchmarkRun: true,
  benchmarkJob: true,
  devbox: true,
};

export function createRedisReplicas(options: RedisReplicasOptions): Replicas {
  const { redis, cipher, replica, mutations } = options;
  const channels = { freed: redis.key('freed'), touched: redis.key('touched') };
  const listeners = new Map<string, Set<(ref: WatchRef) => void>>();
  const leases = createRedisLeases({ ...options, freedChannel: channels.freed });
  const subscriptions = [
    redis.subscribe(channels.freed, (name) => {
      leases.freed(name);
    }),
    redis.subscribe(channels.touched, (message) => {
      const touch = cipher.open(PLACE, message);
      if (!isTouch(touch) || touch.by === replica) return;
      for (const listener of listeners.get(touch.accountId) ?? [])
        listener({ kind: touch.kind, id: touch.id });
    }),
  ];

  return {
    lease: (topic, onChange) => leases.join(topic, onChange),
    async touch(accountId, { kind, id }) {
      const message = cipher.close(PLACE, { accountId, kind, id, by: replica } satisfies Touch);
      await Promise.all([
        mutations.advance(accountId),
        // Who does not hear of it polls as the schedule says.
        redis.send(['PUBLISH', channels.touched, message], { timeoutMs: TOUCH_TIMEOUT_MS }).catch(() => null),
      ]);
    },
    catchUp: (accountId) => mutations.catchUp(accountId),
    onMoved: (listener) => {
      mutations.onMoved(listener);
    },
    giveWay: () => {
      leases.giveWay();
    },
    onTouch(accountId, listener) {
      const ofAccount = listeners.get(accountId) ?? new Set();
      listeners.set(accountId, ofAccount.add(listener));
      return {
        [Symbol.dispose]: () => {
          ofAccount.delete(listener);
          if (ofAccount.size === 0 && listeners.get(accountId) === ofAccount) listeners.delete(accountId);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await leases[Symbol.asyncDispose]();
      listeners.clear();
      for (const subscription of subscriptions) await endOf(subscription);
    },
  };
}

/** The longest that the answer to a mutation waits until the others are told. */
const TOUCH_TIMEOUT_MS = 250;

async function endOf(subscription: Promise<RedisSubscription>): Promise<void> {
  // One that Redis has not acknowledged yet ends with the connection.
  const subscribed = await Promise.race([subscription.catch(() => null), Promise.resolve(null)]);
  subscribed?.unsubscribe();
}

function isTouch(value: unknown): value is Touch {
  if (typeof value !== 'object' || value === null) return false;
  const { accountId, kind, id, by } = value as Readonly<Record<string, unknown>>;
  return (
    [accountId, id, by].every((text) => typeof text === 'string') &&
    typeof kind === 'string' &&
    Object.hasOwn(KINDS, kind)
  );
}
