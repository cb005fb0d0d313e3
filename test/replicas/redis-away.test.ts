/** While Redis is slow, cut off or gone, queries are answered, and followers get late what has happened, once and in order. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { benchmarkRunEvents, followBenchmarkRun } from '../support/benchmark-stream.ts';
import { times } from '../support/chaos.ts';
import type { EventStream } from '../support/event-stream.ts';
import { createFleet, type Fleet } from '../support/fleet.ts';
import type { TestGateway } from '../support/gateway.ts';
import { type RedisServer, startRedisServer } from '../support/redis.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const RUNS = 5;
/** How long a fault lasts. */
const FAULT_MS = times(3_000, 20_000);
const HEARTBEAT_MS = 500;

const ENV = {
  REDIS_COMMAND_TIMEOUT_MS: '1000',
  LIVE_POLL_INTERVAL_MS: '50',
  LIVE_IDLE_POLL_INTERVAL_MS: '50',
  LIVE_HEARTBEAT_MS: String(HEARTBEAT_MS),
  LIVE_FOLLOWER_MAX_LAG: '100000',
};

interface Stage extends AsyncDisposable {
  readonly server: RedisServer;
  readonly network: TcpProxy;
  readonly fleet: Fleet;
  readonly benchmarkRun: string;
  readonly runs: readonly string[];
  readonly followed: readonly { readonly replica: TestGateway; readonly stream: EventStream }[];
}

/** Two replicas that reach a Redis of their own over a network of their own, each with a follower of one benchmark run. */
async function createStage(): Promise<Stage> {
  const server = await startRedisServer();
  const network = await startTcpProxy({ targets: [`127.0.0.1:${String(server.port)}`] });
  const fleet = await createFleet({ env: { ...ENV, REDIS_URL: `redis://${network.host}` } });
  const { id } = fleet.world.insert.benchmarkRun();
  const runs = Array.from(
    { length: RUNS },
    () => fleet.world.insert.scenarioRun({ benchmark_run_id: id, name: 'step 0' }).id,
  );
  const followed: Stage['followed'][number][] = [];
  for (const replica of [await fleet.start(), await fleet.start()]) {
    const stream = await followBenchmarkRun(replica.url, { id });
    await stream.received(1);
    followed.push({ replica, stream });
  }
  return {
    server,
    network,
    fleet,
    benchmarkRun: id,
    runs,
    followed,
    async [Symbol.asyncDispose]() {
      for (const { stream } of followed) stream[Symbol.dispose]();
      server.resume();
      await fleet[Symbol.asyncDispose]();
      await network[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

const stepOf = (name: string | null) => Number(name?.replace('step ', ''));

/** The steps of each scenario run that a follower was told of, in the order in which it was. */
function stepsIn(stream: EventStream, run: string): readonly number[] {
  return benchmarkRunEvents(stream).flatMap(({ changes }) =>
    changes
      .filter(({ scenarioRun }) => scenarioRun.id === run)
      .map(({ scenarioRun }) => stepOf(scenarioRun.name)),
  );
}

/** Which step a query shows. Throws when it is not answered. */
async function stepAt(url: string, id: string): Promise<number> {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: 'query($id: ID!) { scenarioRun(id: $id) { name } }', variables: { id } }),
  });
  const { data, errors } = (await answer.json()) as {
    readonly data: { readonly scenarioRun: { readonly name: string } } | null;
    readonly errors?: readonly object[];
  };
  if (answer.status !== 200 || !data || errors)
    throw new Error(`Answered ${String(answer.status)}: ${JSON.stringify(errors)}`);
  return stepOf(data.scenarioRun.name);
}

/** Moves the world on, and asks for it at every replica that has told its follower of some of that, until it is stopped. */
async function moveAndAsk(
  { fleet, runs, followed }: Stage,
  { olderByMs, stopped }: Pick<Fault, 'olderByMs'> & { readonly stopped: AbortSignal },
): Promise<number> {
  let step = 0;
  let queries = 0;
  const move = async () => {
    while (!stopped.aborted) {
      fleet.world.scenarioRuns.update(runs[++step % RUNS] ?? '', { name: `step ${String(step)}` });
      await sleep(60);
    }
  };
  const ask = async ({ replica, stream }: Stage['followed'][number]) => {
    while (!stopped.aborted) {
      const run = runs[queries++ % RUNS] ?? '';
      const told = stepsIn(stream, run).at(-1) ?? 0;
      const step = () => stepAt(replica.url, run);
      if (olderByMs === 0) expect(await step()).toBeGreaterThanOrEqual(told);
      else await expect.poll(step, { timeout: olderByMs, interval: 20 }).toBeGreaterThanOrEqual(told);
      await sleep(20);
    }
  };
  await Promise.all([move(), ...followed.map(ask)]);
  return queries;
}

