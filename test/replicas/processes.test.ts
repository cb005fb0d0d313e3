/** Replicas that are killed, stopped and replaced, and clients of all kinds that lose nothing of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { World } from '../../src/simulator/simulator.ts';
import { createRandom, type Random } from '../../src/simulator/seed/random.ts';
import { FIRST_SEED, times } from '../support/chaos.ts';
import { openEventStream } from '../support/event-stream.ts';
import {
  type Follow,
  followByEventSource,
  followByGraphqlSse,
  followByGraphqlWs,
  type FollowedEvent,
  Refused,
} from '../support/followers.ts';
import { createProcessFleet, type ProcessFleet } from '../support/process-fleet.ts';
import { complete, rename } from '../support/subscriptions.ts';

/** Connections that are cut before their client has left. */
const CUTS = times(120, 10_000);
const MOST_MINUTES = times(1, 12);
/** The longest that a replica is stopped, and continued then. */
const STOPPED_MS = times(4_000, 10_000);
/** Nothing is lost that comes within this time. */
const PATIENTLY_MS = 60_000;

const CLIENTS = [
  ['graphql-ws', followByGraphqlWs],
  ['graphql-sse', followByGraphqlSse],
  ['EventSource', followByEventSource],
] as const;
const REPLICAS = 3;
/** Codes of errors that pass: for who comes back. */
const PASSING = new Set(['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT']);

/** One followed thing, which changes step by step. */
interface Topic {
  readonly path: string;
  readonly query: string;
  readonly id: string;
  /** Moves it on. Answers how clients tell this change from others. */
  readonly advance: (step: number) => string;
  readonly complete: () => void;
  readonly changesIn: (event: FollowedEvent) => readonly string[];
}

interface Client {
  readonly name: string;
  readonly topic: Topic;
  readonly told: string[];
  /** What is no change that follows the one before. */
  readonly odd: FollowedEvent[];
  /** What a replica has answered in the place of events. */
  readonly refusals: string[];
}

function scenarioRun(world: World): Topic {
  const { id } = world.insert.scenarioRun();
  return {
    path: `/v1/scenarios/runs/${id}`,
    query: `subscription($id: ID!, $after: Cursor) {
      scenarioRun(id: $id, after: $after) { cursor kind skipped scenarioRun { name } }
    }`,
    id,
    advance: (step) => {
      rename(world, id, `step ${String(step)}`);
      return `step ${String(step)}`;
    },
    complete: () => {
      complete(world, id);
    },
    changesIn: (event) => [(event as unknown as { scenarioRun: { name: string } }).scenarioRun.name],
  };
}

function benchmarkRun(world: World): Topic {
  const { id } = world.insert.benchmarkRun();
  const parts = Array.from({ length: 5 }, () => world.insert.scenarioRun({ benchmark_run_id: id }).id);
  return {
    path: `/v1/benchmark_runs/${id}`,
    query: `subscription($id: ID!, $after: Cursor) {
      benchmarkRun(id: $id, after: $after) { cursor kind skipped changes { scenarioRun { name } } }
    }`,
    id,
    advance: (step) => {
      rename(world, parts[step % parts.length] ?? '', `step ${String(step)}`);
      return `step ${String(step)}`;
    },
    complete: () => {
      for (const part of parts) complete(world, part);
      world.benchmarkRuns.update(id, { state: 'completed', duration_ms: 60_000 });
    },
    changesIn: (event) =>
      (event as unknown as { changes: { scenarioRun: { name: string } }[] }).changes.map(
        (change) => change.scenarioRun.name,
      ),
  };
}

