import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Clock, createSystemClock } from '../../src/clock.ts';
import { createLogCipher } from '../../src/events/log-cipher.ts';
import { createRedisEventLog } from '../../src/events/redis-event-log.ts';
import { createRedisReplicas } from '../../src/events/redis-replicas.ts';
import { type Replicas, withoutReplicas } from '../../src/events/replicas.ts';
import { openTestRedis, randomPrefix, type TestRedis } from '../support/redis.ts';

const TOPIC = { accountId: 'acc', ref: { kind: 'scenarioRun', id: 'scr_1' } } as const;
const LEASE_MS = 3_000;

interface Stage extends AsyncDisposable {
  readonly redis: TestRedis;
  readonly cipher: ReturnType<typeof createLogCipher>;
  /** One more replica, over a connection of its own. */
  replica(clock?: Clock): Promise<{ readonly replicas: Replicas; readonly redis: TestRedis }>;
}

async function createStage(): Promise<Stage> {
  const prefix = randomPrefix();
  const cipher = createLogCipher({ keys: [randomBytes(32)], nameKey: randomBytes(32) });
  const opened: AsyncDisposable[] = [];
  const connect = async () => {
    const redis = await openTestRedis({ prefix });
    opened.push(redis);
    await redis.firstAttempt;
    return redis;
  };
  return {
    redis: await connect(),
    cipher,
    async replica(clock = createSystemClock()) {
      const redis = await connect();
      const replicas = createRedisReplicas({
        redis,
        cipher,
        clock,
        random: Math.random,
        replica: randomUUID(),
        mutations: { ...withoutReplicas(), advance: () => Promise.resolve() },
      });
      opened.push(replicas);
      return { replicas, redis };
    },
    async [Symbol.asyncDispose]() {
      for (const one of opened.reverse()) await one[Symbol.asyncDispose]();
    },
  };
}

/** A clock that stops, as that of a process that is not run any more. */
function stoppable(): Clock & { stop: () => void } {
  const clock = createSystemClock();
  let isStopped = false;
  return {
    ...clock,
    after: (ms, wake) =>
      clock.after(ms, () => {
        if (!isStopped) wake();
      }),
    stop: () => {
      isStopped = true;
    },
  };
}

const ignore = () => undefined;

describe('the lease of a topic', () => {
  it('is held by one of all who join it, and by another as soon as that one leaves', async () => {
    await using stage = await createStage();
    const replicas = await Promise.all([stage.replica(), stage.replica(), stage.replica()]);
    const changes: number[] = [];
    const leases = replicas.map((one, index) => one.replicas.lease(TOPIC, () => changes.push(index)));
    const holders = () => leases.filter(({ isHeld }) => isHeld);
    await expect.poll(holders).toHaveLength(1);
    const [first] = holders();
    const token = first?.token ?? 0;
    expect(token).toBeGreaterThan(0);
    const leftAtMs = Date.now();
    first?.[Symbol.dispose]();
    expect(first?.isHeld).toBe(false);
    await expect.poll(holders, { timeout: 2 * LEASE_MS }).toHaveLength(1);
    expect(Date.now() - leftAtMs).toBeLessThan(LEASE_MS - 1_000);
    expect(holders()[0]?.token).toBe(token + 1);
    expect(changes).toHaveLength(2);
  });

  it('is held by its holder for as long as that lives, and is nobody’s soon after', async () => {
    await using stage = await createStage();
    const clock = stoppable();
    const [one, two] = [await stage.replica(clock), await stage.replica()];
    const held = one.replicas.lease(TOPIC, ignore);
    await expect.poll(() => held.isHeld).toBe(true);
    const waiting = two.replicas.lease(TOPIC, ignore);
    const untilMs = Date.now() + LEASE_MS + 1_000;
    while (Date.now() < untilMs) {
      expect([held.isHeld, waiting.isHeld]).toEqual([true, false]);
      await sleep(50);
    }
    clock.stop();
    const stoppedAtMs = Date.now();
    await expect.poll(() => waiting.isHeld, { timeout: 2 * LEASE_MS }).toBe(true);
    expect(Date.now() - stoppedAtMs).toBeLessThan(LEASE_MS + 1_000);
    expect(waiting.token).toBeGreaterThan(held.token);
  });

  it('ends so early that who looks four times a second, and a quarter late, has it within three seconds', async () => {
    await using stage = await createStage();
    const { replicas, redis } = await stage.replica();
    const lease = replicas.lease(TOPIC, ignore);
    await expect.poll(() => lease.isHeld).toBe(true);
    const key = redis.key(`lease:{${stage.cipher.nameOf(TOPIC)}}:l`);

    expect(await redis.send(['PTTL', key])).toBeLessThanOrEqual(LEASE_MS - 250 - 250);
  });

  it('goes on with its holder while Redis is away, and is taken by nobody else', async () => {
    await using stage = await createStage();
    const [one, two] = [await stage.replica(), await stage.replica()];
    const held = one.replicas.lease(TOPIC, ignore);
    await expect.poll(() => held.isHeld).toBe(true);
    const waiting = two.replicas.lease(TOPIC, ignore);
    for (const { redis } of [one, two]) await redis[Symbol.asyncDispose]();
    const untilMs = Date.now() + LEASE_MS + 500;
    while (Date.now() < untilMs) {
      expect([held.isHeld, waiting.isHeld]).toEqual([true, false]);
      await sleep(50);
    }
  });

  it('has a token that no append of an earlier holder can be newer than, also when Redis has forgotten it', async () => {
    await using stage = await createStage();
    const { redis, cipher } = stage;
    const log = createRedisEventLog({
      redis,
      cipher,
      clock: createSystemClock(),
      bounds: { maxEvents: 10, maxBytes: 1_000, maxAgeMs: 60_000 },
      newId: randomUUID,
    });
    const expected = await log.state(TOPIC);
    await log.append(TOPIC, { id: 'an append', expected, events: [], entities: [], token: 41 });
    const { replicas } = await stage.replica();
    const lease = replicas.lease(TOPIC, ignore);
    await expect.poll(() => lease.token).toBe(42);
    await log[Symbol.asyncDispose]();
  });
});

describe('what was done to a thing', () => {
  it('is told to the other replicas, and to listeners of that account only', async () => {
    await using stage = await createStage();
    const [one, two] = [await stage.replica(), await stage.replica()];
    const told: string[] = [];
    const listen = (replicas: Replicas, who: string, accountId: string) =>
      replicas.onTouch(accountId, ({ kind, id }) => told.push(`${who} ${kind} ${id}`));
    listen(one.replicas, 'one', 'acc');
    listen(two.replicas, 'two', 'acc');
    listen(two.replicas, 'another account', 'other');
    const leaving = listen(two.replicas, 'has left', 'acc');
    leaving[Symbol.dispose]();
    await expect
      .poll(async () => {
        await one.replicas.touch('acc', TOPIC.ref);
        return told.length;
      })
      .toBeGreaterThan(0);
    await stage.redis.send(['PUBLISH', stage.redis.key('touched'), 'nothing that a replica has made']);
    await one.replicas.touch('acc', { kind: 'devbox', id: 'dbx_1' });
    await expect.poll(() => told.at(-1)).toBe('two devbox dbx_1');
    expect(new Set(told)).toEqual(new Set(['two scenarioRun scr_1', 'two devbox dbx_1']));
  });
});