interface Fault {
  readonly name: string;
  /** Whether the log is gone afterwards, so that everybody begins anew with a snapshot. */
  readonly isEmptied: boolean;
  /** By how much a query may be older than what followers of the same replica were told, in milliseconds. */
  readonly olderByMs: number;
  /** Resolves when it is over. */
  readonly happen: (stage: Stage) => Promise<void>;
}

const FAULTS: readonly Fault[] = [
  {
    name: 'stopped and continued',
    isEmptied: false,
    olderByMs: 0,
    happen: async ({ server }) => {
      server.pause();
      await sleep(FAULT_MS);
      server.resume();
    },
  },
  {
    name: 'killed and started empty',
    isEmptied: true,
    olderByMs: 0,
    happen: async ({ server }) => {
      await server.kill();
      await sleep(FAULT_MS);
      await server.start();
    },
  },
  {
    name: 'cut off again and again',
    isEmptied: false,
    // For as long as what may change is cached, and until it is read anew.
    olderByMs: 2_000,
    happen: async ({ network }) => {
      const untilMs = Date.now() + FAULT_MS;
      while (Date.now() < untilMs) {
        network.cut({ isReset: true });
        await sleep(100);
      }
    },
  },
  {
    name: 'half a second away',
    isEmptied: false,
    olderByMs: 0,
    happen: async ({ network }) => {
      network.latencyMs = 250;
      await sleep(FAULT_MS);
      network.latencyMs = 0;
    },
  },
];

describe('while Redis is away', { timeout: 120_000 }, () => {
  it.each(FAULTS)(
    '($name) queries are answered and no older than events, and followers get late what has happened, once and in order',
    async ({ isEmptied, olderByMs, happen }) => {
      await using stage = await createStage();
      const { fleet, runs, followed } = stage;
      const stop = new AbortController();
      const moving = moveAndAsk(stage, { olderByMs, stopped: stop.signal });
      const heartbeats = followed.map(({ stream }) => stream.heartbeats + benchmarkRunEvents(stream).length);
      await Promise.race([happen(stage), moving]);
      for (const [index, { stream }] of followed.entries()) {
        const signs = stream.heartbeats + benchmarkRunEvents(stream).length - (heartbeats[index] ?? 0);
        expect(signs).toBeGreaterThanOrEqual(Math.floor(FAULT_MS / HEARTBEAT_MS / 2));
      }
      stop.abort();
      // Of two replicas, each of whose answers waits for Redis at most as long as for a few commands.
      expect(await moving).toBeGreaterThanOrEqual(FAULT_MS / 1_000);
      const snapshots = (stream: EventStream) =>
        benchmarkRunEvents(stream).filter(({ kind }) => kind === 'SNAPSHOT').length;
      for (const { stream } of followed) await expect.poll(() => snapshots(stream)).toBe(isEmptied ? 2 : 1);
      for (const [index, run] of runs.entries())
        fleet.world.scenarioRuns.update(run, { name: `step ${String(1_000_000 + index)}` });

      const last = (stream: EventStream) => runs.map((run) => stepsIn(stream, run).at(-1));
      for (const { stream } of followed) {
        await expect.poll(() => last(stream)).toEqual(runs.map((_, index) => 1_000_000 + index));
        for (const run of runs) {
          const steps = stepsIn(stream, run);
          expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
        }
        const events = benchmarkRunEvents(stream);
        expect(new Set(events.map(({ skipped }) => skipped))).toEqual(new Set([0]));
        expect(snapshots(stream)).toBe(isEmptied ? 2 : 1);
      }
      const [one, two] = followed.map(({ stream }) => benchmarkRunEvents(stream));
      if (!isEmptied) expect(one).toEqual(two);
    },
  );

  it('whoever wants to follow something is told so soon, and can when it is back', async () => {
    await using stage = await createStage();
    const { server, fleet, runs, followed } = stage;
    const other = fleet.world.insert.benchmarkRun();
    const url = followed[0]?.replica.url ?? '';
    server.pause();
    const beganAtMs = Date.now();
    using refused = await followBenchmarkRun(url, { id: other.id });
    await refused.ended;
    expect(Date.now() - beganAtMs).toBeLessThan(4_000);
    expect(refused.text).toContain('UPSTREAM_UNAVAILABLE');
    expect(await stepAt(url, runs[0] ?? '')).toBe(0);
    server.resume();
    await expect
      .poll(async () => {
        using stream = await followBenchmarkRun(url, { id: other.id });
        await Promise.race([stream.received(1), stream.ended]);
        return benchmarkRunEvents(stream).map(({ kind }) => kind);
      })
      .toEqual(['SNAPSHOT']);
  });
});
