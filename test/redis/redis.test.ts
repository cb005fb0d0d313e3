/** Redis is reached over connections that come back by themselves; nothing is kept for later, and nothing is sent twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { createScript, RedisRefusal, RedisUnavailable } from '../../src/redis/redis.ts';
import { openTestRedis, randomPrefix, sendTo, startRedisServer } from '../support/redis.ts';

const outcomeOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

describe('a command', () => {
  it('is answered', async () => {
    await using redis = await openTestRedis();
    await redis.firstAttempt;
    const key = redis.key('a');

    expect(await redis.send(['SET', key, 'value', 'NX', 'PX', 10_000])).toBe('OK');
    expect(await redis.send(['SET', key, 'other', 'NX'])).toBeNull();
    expect(await redis.send(['GET', key])).toBe('value');
    expect(await redis.send(['DEL', key])).toBe(1);
  });

  it('that Redis refuses is told so, by the first word of the answer', async () => {
    await using redis = await openTestRedis();
    await redis.firstAttempt;
    const key = redis.key('text');
    await redis.send(['SET', key, 'text', 'PX', 10_000]);

    const [set, refused, got] = await redis.sendAll([
      ['SET', key, 'other', 'PX', 10_000],
      ['INCR', key],
      ['GET', key],
    ]);

    expect([set, got]).toEqual(['OK', 'other']);
    expect(refused).toBeInstanceOf(RedisRefusal);
    expect(await outcomeOf(redis.send(['HGETALL', key]))).toMatchObject({ code: 'WRONGTYPE' });
  });

  it('is refused at once while Redis is away, and not sent when it is back', async () => {
    await using server = await startRedisServer();
    await using redis = await openTestRedis({ url: server.url });
    await redis.firstAttempt;
    await server.kill();
    await vi.waitFor(() => {
      expect(redis.isReady).toBe(false);
    });

    expect(await outcomeOf(redis.send(['SET', redis.key('a'), '1']))).toMatchObject({
      name: 'RedisUnavailable',
      wasSent: false,
    });
    await server.start();
    await vi.waitFor(
      () => {
        expect(redis.isReady).toBe(true);
      },
      { timeout: 10_000 },
    );

    expect(await redis.send(['GET', redis.key('a')])).toBeNull();
  });

  it('waits no longer than it may for a Redis that has stopped, and happens once', async () => {
    await using server = await startRedisServer();
    await using redis = await openTestRedis({ url: server.url, commandTimeoutMs: 300 });
    await redis.firstAttempt;
    server.pause();

    const [first, second] = await Promise.all([
      outcomeOf(redis.send(['INCR', redis.key('count')])),
      outcomeOf(redis.send(['INCR', redis.key('count')])),
    ]);
    expect(first).toMatchObject({ name: 'RedisUnavailable', wasSent: true });
    expect(second).toBeInstanceOf(RedisUnavailable);
    expect(redis.isReady).toBe(false);
    expect(await outcomeOf(redis.send(['PING']))).toMatchObject({ wasSent: false });
    server.resume();
    await vi.waitFor(
      () => {
        expect(redis.isReady).toBe(true);
      },
      { timeout: 10_000 },
    );

    expect(await redis.send(['GET', redis.key('count')])).toBe('2');
  });

  it('may have a shorter limit, which leaves the connection as it is', async () => {
    await using server = await startRedisServer();
    await using redis = await openTestRedis({ url: server.url, commandTimeoutMs: 60_000 });
    await redis.firstAttempt;
    server.pause();

    expect(await outcomeOf(redis.send(['PING'], { timeoutMs: 20 }))).toMatchObject({
      name: 'RedisUnavailable',
      wasSent: true,
    });
    server.resume();

    expect(await redis.send(['PING'])).toBe('PONG');
    expect(redis.observed).toEqual(['connected']);
  });
});

describe('a script', () => {
  const script = createScript(`return redis.call('INCRBY', KEYS[1], ARGV[1])`);

  it('runs by its digest, also after Redis has forgotten it', async () => {
    await using server = await startRedisServer();
    await using redis = await openTestRedis({ url: server.url });
    await redis.firstAttempt;
    const run = () => redis.run(script, { keys: [redis.key('n')], args: [2] });

    expect(await run()).toBe(2);
    expect(await redis.send(['EVALSHA', script.digest, 1, redis.key('n'), 1])).toBe(3);
    await redis.send(['SCRIPT', 'FLUSH']);
    expect(await run()).toBe(5);
  });
});

describe('a channel', () => {
  it('delivers what is published once it is acknowledged, to each who listens', async () => {
    const prefix = randomPrefix();
    await using redis = await openTestRedis({ prefix });
    await using other = await openTestRedis({ prefix });
    await other.firstAttempt;
    const got: string[] = [];
    // Before the connection is there, too.
    const first = await redis.subscribe(redis.key('c'), (message) => got.push(`first ${message}`));
    const second = await redis.subscribe(redis.key('c'), (message) => got.push(`second ${message}`));

    await other.send(['PUBLISH', other.key('c'), 'one']);
    await vi.waitFor(() => {
      expect(got).toEqual(['first one', 'second one']);
    });
    first.unsubscribe();
    await other.send(['PUBLISH', other.key('c'), 'two']);
    await vi.waitFor(() => {
      expect(got).toEqual(['first one', 'second one', 'second two']);
    });
    second.unsubscribe();
    await vi.waitFor(async () => {
      expect(await other.send(['PUBSUB', 'NUMSUB', other.key('c')])).toEqual([other.key('c'), 0]);
    });
  });

  it('is not left when somebody listens again at once', async () => {
    await using redis = await openTestRedis();
    await redis.firstAttempt;
    const got: string[] = [];
    for (let times = 0; times < 20; times++) {
      const listening = await redis.subscribe(redis.key('c'), () => got.push('not any more'));
      listening.unsubscribe();
      if (times % 2 === 0) await sleep(0);
    }
    await redis.subscribe(redis.key('c'), (message) => got.push(message));

    await redis.send(['PUBLISH', redis.key('c'), 'hello']);
    await vi.waitFor(() => {
      expect(got).toEqual(['hello']);
    });
  });

  it('is subscribed to again after Redis was away, which is told then', async () => {
    await using server = await startRedisServer();
    await using redis = await openTestRedis({ url: server.url });
    await redis.firstAttempt;
    const got: string[] = [];
    const told: string[] = [];
    redis.onReconnect(() => told.push('back'));
    redis.onDisconnect(() => told.push('away'));
    await redis.subscribe(redis.key('c'), (message) => got.push(message));
    await server.kill();
    await vi.waitFor(() => {
      expect(told).toEqual(['away']);
    });
    const meanwhile = redis.subscribe(redis.key('d'), (message) => got.push(message));
    await server.start();
    await vi.waitFor(
      () => {
        expect(told).toEqual(['away', 'back']);
      },
      { timeout: 10_000 },
    );
    await meanwhile;

    await redis.send(['PUBLISH', redis.key('c'), 'one']);
    await redis.send(['PUBLISH', redis.key('d'), 'two']);
    await vi.waitFor(() => {
      expect(got).toEqual(['one', 'two']);
    });
  });

  it('is subscribed to again when only its own connection was lost', async () => {
    await using server = await startRedisServer();
    await using redis = await openTestRedis({ url: server.url });
    await redis.firstAttempt;
    const got: string[] = [];
    let reconnects = 0;
    redis.onReconnect(() => (reconnects += 1));
    await redis.subscribe(redis.key('c'), (message) => got.push(message));

    await redis.send(['CLIENT', 'KILL', 'TYPE', 'pubsub']);
    await vi.waitFor(
      () => {
        expect(reconnects).toBe(1);
      },
      { timeout: 10_000 },
    );
    expect(redis.isReady).toBe(true);
    await redis.send(['PUBLISH', redis.key('c'), 'hello']);
    await vi.waitFor(() => {
      expect(got).toEqual(['hello']);
    });
  });

  it('goes on delivering when somebody who listens throws', async () => {
    await using redis = await openTestRedis();
    await redis.firstAttempt;
    const got: string[] = [];
    await redis.subscribe(redis.key('c'), () => {
      throw new Error('on purpose');
    });
    await redis.subscribe(redis.key('c'), (message) => got.push(message));

    await redis.send(['PUBLISH', redis.key('c'), 'hello']);
    await vi.waitFor(() => {
      expect(got).toEqual(['hello']);
    });
    expect(redis.observed).toContain('defect Error: on purpose');
  });

  it('is not waited for after the end', async () => {
    await using server = await startRedisServer();
    const redis = await openTestRedis({ url: server.url });
    await redis.firstAttempt;
    await server.kill();
    await vi.waitFor(() => {
      expect(redis.isReady).toBe(false);
    });
    const listening = outcomeOf(redis.subscribe(redis.key('c'), () => undefined));
    await redis[Symbol.asyncDispose]();

    expect(await listening).toBeInstanceOf(RedisUnavailable);
    expect(await outcomeOf(redis.send(['PING']))).toBeInstanceOf(RedisUnavailable);
  });
});

describe('a Redis that is no primary any more', () => {
  it('is away until there is one', async () => {
    await using server = await startRedisServer();
    await using redis = await openTestRedis({ url: server.url });
    await redis.firstAttempt;
    await redis.send(['REPLICAOF', '127.0.0.1', '1']);

    expect(await outcomeOf(redis.send(['SET', redis.key('a'), '1']))).toMatchObject({
      name: 'RedisUnavailable',
      wasSent: false,
    });
    await vi.waitFor(() => {
      expect(redis.observed.at(-1)).toMatch(/replica of another/);
    });
    await sendTo(server.url, ['REPLICAOF', 'NO', 'ONE']);
    await vi.waitFor(
      () => {
        expect(redis.isReady).toBe(true);
      },
      { timeout: 10_000 },
    );

    expect(await redis.send(['SET', redis.key('a'), '1'])).toBe('OK');
  });
});
