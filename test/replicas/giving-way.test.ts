/** A replica that leaves lets others poll before its streams end, and goes on itself with what nobody else follows. */
import { describe, expect, it } from 'vitest';
import { changesIn as changes, followBenchmarkRun } from '../support/benchmark-stream.ts';
import type { EventStream } from '../support/event-stream.ts';
import { createFleet } from '../support/fleet.ts';
import { openTestRedis, randomPrefix } from '../support/redis.ts';
import { FAST_POLLS } from '../support/subscriptions.ts';

/** Two replicas, of which the first one polls a benchmark run, and ends its streams over a minute. */
async function createStage() {
  const prefix = randomPrefix();
  const redis = await openTestRedis({ prefix });
  await redis.firstAttempt;
  const fleet = await createFleet({
    env: { ...FAST_POLLS, REDIS_KEY_PREFIX: prefix, SHUTDOWN_SPREAD_MS: '60000' },
  });
  const run = fleet.world.insert.benchmarkRun();
  const rows = Array.from({ length: 3 }, () => fleet.world.insert.scenarioRun({ benchmark_run_id: run.id }));
  const [leaving, other] = [await fleet.start(), await fleet.start()];
  const streams: EventStream[] = [];
  const follow = async ({ url }: { readonly url: string }) => {
    const stream = await followBenchmarkRun(url, { id: run.id });
    streams.push(stream);
    await stream.received(1);
    return stream;
  };
  return {
    ...{ leaving, other, follow },
    /** Whose lease it is. */
    holder: async (): Promise<string | null> => {
      const [key] = (await redis.send(['KEYS', redis.key('log*:l')])) as readonly string[];
      const lease = key === undefined ? null : await redis.send(['GET', key]);
      return typeof lease === 'string' ? (lease.split(' ')[0] ?? null) : null;
    },
    move: (index: number) => {
      fleet.world.scenarioRuns.update(rows[index]?.id ?? '', { state: 'scoring' });
    },
    async [Symbol.asyncDispose]() {
      for (const stream of streams) stream[Symbol.dispose]();
      await fleet[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
    },
  };
}

describe('a replica that leaves', { timeout: 60_000 }, () => {
  it('has another one poll as soon as its streams begin to end, and its followers are told by that', async () => {
    await using stage = await createStage();
    const { leaving, other, follow, holder, move } = stage;
    const stays = [await follow(leaving), await follow(leaving)];
    await expect.poll(holder).not.toBeNull();
    const before = await holder();
    const there = await follow(other);
    void leaving.drain();

    await expect.poll(async () => [before, null].includes(await holder()), { timeout: 2_000 }).toBe(false);
    move(0);
    await expect.poll(() => changes(there)).toHaveLength(1);
    // The last of them ends in half a minute.
    const last = stays.at(-1);
    await expect.poll(() => last && changes(last)).toHaveLength(1);
    expect(await holder()).not.toBe(before);
  });

  it('goes on to poll what nobody else follows, until its streams have ended', async () => {
    await using stage = await createStage();
    const { leaving, follow, holder, move } = stage;
    const stays = [await follow(leaving), await follow(leaving)];
    await expect.poll(holder).not.toBeNull();
    const before = await holder();
    void leaving.drain();
    await expect.poll(holder, { timeout: 5_000 }).toBe(before);
    move(0);

    const last = stays.at(-1);
    await expect.poll(() => last && changes(last), { timeout: 5_000 }).toHaveLength(1);
  });
});
