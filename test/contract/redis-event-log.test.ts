import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSystemClock } from '../../src/clock.ts';
import type { EventBounds } from '../../src/events/event-window.ts';
import { withLocalReads } from '../../src/events/local-reads.ts';
import { createLogCipher } from '../../src/events/log-cipher.ts';
import { createRedisEventLog } from '../../src/events/redis-event-log.ts';
import { scenarioRun } from '../support/entities.ts';
import { openTestRedis, randomPrefix, type TestRedis } from '../support/redis.ts';
import { describeEventLog } from './event-log.suite.ts';

const prefix = randomPrefix();
const clock = createSystemClock();
const connections: TestRedis[] = [];

beforeAll(async () => {
  for (let count = 0; count < 2; count++) connections.push(await openTestRedis({ prefix }));
  for (const { firstAttempt } of connections) await firstAttempt;
});

afterAll(async () => {
  for (const connection of connections) await connection[Symbol.asyncDispose]();
});

function connection(index: number): TestRedis {
  const found = connections[index];
  if (!found) throw new Error('Opened before all tests');
  return found;
}

/** Of its own names: no log of one test is that of another. */
function newCipher() {
  return createLogCipher({ keys: [randomBytes(32)], nameKey: randomBytes(32) });
}

function logOn(redis: TestRedis, bounds: EventBounds, cipher = newCipher()) {
  return createRedisEventLog({ redis, cipher, clock, bounds, newId: randomUUID });
}

/** Each takes the log over the network, so there are fewer of them than in memory. */
const RANDOM_HISTORIES = 50;

describeEventLog(
  'the log on Redis',
  ({ bounds }) => {
    const cipher = newCipher();
    const logs = [0, 1].map((index) => logOn(connection(index), bounds, cipher));
    const [log, other] = logs;
    if (!log || !other) throw new Error('There are two');
    return Promise.resolve({
      log,
      other,
      // Only Redis says how much time has passed.
      advance: (ms) => sleep(ms),
      [Symbol.asyncDispose]: async () => {
        for (const one of logs) await one[Symbol.asyncDispose]();
      },
    });
  },
  { numRuns: RANDOM_HISTORIES },
);

const TOPIC = { accountId: 'CANARY-account', ref: { kind: 'scenarioRun', id: 'scr_CANARY' } } as const;
const BOUNDS = { maxEvents: 100, maxBytes: 1_000_000, maxAgeMs: 60_000 };
const RUN = scenarioRun({ id: 'scr_CANARY', name: 'CANARY-name', purpose: 'CANARY-purpose' });
const EVENT = { type: 'scenarioRun', atMs: 1, previousState: 'running', scenarioRun: RUN } as const;
const KNOWN = { entity: RUN, read: { sentAtMs: 1, receivedAtMs: 2 } };

async function keysOf(redis: TestRedis): Promise<readonly string[]> {
  const keys = await redis.send(['KEYS', `${prefix}*`]);
  return (keys as readonly string[]).filter((key) => key.includes('log2'));
}

async function appendOne(log: ReturnType<typeof logOn>) {
  const expected = await log.state(TOPIC);
  await log.append(TOPIC, { id: randomUUID(), expected, events: [EVENT], entities: [KNOWN] });
  return expected;
}

describe('the log on Redis', () => {
  it('stores nothing that can be read', async () => {
    const redis = connection(0);
    await using log = logOn(redis, BOUNDS);
    await appendOne(log);
    const dumps = await Promise.all(
      (await keysOf(redis)).map(async (key) => {
        const type = await redis.send(['TYPE', key]);
        if (type === 'hash') return [key, await redis.send(['HGETALL', key])];
        return [key, await redis.send(['XRANGE', key, '-', '+'])];
      }),
    );
    const held = JSON.stringify(dumps);
    expect(dumps.length).toBeGreaterThanOrEqual(3);
    expect(held).not.toMatch(/CANARY|scr_|scenarioRun/);
  });

  it('begins anew when some of it was lost, and takes nothing of the rest for the whole', async () => {
    const redis = connection(0);
    for (const lost of ['m', 's', 'e']) {
      const cipher = newCipher();
      await using log = logOn(redis, BOUNDS, cipher);
      const { epoch } = await appendOne(log);
      await redis.send(['DEL', redis.key(`log2:{${cipher.nameOf(TOPIC)}}:${lost}`)]);
      expect(await log.read(TOPIC, { epoch, sequence: 1 }, 10)).toBe('gap');
      const state = await log.state(TOPIC);
      expect(state).toMatchObject({ sequence: 0, revision: 0, entities: [] });
      expect(state.epoch).not.toBe(epoch);
      const late = { id: randomUUID(), expected: { epoch, revision: 1 }, events: [EVENT], entities: [] };
      expect(await log.append(TOPIC, late)).toMatchObject({ kind: 'conflict', state: { sequence: 0 } });
    }
  });

  it('rejects what others have stored, also entries that were copied from another topic', async () => {
    const redis = connection(0);
    const cipher = newCipher();
    await using log = logOn(redis, BOUNDS, cipher);
    const { epoch } = await appendOne(log);
    const other = { accountId: 'another', ref: TOPIC.ref };
    const nameOf = (topic: Parameters<typeof cipher.nameOf>[0], part: string) =>
      redis.key(`log2:{${cipher.nameOf(topic)}}:${part}`);
    for (const part of ['m', 's', 'e'])
      await redis.send(['COPY', nameOf(TOPIC, part), nameOf(other, part), 'REPLACE']);
    await expect(log.state(other)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await expect(log.read(other, { epoch, sequence: 0 }, 10)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    for (const value of ['', 'x', '-1', '9'.repeat(30), '{"a":1}']) {
      await redis.send(['HSET', nameOf(TOPIC, 'm'), 'revision', value, 'token', value]);
      const state = await log.state(TOPIC).catch((error: unknown) => error);
      if (state instanceof Error) expect(state).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    }
  });

  it('has a replica wake up by a look of its own when a wake was lost', async () => {
    const cipher = newCipher();
    const bounds = { ...BOUNDS, maxAgeMs: 300 };
    await using log = logOn(connection(0), bounds, cipher);
    const deaf = connection(1);
    await using other = logOn(
      { ...deaf, subscribe: () => Promise.resolve({ unsubscribe: () => undefined }) },
      bounds,
      cipher,
    );
    const woken: (number | undefined)[] = [];
    const waiting = await other.onAppend(TOPIC, (version) => woken.push(version?.revision));
    await appendOne(log);
    while (!woken.includes(1)) await sleep(5);
    waiting[Symbol.dispose]();
    expect(woken.at(-1)).toBe(1);
  });

  it('tells reads of other replicas by when they were heard of', async () => {
    const cipher = newCipher();
    const fast = { ...clock, now: () => clock.now() + 300_000 };
    const [one, two] = [
      withLocalReads(logOn(connection(0), BOUNDS, cipher), { name: 'one', clock }),
      withLocalReads(logOn(connection(1), BOUNDS, cipher), { name: 'two', clock: fast }),
    ];
    await appendOne(one);
    expect((await one.state(TOPIC)).entities).toEqual([KNOWN]);
    const [known] = (await two.state(TOPIC)).entities;
    expect(known?.read.sentAtMs).toBe(0);
    expect(known?.read.receivedAtMs).toBeGreaterThan(clock.now() + 200_000);
    expect(known?.entity).toEqual(RUN);
  });
});
