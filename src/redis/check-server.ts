/** `checkServer`: whether a Redis is one that replicas can share, which its answers show. */
import type { Connection } from './connection.ts';
import { type RedisCommand, RedisRefusal, RedisUnavailable, UnusableRedis } from './redis.ts';

export interface ServerFacts {
  /** What works for now, and should be otherwise. */
  readonly warnings: readonly string[];
  /** See `Redis.history`. Empty where the server does not say. */
  readonly history: string;
}

const OLDEST_VERSION = 7;

/**
 * Rejects with an `UnusableRedis` when it is too old, a node of a cluster, or does not let its user run every command that is
 * needed, and with a `RedisUnavailable` when it is a replica that will be asked again.
 */
export async function checkServer(connection: Connection, keyPrefix: string): Promise<ServerFacts> {
  const info = await connection.send(['INFO']).catch((error: unknown) => {
    if (error instanceof RedisRefusal && error.code === 'NOPERM')
      throw new UnusableRedis([forbidden('INFO')]);
    throw error;
  });
  const facts = readInfo(typeof info === 'string' ? info : '');
  if (facts.get('role') === 'slave') throw aReplica();
  const problems = [...problemsOf(facts), ...(await forbiddenCommands(connection, keyPrefix))];
  if (problems.length > 0) throw new UnusableRedis(problems);
  return { warnings: [...warningsOf(facts)], history: historyOf(facts) };
}

/** Rejects when the server is no primary any more, or goes on with another history: what is known of it holds no longer. */
export async function checkHistory(connection: Connection, history: string): Promise<void> {
  const facts = readInfo(String(await connection.send(['INFO', 'replication'])));
  if (facts.get('role') === 'slave') throw aReplica();
  if (historyOf(facts) !== history)
    throw new RedisUnavailable('Redis is away: it goes on with another history', { wasSent: false });
}

function aReplica(): RedisUnavailable {
  return new RedisUnavailable('Redis is away: this one is a replica of another', { wasSent: false });
}

function historyOf(facts: ReadonlyMap<string, string>): string {
  return /^[0-9a-f]{40}$/.exec(facts.get('master_replid') ?? '')?.[0] ?? '';
}

/** The lines of `INFO`, such as `redis_version:7.2.4`. */
function readInfo(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\r\n').flatMap((line) => {
      const end = line.indexOf(':');
      return end === -1 ? [] : [[line.slice(0, end), line.slice(end + 1)] as const];
    }),
  );
}

function* problemsOf(facts: ReadonlyMap<string, string>): Iterable<string> {
  const version = facts.get('redis_version') ?? '';
  const [, major = ''] = /^(\d{1,4})\.[\d.]{1,20}$/.exec(version) ?? [];
  if (Number(major) < OLDEST_VERSION)
    yield major === ''
      ? 'a Redis that does not say its version, expected 7 or later'
      : `a Redis ${version}, expected 7 or later`;
  if (facts.get('redis_mode') === 'cluster' || facts.get('cluster_enabled') === '1')
    yield 'a node of a Redis Cluster, expected a Redis with a single primary';
}

function* warningsOf(facts: ReadonlyMap<string, string>): Iterable<string> {
  const policy = facts.get('maxmemory_policy') ?? 'noeviction';
  if (policy !== 'noeviction')
    yield `Redis evicts keys when its memory is full (maxmemory-policy ${JSON.stringify(policy.slice(0, 40))}), which makes subscribers start anew and budgets be spent twice: expected noeviction`;
}

/** Each command that is not permitted, as a problem. What the commands are answered with otherwise does not matter. */
async function forbiddenCommands(connection: Connection, keyPrefix: string): Promise<readonly string[]> {
  const outcomes = await Promise.all(
    usedCommands(`${keyPrefix}{check}`).map(async (command) => {
      try {
        await connection.send(command);
        return null;
      } catch (error) {
        if (!(error instanceof RedisRefusal)) throw error;
        return error.code === 'NOPERM' ? command[0] : null;
      }
    }),
  );
  const names = outcomes.filter((name) => name !== null);
  return names.length === 0 ? [] : [forbidden([...new Set(names)].join(', '), keyPrefix)];
}

function forbidden(names: string, keyPrefix?: string): string {
  const on =
    keyPrefix === undefined ? '' : ` on keys and channels that begin with ${JSON.stringify(keyPrefix)}`;
  return `a Redis whose user may not run ${names}${on}, expected one who may`;
}

/**
 * Every command that is sent to Redis by any part of the gateway, in a form that changes nothing: the key is that of a text,
 * which is gone after a second.
 */
function usedCommands(key: string): readonly RedisCommand[] {
  return [
    ['SET', key, '', 'PX', 1_000],
    ['PING'],
    ['GET', key],
    ['MGET', key],
    ['DEL', key],
    ['INCRBY', key, 1],
    ['PEXPIRE', key, 1_000],
    ['PTTL', key],
    ['HGET', key, 'a'],
    ['HGETALL', key],
    ['HLEN', key],
    ['HSET', key, 'a', ''],
    ['HDEL', key, 'a'],
    ['EVAL', 'return 1', 1, key],
    ['EVALSHA', '0'.repeat(40), 1, key],
    ['PUBLISH', key, ''],
    ['HGET', key, ''],
    ['HMGET', key, ''],
    ['HSET', key, '', ''],
    ['HLEN', key],
    ['HGETALL', key],
    ['XADD', key, 'NOMKSTREAM', '*', '', ''],
    ['XLEN', key],
    ['XRANGE', key, '-', '+', 'COUNT', 1],
    ['XTRIM', key, 'MINID', 0],
    ['ZADD', `${key}:sorted`, 0, ''],
    ['ZREM', `${key}:sorted`, ''],
    ['ZREMRANGEBYSCORE', `${key}:sorted`, 0, 0],
    ['ZRANGE', `${key}:sorted`, 0, 0],
    ['TIME'],
    ['PEXPIRE', key, 1_000],
  ];
}
