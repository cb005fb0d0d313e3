/** A replica that polls and cannot reach Redis any more does not poll on beside the one that has taken its place. */
import { describe, expect, it } from 'vitest';
import { changesIn, followBenchmarkRun } from '../support/benchmark-stream.ts';
import { openTestGateway, startTestUpstream, type TestGateway } from '../support/gateway.ts';
import { randomPrefix, sharedRedisUrl } from '../support/redis.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

/** The calls of its polls so far. */
async function pollsOf({ url }: TestGateway): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = text.matchAll(
    /^runloop_graphql_upstream_call_duration_seconds_count\{.*cause="poll".*\} (\d+)$/gm,
  );
  return [...found].reduce((sum, [, count]) => sum + Number(count), 0);
}

describe('a replica that is cut off from Redis', { timeout: 60_000 }, () => {
  it('polls ever more rarely when its lease must have ended, and all are told once when it is back', async () => {
    const redis = new URL(await sharedRedisUrl());
    await using proxy = await startTcpProxy({ targets: [redis.host] });
    await using upstream = await startTestUpstream();
    const env = {
      METRICS: 'on',
      GATEWAY_SECRET: 'a secret of thirty-two bytes or more that replicas share',
      REDIS_KEY_PREFIX: randomPrefix(),
      REDIS_COMMAND_TIMEOUT_MS: '500',
      LIVE_POLL_INTERVAL_MS: '50',
      LIVE_IDLE_POLL_INTERVAL_MS: '50',
    };
    await using cut = await openTestGateway(upstream, {
      env: { ...env, REDIS_URL: `redis://${proxy.host}` },
    });
    await using other = await openTestGateway(upstream, { env: { ...env, REDIS_URL: redis.href } });
    const run = upstream.simulator.world().insert.benchmarkRun();
    const rows = Array.from({ length: 3 }, () =>
      upstream.simulator.world().insert.scenarioRun({ benchmark_run_id: run.id }),
    );
    const move = (index: number) => {
      upstream.simulator.world().scenarioRuns.update(rows[index]?.id ?? '', { state: 'scoring' });
    };
    using here = await followBenchmarkRun(cut.url, { id: run.id });
    await here.received(1);
    using there = await followBenchmarkRun(other.url, { id: run.id });
    await there.received(1);
    move(0);
    await expect.poll(() => changesIn(there)).toHaveLength(1);
    expect([(await pollsOf(cut)) > 0, await pollsOf(other)]).toEqual([true, 0]);
    proxy.targets = [];
    proxy.cut({ isReset: true });
    // The other one takes over, and the first one cannot know.
    await expect.poll(() => pollsOf(other), { timeout: 10_000 }).toBeGreaterThan(0);
    const before = { cut: await pollsOf(cut), other: await pollsOf(other) };
    move(1);
    await expect.poll(() => changesIn(there)).toHaveLength(2);
    await expect.poll(() => pollsOf(other), { timeout: 30_000 }).toBeGreaterThan(before.other + 150);
    // Two calls each, at 100, 200, 400, 800, … ms.
    expect((await pollsOf(cut)) - before.cut).toBeLessThanOrEqual(16);

    proxy.targets = [redis.host];
    move(2);
    const expected = rows.map(({ id }) => `${id} SCORING`);
    for (const stream of [here, there])
      await expect.poll(() => changesIn(stream), { timeout: 20_000 }).toEqual(expected);
  });
});