/** Long-polled: each of its transitions is an event with a time of its own. */
function devbox(world: World): Topic {
  const { id } = world.insert.devbox({ status: 'running' });
  const move = (status: 'running' | 'suspended' | 'shutdown') => {
    const before = world.devboxes.get(id)?.state_transitions ?? [];
    const last = Math.max(...before.map((transition) => transition.transition_time_ms));
    const transition_time_ms = Math.max(world.now(), last + 1);
    world.devboxes.update(id, { status, state_transitions: [...before, { status, transition_time_ms }] });
    return new Date(transition_time_ms).toISOString();
  };
  return {
    path: `/v1/devboxes/${id}/wait_for_status`,
    query: `subscription($id: ID!, $after: Cursor) {
      devbox(id: $id, after: $after) { cursor kind skipped at }
    }`,
    id,
    advance: (step) => move(step % 2 === 0 ? 'running' : 'suspended'),
    complete: () => {
      move('shutdown');
    },
    changesIn: (event) => [(event as unknown as { at: string }).at],
  };
}

/** Follows up to the end, as an application does: when a replica refuses it for now, it comes back with its last cursor. */
async function followOn(given: {
  readonly url: string;
  readonly follow: Follow;
  readonly client: Client;
  readonly after: string;
}): Promise<void> {
  const { url, follow, client } = given;
  const { topic, told, odd, refusals } = client;
  let { after } = given;
  const onEvent = (event: FollowedEvent) => {
    after = event.cursor;
    if (event.kind !== 'CHANGED' || event.skipped > 0) odd.push(event);
    told.push(...topic.changesIn(event));
  };
  for (;;) {
    try {
      await follow({ url, query: topic.query, id: topic.id, after, onEvent });
      return;
    } catch (error) {
      if (!(error instanceof Refused) || error.codes.some((code) => !PASSING.has(code))) throw error;
      refusals.push(...error.codes);
    }
  }
}

/** Moves a topic on whenever somebody was told of the step before, so that each is a change of its own. */
async function drive(topic: Topic, clients: readonly Client[], random: Random, stopped: AbortSignal) {
  const changes: string[] = [];
  while (!stopped.aborted) {
    const change = topic.advance(changes.length);
    changes.push(change);
    const untilMs = Date.now() + PATIENTLY_MS;
    while (!clients.some(({ told }) => told.at(-1) === change)) {
      if (Date.now() > untilMs) throw new Error(`Nobody is told of ${change} at ${topic.path}`);
      await sleep(5);
    }
    await sleep(random.integer(0, 400));
  }
  return changes;
}

/** One replica at a time is gone or stopped, for as long as another needs to take its place, or until it goes on. */
async function takeOut(fleet: ProcessFleet, topics: readonly Topic[], random: Random, stopped: AbortSignal) {
  while (!stopped.aborted) {
    const index = random.chance(0.7)
      ? fleet.pollerOf(random.pick(topics).path)
      : random.integer(0, REPLICAS - 1);
    const { process } = fleet.replicas[index] ?? {};
    const fault = random.pick(['kill', 'terminate', 'stop'] as const);
    switch (fault) {
      case 'kill':
        process?.child.kill('SIGKILL');
        await fleet.restart(index);
        break;
      case 'terminate':
        process?.child.kill('SIGTERM');
        await fleet.restart(index);
        break;
      case 'stop': {
        process?.child.kill('SIGSTOP');
        const restMs = random.integer(500, STOPPED_MS);
        // A balancer notices, or does not.
        if (random.chance(0.5)) {
          fleet.expel(index);
          await sleep(restMs / 2);
          fleet.balancer.cut({ target: fleet.replicas[index]?.host ?? '', isReset: true });
          await sleep(restMs / 2);
        } else await sleep(restMs);
        process?.child.kill('SIGCONT');
        fleet.admit(index);
      }
    }
    await sleep(random.integer(0, 1_000));
  }
}

/** The balancer ends connections, politely or not, or moves all those of one replica to others. */
async function switchOver(fleet: ProcessFleet, random: Random, stopped: AbortSignal) {
  while (!stopped.aborted) {
    const isReset = random.chance(0.5);
    if (random.chance(0.5)) fleet.balancer.cut({ isChosen: () => random.chance(0.3), isReset });
    else fleet.balancer.cut({ target: random.pick(fleet.replicas).host, isReset });
    await sleep(random.integer(50, 700));
  }
}

