/** A replica of Redis that becomes the primary lacks the latest writes: everybody begins anew, and nobody misses anything. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  benchmarkRunEvents as told,
  changesIn as changes,
  followBenchmarkRun,
} from '../support/benchmark-stream.ts';
import { createFolder } from '../support/folder.ts';
import { createFleet } from '../support/fleet.ts';
import { openTestRedis, type RedisServer, sendTo, startRedisServer } from '../support/redis.ts';
import { FAST_POLLS } from '../support/subscriptions.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

const hostOf = ({ port }: RedisServer) => `127.0.0.1:${String(port)}`;

/** A primary, its replica, and one address that leads to whichever is the primary. */
async function startPair() {
  const folder = await createFolder();
  const primary = await startRedisServer(['--dir', folder.path]);
  const replica = await startRedisServer([
    '--dir',
    folder.path,
    '--replicaof',
    '127.0.0.1',
    String(primary.port),
  ]);
  await expect
    .poll(async () => String(await sendTo(replica.url, ['INFO', 'replication'])), { timeout: 10_000 })
    .toContain('master_link_status:up');
  const proxy = await startTcpProxy({ targets: [hostOf(primary)] });
  return {
    url: `redis://${proxy.host}`,
    /** From now on the replica gets no write any more. */
    detach: () => sendTo(replica.url, ['REPLICAOF', 'NO', 'ONE']),
    async failOver() {
      proxy.targets = [hostOf(replica)];
      await primary.kill();
    },
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await replica[Symbol.asyncDispose]();
      await primary[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe('a failover that loses writes', { timeout: 60_000 }, () => {
  it('is a SNAPSHOT for whoever follows and for whoever resumes, and no event is missed after it', async () => {
    await using pair = await startPair();
    await using fleet = await createFleet({
      env: { ...FAST_POLLS, REDIS_URL: pair.url, REDIS_COMMAND_TIMEOUT_MS: '1000' },
    });
    const run = fleet.world.insert.benchmarkRun();
    const rows = Array.from({ length: 8 }, () =>
      fleet.world.insert.scenarioRun({ benchmark_run_id: run.id }),
    );
    const [one, two] = [await fleet.start(), await fleet.start()];
    using here = await followBenchmarkRun(one.url, { id: run.id });
    await here.received(1);
    using there = await followBenchmarkRun(two.url, { id: run.id });
    await there.received(1);
    const move = async (index: number) => {
      fleet.world.scenarioRuns.update(rows[index]?.id ?? '', { state: 'scoring' });
      const last = `${rows[index]?.id ?? ''} SCORING`;
      for (const stream of [here, there])
        await expect.poll(() => changes(stream).at(-1), { timeout: 10_000 }).toBe(last);
    };
    for (const index of [0, 1]) await move(index);
    await pair.detach();
    // What is told now is on the old primary alone.
    for (const index of [2, 3]) await move(index);
    const lost = told(here).at(-1)?.cursor ?? '';
    await pair.failOver();
    for (const stream of [here, there])
      await expect
        .poll(
          () =>
            told(stream)
              .map(({ kind }) => kind)
              .filter((kind) => kind === 'SNAPSHOT'),
          { timeout: 20_000 },
        )
        .toHaveLength(2);
    for (const index of [4, 5]) await move(index);

    for (const stream of [here, there]) {
      expect(changes(stream)).toEqual([0, 1, 2, 3, 4, 5].map((index) => `${rows[index]?.id ?? ''} SCORING`));
      expect(told(stream).every(({ skipped }) => skipped === 0)).toBe(true);
      const [first, ...later] = told(stream).map(({ kind }) => kind);
      expect([first, ...later.filter((kind) => kind === 'SNAPSHOT')]).toEqual(['SNAPSHOT', 'SNAPSHOT']);
    }
    // The positions that were lost stand for nothing, though the log has grown beyond them.
    for (const index of [6, 7]) await move(index);
    using resumed = await followBenchmarkRun(two.url, { id: run.id, after: lost });
    await resumed.received(1);
    expect(told(resumed)[0]?.kind).toBe('SNAPSHOT');
    expect(told(here).at(-1)?.cursor).toBe(told(there).at(-1)?.cursor);
  });
});

describe('a log that has lost its end', { timeout: 60_000 }, () => {
  it('though Redis does not say so, is begun anew', async () => {
    const prefix = `test-${randomUUID()}:`;
    await using redis = await openTestRedis({ prefix });
    await redis.firstAttempt;
    await using fleet = await createFleet({ env: { ...FAST_POLLS, REDIS_KEY_PREFIX: prefix } });
    const run = fleet.world.insert.benchmarkRun();
    const rows = Array.from({ length: 4 }, () =>
      fleet.world.insert.scenarioRun({ benchmark_run_id: run.id }),
    );
    const { url } = await fleet.start();
    using stream = await followBenchmarkRun(url, { id: run.id });
    await stream.received(1);
    const move = (index: number) => {
      fleet.world.scenarioRuns.update(rows[index]?.id ?? '', { state: 'scoring' });
    };
    move(0);
    await expect.poll(() => changes(stream)).toHaveLength(1);
    const parts = (await redis.send(['KEYS', redis.key('log*:[mse]')])) as readonly string[];
    expect(parts).toHaveLength(3);
    const before = await Promise.all(parts.map((key) => dump(key)));
    move(1);
    await expect.poll(() => changes(stream)).toHaveLength(2);
    for (const [index, key] of parts.entries()) await restore(key, before[index] ?? '');
    move(2);

    const snapshots = () => told(stream).filter(({ kind }) => kind === 'SNAPSHOT').length;
    await expect.poll(snapshots, { timeout: 15_000 }).toBe(2);
    move(3);
    await expect.poll(() => changes(stream).at(-1)).toBe(`${rows[3]?.id ?? ''} SCORING`);
    expect(snapshots()).toBe(2);
    expect(new Set(changes(stream)).size).toBe(changes(stream).length);

    async function dump(key: string): Promise<string> {
      const copy = `${key}:copy`;
      await redis.send(['COPY', key, copy]);
      return copy;
    }
    async function restore(key: string, copy: string): Promise<void> {
      await redis.send(['RENAME', copy, key]);
    }
  });
});
