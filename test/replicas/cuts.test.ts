import { expect, it } from 'vitest';
import { createRandom } from '../../src/simulator/seed/random.ts';
import { benchmarkRunEvents, changesIn, followBenchmarkRun } from '../support/benchmark-stream.ts';
import { seeds } from '../support/chaos.ts';
import { createFleet, type Fleet } from '../support/fleet.ts';
import type { TestGateway } from '../support/gateway.ts';
import { FAST_POLLS } from '../support/subscriptions.ts';

const RUNS = 15;
const STATES = ['scoring', 'scored'] as const;

/** Shuts one of them down and starts another in its place. */
async function replace(fleet: Fleet, replicas: TestGateway[], index: number): Promise<void> {
  await replicas[index]?.[Symbol.asyncDispose]();
  replicas[index] = await fleet.start();
}

it.each(seeds(3, 30))(
  'clients that change between three gateways, which are replaced meanwhile, miss nothing and get nothing twice (seed %d)',
  { timeout: 120_000 },
  async (seed) => {
    const random = createRandom(seed);
    await using fleet = await createFleet({ env: FAST_POLLS });
    const run = fleet.world.insert.benchmarkRun();
    const ids = Array.from(
      { length: RUNS },
      () => fleet.world.insert.scenarioRun({ benchmark_run_id: run.id }).id,
    );
    const replicas = [await fleet.start(), await fleet.start(), await fleet.start()];
    const clients = Array.from({ length: 3 }, () => ({
      cursor: null as string | null,
      told: [] as string[],
      snapshots: 0,
    }));

    /** Follows at any of them, at the next one where that goes, until the client was told `change`, and leaves. */
    const visit = async (client: (typeof clients)[number], change: string | null): Promise<void> => {
      for (;;) {
        const { url } = random.pick(replicas);
        const opened = await followBenchmarkRun(url, { id: run.id, after: client.cursor }).catch(() => null);
        // It was shut down: another one is tried.
        if (!opened) continue;
        using stream = opened;
        const isThere = () =>
          change === null ? stream.events.length > 0 : changesIn(stream).includes(change);
        const end = { isReached: false };
        void stream.ended.then(() => (end.isReached = true));
        while (!isThere() && !end.isReached)
          await Promise.race([stream.ended, stream.received(stream.events.length + 1)]);
        const events = benchmarkRunEvents(stream);
        client.cursor = events.at(-1)?.cursor ?? client.cursor;
        client.told.push(...changesIn(stream));
        client.snapshots += events.filter(({ kind }) => kind === 'SNAPSHOT').length;
        if (isThere()) return;
      }
    };

    for (const client of clients) await visit(client, null);
    const expected: string[] = [];
    for (const state of STATES) {
      for (const id of ids) {
        fleet.world.scenarioRuns.update(id, { state });
        const change = `${id} ${state.toUpperCase()}`;
        expected.push(change);
        await Promise.all([
          ...clients.map((client) => visit(client, change)),
          random.chance(0.2) ? replace(fleet, replicas, random.integer(0, replicas.length - 1)) : null,
        ]);
      }
    }
    for (const { told, snapshots } of clients) {
      expect(told).toEqual(expected);
      expect(snapshots).toBe(1);
    }
  },
);
