import { describe, expect, it } from 'vitest';
import type { World } from '../../src/simulator/simulator.ts';
import { createRandom } from '../../src/simulator/seed/random.ts';
import { openEventStream } from '../support/event-stream.ts';
import {
  eventIn,
  followByEventSource,
  followByGraphqlSse,
  followByGraphqlWs,
  type FollowedEvent,
} from '../support/followers.ts';
import { createTestGateway } from '../support/gateway.ts';
import { complete, FAST_POLLS, rename } from '../support/subscriptions.ts';
import { startUnreliableProxy } from '../support/unreliable-proxy.ts';

const FOLLOW_BENCHMARK_RUN = `subscription Live($id: ID!, $after: Cursor) {
  benchmarkRun(id: $id, after: $after) {
    cursor
    kind
    skipped
    at
    benchmarkRun { state }
    changes { previousState scenarioRun { id name state } }
  }
}`;

const CUTS = 1_000;
/** Four of each. */
const CLIENTS = [followByGraphqlWs, followByGraphqlSse, followByEventSource].flatMap((follow) =>
  Array.from({ length: 4 }, () => follow),
);

describe('clients whose connections are cut a thousand times', { timeout: 120_000 }, () => {
  it('get every event once and in order', async () => {
    const random = createRandom(1);
    let move: (world: World) => void = () => undefined;
    await using gateway = await createTestGateway({
      env: { ...FAST_POLLS, LIVE_LOG_MAX_EVENTS: '100000' },
      // The world moves whenever the gateway looks at it, so that every look shows something new.
      simulator: {
        onRequest: () => {
          move(gateway.world);
        },
      },
    });
    const { id } = gateway.world.insert.benchmarkRun();
    const runs = Array.from(
      { length: 5 },
      () => gateway.world.insert.scenarioRun({ benchmark_run_id: id }).id,
    );
    // One who is never disturbed: what it gets is what there is to get.
    using reference = await openEventStream(gateway.url, { query: FOLLOW_BENCHMARK_RUN, variables: { id } });
    await expect.poll(() => reference.events).toHaveLength(1);
    let cuts = 0;
    await using proxy = await startUnreliableProxy({
      target: gateway.url,
      random: () => random.next(),
      maxBytes: 4_000,
      onCut: () => cuts++,
    });

    let moves = 0;
    move = (world) => {
      for (const run of runs) if (random.chance(0.3)) rename(world, run, `name ${String(++moves)}`);
    };
    const after = reference.events[0]?.id ?? '';
    const followers = CLIENTS.map(async (follow) => {
      const events: FollowedEvent[] = [];
      await follow({
        url: proxy.url,
        query: FOLLOW_BENCHMARK_RUN,
        id,
        after,
        onEvent: (event) => events.push(event),
      });
      return events;
    });
    await expect.poll(() => cuts, { timeout: 90_000 }).toBeGreaterThanOrEqual(CUTS);
    proxy.heal();
    move = () => undefined;
    for (const run of runs) complete(gateway.world, run);
    gateway.world.benchmarkRuns.update(id, { state: 'completed', duration_ms: 60_000 });
    const received = await Promise.all(followers);
    await reference.ended;

    const expected = reference.events
      .filter(({ event }) => event === 'next')
      .slice(1)
      .map(({ data }) => eventIn((data as { data: unknown }).data));
    expect(expected.length).toBeGreaterThan(100);
    expect(new Set(expected.map(({ kind, skipped }) => `${kind} ${String(skipped)}`))).toEqual(
      new Set(['CHANGED 0']),
    );
    for (const events of received) expect(events).toEqual(expected);
    expect({ ...gateway.watches }).toEqual({ subscriptions: 0, watchers: 0 });
  });
});
