/** `openShared`: the Redis that replicas share, where there is one, and how they learn of each other's changes. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Clock, createSystemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { ConfigError } from '../config/config-error.ts';
import type { Metrics } from '../observability/metrics/metrics.ts';
import type { Logger } from '../observability/logger.ts';
import { type Redis, RedisRefusal, RedisUnavailable, UnusableRedis } from '../redis/redis.ts';
import type { RedisSettings } from '../redis/redis-settings.ts';
import type { Secrets } from '../security/secrets.ts';
import { createSharedGenerations, type SharedGenerations } from '../upstream/cache/shared-generations.ts';
import { createRedisPace } from '../upstream/scheduling/redis-pace.ts';
import type { SharedPace } from '../upstream/scheduling/shared-pace.ts';
import { logRedis } from './logged.ts';
import { measureRedis, measureRedisObserver } from './measured-upstream.ts';

/** What replicas share. */
export interface Shared {
  readonly redis: Redis;
  /** Of whatever an account has in memory. */
  readonly generations: SharedGenerations;
  /** Of what mutations have made of an account: those that are in no log yet, too. */
  readonly mutations: SharedGenerations;
  readonly pace: SharedPace;
  /** The name of this replica, never given twice. */
  readonly replica: string;
  /** A name for Redis in the place of one that says whose it is. */
  readonly hide: Secrets['hide'];
}

/**
 * Null when one process serves alone. Puts what has to be disposed into `opened`. Rejects with a `ConfigError` when Redis answers and cannot be used, and when
 * it does not answer and has to.
 */
export async function openShared(
  given: {
    readonly config: Config;
    readonly clock: Clock;
    readonly log: Logger;
    readonly random: () => number;
    readonly secrets: Secrets;
    /** Null when nothing is measured. */
    readonly metrics: Metrics | null;
  },
  opened: AsyncDisposable[],
): Promise<Shared | null> {
  const { config, clock, secrets, metrics } = given;
  if (config.redis === null) {
    // Without one it is neither there nor away.
    metrics?.redisUp.remove();
    return null;
  }
  const redis = await openRedisOf(config.redis, given);
  opened.push(redis);
  const { hide } = secrets;
  const replica = randomUUID();
  const pace = createRedisPace({ redis, clock, hide, replica });
  opened.push(disposing(pace));
  const shared = { redis, clock, hide, newId: randomUUID };
  return {
    ...{ redis, hide, replica, pace },
    generations: createSharedGenerations(shared),
    mutations: createSharedGenerations({ ...shared, name: 'mutations' }),
  };
}

function disposing(part: Disposable): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: () => {
      part[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

async function openRedisOf(
  settings: RedisSettings,
  {
    log,
    random,
    metrics,
  }: { readonly log: Logger; readonly random: () => number; readonly metrics: Metrics | null },
): Promise<Redis> {
  // Read where it is used: it takes a while, and one process alone has no use for it.
  const { openRedis } = await import('../redis/open-redis.ts');
  // Redis is on the network: it keeps the time of the machine, whatever time the gateway is given.
  const clock = createSystemClock();
  const observer = logRedis(log);
  const opened = openRedis({
    settings,
    ca: settings.caFile === null ? undefined : await readCertificates(settings.caFile),
    clock,
    random,
    observer: metrics ? measureRedisObserver(metrics, observer) : observer,
  });
  const redis = metrics ? measureRedis(metrics, clock, opened) : opened;
  try {
    await redis.firstAttempt;
  } catch (error) {
    const problems = problemsOf(error, settings.isRequiredToStart);
    if (problems.length === 0) return redis;
    await redis[Symbol.asyncDispose]();
    throw new ConfigError(problems);
  }
  return redis;
}

async function readCertificates(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new ConfigError([
      `REDIS_CA_FILE is ${JSON.stringify(path)}, expected a file of certificates (PEM) that can be read`,
    ]);
  return text;
}

/** What of it stops the start. */
function problemsOf(error: unknown, isRequired: boolean): readonly string[] {
  if (error instanceof UnusableRedis) return error.problems.map((problem) => `REDIS_URL is ${problem}`);
  if (error instanceof RedisRefusal)
    return [`REDIS_URL is refused, expected a user and a password that Redis accepts (${error.code})`];
  if (error instanceof RedisUnavailable)
    return isRequired
      ? [
          `REDIS_URL does not answer, expected a Redis that does with REDIS_REQUIRED_TO_START=on (${error.message})`,
        ]
      : [];
  throw error;
}
