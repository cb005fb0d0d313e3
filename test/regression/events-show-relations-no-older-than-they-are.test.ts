import { describe, expect, it } from 'vitest';
import type { World } from '../../src/simulator/simulator.ts';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway } from '../support/gateway.ts';
import { CURSOR, FAST_POLLS, SNAPSHOT_CURSOR } from '../support/subscriptions.ts';

/** Something that is followed, and moves together with what it is related to. */
interface Moving {
  readonly id: string;
  /** Asks for the relations alone, so that they are kept. */
  readonly related: string;
  readonly move: () => void;
}

interface Case {
  readonly name: string;
  /** What is followed, and of it what comes with every event. */
  readonly field: string;
  readonly selection: string;
  readonly make: (world: World) => Moving;
  /** What the last event says, whatever was read before. */
  readonly expected: unknown;
}

function shutDown(world: World, id: string): void {
  const atMs = world.now();
  world.devboxes.update(id, {
    status: 'shutdown',
    end_time_ms: atMs,
    state_transitions: [
      ...(world.devboxes.get(id)?.state_transitions ?? []),
      { status: 'shutdown', transition_time_ms: atMs },
    ],
  });
}

/** A scenario run of a benchmark run, whose devbox goes with it. */
function makeRun(world: World) {
  const { id: benchmarkId } = world.insert.benchmark();
  const { id: benchmarkRunId } = world.insert.benchmarkRun({ benchmark_id: benchmarkId });
  const { id, devbox_id } = world.insert.scenarioRun({ benchmark_run_id: benchmarkRunId });
  return {
    id,
    benchmarkRunId,
    benchmarkId,
    devboxId: devbox_id,
    move: () => {
      world.scenarioRuns.update(id, { state: 'completed', duration_ms: 60_000 });
      world.benchmarkRuns.update(benchmarkRunId, { state: 'completed', duration_ms: 60_000 });
      shutDown(world, devbox_id);
    },
  };
}

const CASES: readonly Case[] = [
  {
    name: 'a scenario run and its devbox and benchmark run',
    field: 'scenarioRun',
    selection: `scenarioRun { state devbox { status } benchmarkRun { state } }`,
    make: (world) => {
      const { id, devboxId, benchmarkRunId, move } = makeRun(world);
      return {
        id,
        move,
        related: `{ devbox(id: "${devboxId}") { status } benchmarkRun(id: "${benchmarkRunId}") { state } }`,
      };
    },
    expected: {
      scenarioRun: {
        state: 'COMPLETED',
        devbox: { status: 'SHUTDOWN' },
        benchmarkRun: { state: 'COMPLETED' },
      },
    },
  },
  {
    name: 'a benchmark run and the devboxes of its scenario runs',
    field: 'benchmarkRun',
    selection: `
      changes { scenarioRun { state devbox { status } } }
      benchmarkRun { state scenarioRuns(first: 3) { nodes { state devbox { status } } } }`,
    make: (world) => {
      const { benchmarkRunId: id, devboxId, move } = makeRun(world);
      return {
        id,
        move,
        related: `{
          devbox(id: "${devboxId}") { status }
          benchmarkRun(id: "${id}") { scenarioRuns(first: 3) { nodes { state } } }
        }`,
      };
    },
    expected: {
      changes: [{ scenarioRun: { state: 'COMPLETED', devbox: { status: 'SHUTDOWN' } } }],
      benchmarkRun: {
        state: 'COMPLETED',
        scenarioRuns: { nodes: [{ state: 'COMPLETED', devbox: { status: 'SHUTDOWN' } }] },
      },
    },
  },
  {
    name: 'a benchmark job and the runs of its agents',
    field: 'benchmarkJob',
    selection: 'benchmarkJob { state agents { benchmarkRun { state } } }',
    make: (world) => {
      const { id: runId } = world.insert.benchmarkRun();
      const inProgress = {
        benchmark_run_id: runId,
        start_time_ms: world.now(),
        state: 'running' as const,
        agent_config: null,
        duration_ms: null,
      };
      const { id } = world.insert.benchmarkJob({ state: 'running', in_progress_runs: [inProgress] });
      return {
        id,
        related: `{ benchmarkRun(id: "${runId}") { state } }`,
        move: () => {
          world.benchmarkRuns.update(runId, { state: 'completed', duration_ms: 60_000 });
          world.benchmarkJobs.update(id, {
            state: 'completed',
            in_progress_runs: [{ ...inProgress, state: 'completed', duration_ms: 60_000 }],
          });
        },
      };
    },
    expected: { benchmarkJob: { state: 'COMPLETED', agents: [{ benchmarkRun: { state: 'COMPLETED' } }] } },
  },
  {
    name: 'a devbox and its usage',
    field: 'devbox',
    selection: 'devbox { status usage { endedAt } }',
    make: (world) => {
      const { id } = world.insert.devbox({ status: 'running' });
      return {
        id,
        related: `{ devbox(id: "${id}") { usage { endedAt } } }`,
        move: () => {
          shutDown(world, id);
        },
      };
    },
    expected: { devbox: { status: 'SHUTDOWN', usage: { endedAt: expect.any(String) as unknown } } },
  },
];

