/** Each client with the package's cursor, and a connection that is cut over and over: nothing is lost and nothing comes twice. */
import { describe, expect, it } from 'vitest';
import type { World } from '../../src/simulator/simulator.ts';
import { createRandom } from '../../src/simulator/seed/random.ts';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway } from '../support/gateway.ts';
import { KEPT_CLIENTS } from '../support/kept-clients.ts';
import { complete, FAST_POLLS, rename } from '../support/subscriptions.ts';
import { startUnreliableProxy } from '../support/unreliable-proxy.ts';

/** Neither a cursor nor `$after`: the client does not know that it resumes. With the names of types, which Apollo would add. */
const FOLLOW = `subscription Kept($id: ID!) {
  benchmarkRun(id: $id) {
    __typename
    kind
    skipped
    benchmarkRun { __typename state }
    changes { __typename previousState scenarioRun { __typename id name state } }
  }
}`;

/** Of each client; `npm run client:cuts` has 10,000. */
const CUTS = Number(process.env['CLIENT_CUTS'] ?? '60');

describe(`clients whose connections are cut ${String(CUTS)} times`, { timeout: 120_000 + CUTS * 100 }, () => {
  it.each(Object.entries(KEPT_CLIENTS))('%s gets every event once and in order', async (_name, follow) => {
    const random = createRandom(1);
    let move: (world: World) => void = () => undefined;
    await using gateway = await createTestGateway({
      env: { ...FAST_POLLS, LIVE_LOG_MAX_EVENTS: '1000000', LIVE_LOG_MAX_BYTES: '1073741824' },
      simulator: {
        // The world moves whenever the gateway looks at it, so that every look shows something new.
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
    const variables = { id };
    using reference = await openEventStream(gateway.url, { query: FOLLOW, variables });
    await reference.received(1);
    let cuts = 0;
    await using proxy = await startUnreliableProxy({
      target: gateway.url,
      random: () => random.next(),
      maxBytes: 4_000,
      onCut: () => cuts++,
    });
    const received: unknown[] = [];
    const states = new Set<string>();
    const resets: unknown[] = [];
    const followed = follow({
      url: proxy.url,
      query: FOLLOW,
      variables,
      onData: (data) => received.push(data),
      observer: {
        onState: (state) => states.add(state),
        onReset: (request) => resets.push(request),
      },
    });
    await expect.poll(() => received.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(1);
    let moves = 0;
    move = (world) => {
      for (const run of runs) if (random.chance(0.3)) rename(world, run, `name ${String(++moves)}`);
    };
    await expect.poll(() => cuts, { timeout: 100_000 + CUTS * 90 }).toBeGreaterThanOrEqual(CUTS);
    proxy.heal();
    move = () => undefined;
    for (const run of runs) complete(gateway.world, run);
    gateway.world.benchmarkRuns.update(id, { state: 'completed', duration_ms: 60_000 });
    await Promise.all([followed, reference.ended]);

    const expected = reference.events.flatMap(({ event, data }) =>
      event === 'next' ? [(data as { readonly data: unknown }).data] : [],
    );
    // A connection may be cut before it has brought anything.
    expect(expected.length).toBeGreaterThan(CUTS / 4);
    expect(received).toEqual(expected);
    expect(resets).toEqual([]);
    expect(states).toEqual(new Set(['live', 'reconnecting', 'ended']));
  });
});
