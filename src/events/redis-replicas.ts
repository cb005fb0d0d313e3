/** `createRedisReplicas`: leases, and what replicas tell each other, over channels that all of them listen to. */
import type { Clock } from '../clock.ts';
import type { Redis } from '../redis/redis.ts';
import { createAccountChannel } from './account-channel.ts';
import type { WatchKind, WatchRef } from './event.ts';
import type { LogCipher } from './log-cipher.ts';
import { createRedisLeases } from './redis-leases.ts';
import type { CoverRequest, LeaseChange, Replicas } from './replicas.ts';

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
  /** A lease has changed hands, as far as this replica is concerned. @default nobody hears of it */
  readonly onHandOver?: ((change: LeaseChange) => void) | undefined;
}

/** A kind that is missing here does not compile. */
const KINDS: Readonly<Record<WatchKind, true>> = {
  scenarioRun: true,
  benchmarkRun: true,
  benchmarkJob: true,
  devbox: true,
  benchmarkRuns: true,
  scenarioRuns: true,
  benchmarkJobs: true,
};

export function createRedisReplicas(options: RedisReplicasOptions): Replicas {
  const { redis, mutations } = options;
  const freedChannel = redis.key('freed');
  const leases = createRedisLeases({ ...options, freedChannel });
  const touches = createAccountChannel({ ...options, name: 'touched', isMessage: isRef });
  const covers = createAccountChannel({ ...options, name: 'covers', isMessage: isCoverRequest });
  const freed = redis.subscribe(freedChannel, (name) => {
    leases.freed(name);
  });
  freed.catch(() => undefined);

  return {
    isShared: true,
    lease: (topic, onChange) => leases.join(topic, onChange),
    get leases() {
      return leases.counts;
    },
    touch: async (accountId, { kind, id }) => {
      // Who does not hear of it polls as the schedule says.
      await Promise.all([mutations.advance(accountId), touches.send(accountId, { kind, id })]);
    },
    catchUp: (accountId) => mutations.catchUp(accountId),
    onMoved: (listener) => {
      mutations.onMoved(listener);
    },
    onTouch: (accountId, listener) => touches.listen(accountId, listener),
    askForCover: (accountId, request) => void covers.send(accountId, request),
    onCoverAsked: (accountId, listener) => covers.listen(accountId, listener),
    giveWay: () => {
      leases.giveWay();
    },
    async [Symbol.asyncDispose]() {
      await leases[Symbol.asyncDispose]();
      await touches[Symbol.asyncDispose]();
      await covers[Symbol.asyncDispose]();
    },
  };
}

function isRef(value: unknown): value is WatchRef {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, id } = value as Readonly<Record<string, unknown>>;
  return typeof id === 'string' && typeof kind === 'string' && Object.hasOwn(KINDS, kind);
}

function isCoverRequest(value: unknown): value is CoverRequest {
  if (typeof value !== 'object' || value === null) return false;
  const { parent, child } = value as Readonly<Record<string, unknown>>;
  return isRef(parent) && isRef(child);
}
