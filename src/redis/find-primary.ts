/** `createFindPrimary`: where the primary is: at its address, or where the first sentinel that answers says. */
import type { Clock } from '../clock.ts';
import { openConnection } from './connection.ts';
import { RedisRefusal, type RedisReply, RedisUnavailable, UnusableRedis } from './redis.ts';
import type { RedisAddress, RedisHost, RedisSettings } from './redis-settings.ts';

export interface FindPrimaryOptions extends Pick<RedisSettings, 'address' | 'commandTimeoutMs'> {
  readonly sentinels?: readonly RedisHost[] | null;
  readonly ca?: string | undefined;
  readonly clock: Clock;
}

/**
 * Rejects with an `UnusableRedis` when a sentinel knows no primary of the name, and with a `RedisUnavailable` when none answers.
 * A sentinel may yet name one that is no primary any more: who connects to it finds out, and asks again.
 */
export function createFindPrimary(options: FindPrimaryOptions): () => Promise<RedisAddress> {
  const { address, sentinels = null, ca, clock, commandTimeoutMs: timeoutMs } = options;
  if (sentinels === null) return () => Promise.resolve(address);

  async function ask(sentinel: RedisHost): Promise<RedisReply> {
    const connection = await openConnection({
      address: { ...address, ...sentinel, username: undefined, password: undefined, database: 0 },
      ...{ ca, clock, timeoutMs },
      onMessage: () => undefined,
      onClose: () => undefined,
    });
    try {
      return await connection.send(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', address.host]);
    } finally {
      connection.close('it has said where the primary is');
    }
  }

  return async () => {
    let latest: unknown;
    for (const sentinel of sentinels) {
      try {
        return { ...address, ...readHost(await ask(sentinel), address.host) };
      } catch (error) {
        if (!(error instanceof RedisUnavailable) && !(error instanceof RedisRefusal)) throw error;
        latest = error;
      }
    }
    throw new RedisUnavailable('Redis is away: no sentinel says where the primary is', {
      wasSent: false,
      cause: latest,
    });
  };
}

function readHost(reply: RedisReply, name: string): RedisHost {
  if (reply === null)
    throw new UnusableRedis([
      `at a primary ${JSON.stringify(name)} that the sentinels of REDIS_SENTINELS do not know, expected the name of one that they watch as its host`,
    ]);
  const [host, port] = typeof reply === 'object' ? reply : [];
  if (typeof host !== 'string' || host === '' || !/^\d{1,5}$/.test(String(port)))
    throw new RedisRefusal('ERR a sentinel has answered with no address');
  return { host, port: Number(port) };
}