describe('an event shows', () => {
  it.each(CASES)('$name as they are together', async ({ field, selection, make, expected }) => {
    await using gateway = await createTestGateway({ env: { ...FAST_POLLS, CACHE_LIVE_MS: '1000' } });
    const { id, related, move } = make(gateway.world);
    using stream = await openEventStream(gateway.url, {
      query: `subscription($id: ID!) { ${field}(id: $id) { ${selection} } }`,
      variables: { id },
    });
    await stream.received(1);
    // What is kept from before the move is young enough to be told to whoever asks.
    await gateway.query(related);
    move();
    await stream.ended;

    const events = stream.events.filter(({ event }) => event === 'next');
    expect(events.at(-1)?.data).toEqual({ data: { [field]: expected }, extensions: CURSOR });
  });
});

describe('what is read for an event', () => {
  it('is read once for all who ask, and cached for the next', async () => {
    await using gateway = await createTestGateway({ env: { ...FAST_POLLS, CACHE_LIVE_MS: '1000' } });
    const { id, devboxId } = makeRun(gateway.world);
    const streams = [];
    // Two questions, so that each event is executed twice.
    for (const more of ['id', 'name']) {
      const query = `subscription($id: ID!) { scenarioRun(id: $id) { scenarioRun { ${more} state devbox { status } } } }`;
      const stream = await openEventStream(gateway.url, { query, variables: { id } });
      streams.push(stream);
      await stream.received(1);
    }
    const reads = () => gateway.calls().filter((call) => call === `GET /v1/devboxes/${devboxId}`);
    reads();
    gateway.world.scenarioRuns.update(id, { state: 'scoring' });
    for (const stream of streams) await stream.received(2);
    await gateway.query(`{ devbox(id: "${devboxId}") { status } }`);

    expect(reads()).toHaveLength(1);
    for (const stream of streams) stream[Symbol.dispose]();
  });
});

describe('a snapshot', () => {
  it('shows a later follower what followers of its relations have got meanwhile', async () => {
    // The run itself is not polled again meanwhile: its snapshot stays the same but for its devbox.
    await using gateway = await createTestGateway({
      env: { CACHE_LIVE_MS: '1000', LIVE_POLL_INTERVAL_MS: '60000', LIVE_IDLE_POLL_INTERVAL_MS: '60000' },
    });
    const { id, devboxId } = makeRun(gateway.world);
    const follow = () =>
      openEventStream(gateway.url, {
        query: `subscription($id: ID!) { scenarioRun(id: $id) { kind scenarioRun { devbox { status } } } }`,
        variables: { id },
      });
    using first = await follow();
    await first.received(1);
    using devbox = await openEventStream(gateway.url, {
      query: `subscription($id: ID!) { devbox(id: $id) { devbox { status } } }`,
      variables: { id: devboxId },
    });
    await devbox.received(1);
    shutDown(gateway.world, devboxId);
    await devbox.ended;

    using second = await follow();
    await second.received(1);
    expect(second.events[0]?.data).toEqual({
      data: { scenarioRun: { kind: 'SNAPSHOT', scenarioRun: { devbox: { status: 'SHUTDOWN' } } } },
      extensions: SNAPSHOT_CURSOR,
    });
  });
});
