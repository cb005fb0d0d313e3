import { expect, it } from 'vitest';
import { benchmarkRunEvents, changesIn, followBenchmarkRun } from '../support/benchmark-stream.ts';
import { createFleet, type Fleet, type Replica } from '../support/fleet.ts';

/** `npm run chaos` takes many more; `CHAOS_SEED` is the first one. */
const COUNT = Number(process.env['CHAOS_SEEDS'] ?? 3);
const FIRST = Number(process.env['CHAOS_SEED'] ?? 1);
const SEEDS = Array.from({ length: COUNT }, (_, index) => FIRST + index);
const RUNS = 15;
const STATES = ['scoring', 'scored'] as const;

/** From 0 to below 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Shuts one of them down and starts another in its place. */
async function replace(fleet: Fleet, replicas: Replica[], index: number): Promise<void> {
  await replicas[index]?.[Symbol.asyncDispose]();
  replicas[index] = await fleet.start();
}

it.each(SEEDS)(
  'clients that change between three gateways, which are replaced meanwhile, miss nothing and get nothing twice (seed %d)',
  { timeout: 120_000 },
  async (seed) => {
    const random = randomOf(seed);
    await using fleet = await createFleet();
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
        const { url } = replicas[Math.floor(random() * replicas.length)] ?? { url: '' };
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
          random() < 0.2 ? replace(fleet, replicas, Math.floor(random() * replicas.length)) : null,
        ]);
      }
    }
    for (const { told, snapshots } of clients) {
      expect(told).toEqual(expected);
      expect(snapshots).toBe(1);
    }
  },
);
