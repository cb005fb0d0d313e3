import { describe, expect, it } from 'vitest';
import { benchmarkRunEvents, changesIn, followBenchmarkRun } from '../support/benchmark-stream.ts';
import type { EventStream } from '../support/event-stream.ts';
import { createFleet, type Fleet } from '../support/fleet.ts';
import { type RedisServer, startRedisServer } from '../support/redis.ts';

const ENV = {
  LIVE_POLL_INTERVAL_MS: '50',
  LIVE_IDLE_POLL_INTERVAL_MS: '50',
  LIVE_HEARTBEAT_MS: '1000',
  REDIS_COMMAND_TIMEOUT_MS: '300',
};

/** Two replicas on a Redis of their own, each with a follower of the same benchmark run. */
async function createStage() {
  const server = await startRedisServer();
  const fleet = await createFleet({ redisUrl: server.url, env: ENV });
  const run = fleet.world.insert.benchmarkRun();
  const rows = Array.from({ length: 6 }, () => fleet.world.insert.scenarioRun({ benchmark_run_id: run.id }));
  const replicas = [await fleet.start(), await fleet.start()];
  const streams: EventStream[] = [];
  for (const { url } of replicas) {
    const stream = await followBenchmarkRun(url, { id: run.id });
    await stream.received(1);
    streams.push(stream);
  }
  const [first] = rows;
  move(fleet, first?.id ?? '', 'scoring');
  for (const stream of streams) await expect.poll(() => changesIn(stream)).toHaveLength(1);
  return {
    server,
    fleet,
    ids: rows.map(({ id }) => id),
    replicas,
    streams,
    async [Symbol.asyncDispose]() {
      for (const stream of streams) stream[Symbol.dispose]();
      server.resume();
      await fleet[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

function move({ world }: Fleet, id: string, state: 'scoring' | 'scored'): void {
  world.scenarioRuns.update(id, { state });
}

async function query(url: string, id: string): Promise<unknown> {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache' },
    body: JSON.stringify({ query: '{ node(id: "x") { id } }'.replace('x', id) }),
  });
  return ((await answer.json()) as { data?: { node?: { id?: unknown } } }).data?.node?.id;
}

/** Resolves when the world was polled at least so often since. */
async function polled(fleet: Fleet, times: number): Promise<void> {
  let count = 0;
  await expect
    .poll(() => (count += fleet.calls().filter((call) => call.includes('/benchmark_runs/')).length), {
      timeout: 10_000,
    })
    .toBeGreaterThanOrEqual(times);
}

interface Outage {
  readonly leave: (server: RedisServer) => Promise<void>;
  readonly comeBack: (server: RedisServer) => Promise<void>;
}

const OUTAGES: readonly (readonly [string, Outage])[] = [
  [
    'stopped and continued',
    {
      leave: (server) => {
        server.pause();
        return Promise.resolve();
      },
      comeBack: (server) => {
        server.resume();
        return Promise.resolve();
      },
    },
  ],
  ['killed and started empty', { leave: (server) => server.kill(), comeBack: (server) => server.start() }],
];

describe('while Redis is away', { timeout: 60_000 }, () => {
  it.each(OUTAGES)(
    '(%s) queries are answered, and followers get late what has happened',
    async (name, outage) => {
      const { leave, comeBack } = outage;
      await using stage = await createStage();
      const { server, fleet, ids, streams, replicas } = stage;
      await leave(server);
      fleet.calls();
      for (const id of ids.slice(1, 4)) {
        move(fleet, id, 'scoring');
        await polled(fleet, 4);
      }
      for (const { url } of replicas) expect(await query(url, ids[0] ?? '')).toBe(ids[0]);
      for (const stream of streams) {
        const { heartbeats } = stream;
        await expect.poll(() => stream.heartbeats, { timeout: 5_000 }).toBeGreaterThan(heartbeats);
        expect(changesIn(stream)).toHaveLength(1);
      }
      await comeBack(server);
      // What has happened comes late: change by change, or as a snapshot where the log was lost.
      for (const stream of streams)
        await expect.poll(() => benchmarkRunEvents(stream).length, { timeout: 10_000 }).toBeGreaterThan(2);
      move(fleet, ids[4] ?? '', 'scoring');
      const last = `${ids[4] ?? ''} SCORING`;
      for (const stream of streams) {
        await expect.poll(() => changesIn(stream).at(-1), { timeout: 10_000 }).toBe(last);
        const told = changesIn(stream);
        expect(new Set(told).size).toBe(told.length);
        expect(benchmarkRunEvents(stream).every(({ skipped }) => skipped === 0)).toBe(true);
        const snapshots = benchmarkRunEvents(stream).filter(({ kind }) => kind === 'SNAPSHOT').length;
        if (name === 'killed and started empty') expect(snapshots).toBe(2);
        else {
          expect(snapshots).toBe(1);
          expect(told).toEqual(ids.slice(0, 5).map((id) => `${id} SCORING`));
        }
      }
    },
  );

  it('whoever wants to follow something is told so soon, and can when it is back', async () => {
    await using stage = await createStage();
    const { server, fleet, ids, replicas } = stage;
    const other = fleet.world.insert.benchmarkRun();
    const url = replicas[0]?.url ?? '';
    server.pause();
    const beganAtMs = Date.now();
    using refused = await followBenchmarkRun(url, { id: other.id });
    await refused.ended;
    expect(Date.now() - beganAtMs).toBeLessThan(4_000);
    expect(refused.text).toContain('UPSTREAM_UNAVAILABLE');
    expect(await query(url, ids[0] ?? '')).toBe(ids[0]);
    server.resume();
    await expect
      .poll(
        async () => {
          using stream = await followBenchmarkRun(url, { id: other.id });
          await Promise.race([stream.received(1), stream.ended]);
          return benchmarkRunEvents(stream).map(({ kind }) => kind);
        },
        { timeout: 10_000 },
      )
      .toEqual(['SNAPSHOT']);
  });
});