/** Where it was first told something else than what has happened, in short. */
function faultsOf({ name, topic, told, odd }: Client, steps: readonly string[]): object | null {
  const at = steps.findIndex((step, index) => told[index] !== step);
  if (at === -1 && odd.length === 0) return null;
  const around = (texts: readonly string[]) => texts.slice(Math.max(0, at - 2), at + 3);
  return { name, path: topic.path, at, steps: around(steps), told: around(told), odd: odd.slice(0, 3) };
}

it(
  `clients of three replicas that are killed, ended and stopped behind a balancer get every change once and in order (seed ${String(FIRST_SEED)})`,
  { timeout: (MOST_MINUTES + 3) * 60_000 },
  async () => {
    const random = createRandom(FIRST_SEED);
    const routes = random.fork('routes');
    await using fleet = await createProcessFleet({
      count: REPLICAS,
      random: () => routes.next(),
      env: {
        LIVE_POLL_INTERVAL_MS: '50',
        LIVE_IDLE_POLL_INTERVAL_MS: '50',
        LIVE_LOG_MAX_EVENTS: '100000',
        LIVE_LOG_MAX_AGE_MS: '3600000',
        LIVE_FOLLOWER_MAX_LAG: '100000',
      },
    });
    const { world, balancer, url } = fleet;
    const topics = [...[1, 2, 3, 4, 5].map(() => scenarioRun(world)), benchmarkRun(world), devbox(world)];
    const finished: Promise<void>[] = [];
    const followed = await Promise.all(
      topics.map(async (topic) => {
        using first = await openEventStream(url, { query: topic.query, variables: { id: topic.id } });
        await expect.poll(() => first.events).toHaveLength(1);
        const after = first.events[0]?.id ?? '';
        const clients = [...CLIENTS, ...CLIENTS].map(([name, follow]) => {
          const client: Client = { name, topic, told: [], odd: [], refusals: [] };
          finished.push(followOn({ url, follow, client, after }));
          return client;
        });
        return { topic, clients };
      }),
    );

    const stop = new AbortController();
    const driving = followed.map(({ topic, clients }, index) =>
      drive(topic, clients, random.fork(`topic ${String(index)}`), stop.signal),
    );
    const breaking = [
      takeOut(fleet, topics, random.fork('replicas'), stop.signal),
      switchOver(fleet, random.fork('switches'), stop.signal),
    ];
    const untilMs = Date.now() + MOST_MINUTES * 60_000;
    const enough = (async () => {
      while (balancer.cuts < CUTS && Date.now() < untilMs) await sleep(50);
      stop.abort();
    })();
    try {
      // A client that cannot come back ends it, too.
      await Promise.race([Promise.all([enough, ...breaking, ...driving]), Promise.all(finished)]);
    } finally {
      stop.abort();
    }
    const { cuts } = balancer;
    const expected = await Promise.all(driving);
    for (const topic of topics) topic.complete();
    await Promise.race([Promise.all(finished), sleep(PATIENTLY_MS)]);

    for (const [index, { clients }] of followed.entries()) {
      const steps = expected[index] ?? [];
      for (const client of clients) expect(faultsOf(client, steps)).toBeNull();
      // The last change of all may be several in one.
      for (const { told } of clients) expect(told).toEqual(clients[0]?.told);
    }
    await Promise.all(finished);
    expect(cuts).toBeGreaterThanOrEqual(CUTS);
    const changes = expected.reduce((sum, steps) => sum + steps.length, 0);
    const refusals = followed.flatMap(({ clients }) => clients.flatMap((client) => client.refusals));
    console.info(
      `${String(cuts)} cuts, ${String(changes)} changes, ${String(finished.length)} clients, refusals: ${refusals.join(' ')}`,
    );
  },
);
