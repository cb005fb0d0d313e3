/** From a change at the upstream to the client that follows it, at the gateway's default pace. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Arrival } from './client.ts';
import { type Figure, percentile, rounded } from './figure.ts';
import { followDevbox, followScenarioRun, type Stage } from './stage.ts';

const THINGS = 40;
const CHANGES_EACH = 6;
/** The default of LIVE_POLL_INTERVAL_MS. */
const POLL_INTERVAL_MS = 1_000;
/** Between two changes of a thing, so that each is seen by itself. */
const PAUSE_MS = [1_300, 2_300] as const;

const POLLED_TARGET_MS = POLL_INTERVAL_MS + 50;
const DEVBOX_TARGET_MS = 250;

export async function latency(stage: Stage): Promise<readonly Figure[]> {
  const { world, client } = stage;
  const runs = await world.ask('addScenarioRuns', { count: THINGS });
  const devboxes = await world.ask('addDevboxes', { count: THINGS });
  await using gateway = await stage.gateway();
  const connect = { url: gateway.url, transport: 'SSE', count: THINGS } as const;
  await stage.follow({ ...connect, group: 'runs', questions: runs.map(followScenarioRun) });
  await stage.follow({ ...connect, group: 'devboxes', questions: devboxes.map(followDevbox) });
  await client.ask('record', { group: 'runs' });
  await client.ask('record', { group: 'devboxes' });

  // When each change was made, by thing.
  const [renamedAt, movedAt] = await Promise.all([
    changeAll(runs, (id, change) => world.ask('rename', { id, name: `mark ${String(change)}` })),
    changeAll(devboxes, (id) => world.ask('moveDevbox', { id })),
  ]);
  await sleep(1_500);

  const polled = (await client.ask('recorded', { group: 'runs' })).map(
    ({ follower, at, mark }) => at - (renamedAt[follower]?.[(mark ?? 0) - 1] ?? NaN),
  );
  const waited = inOrder(await client.ask('recorded', { group: 'devboxes' }), movedAt);
  await client.ask('close', { group: 'runs' });
  await client.ask('close', { group: 'devboxes' });
  return [
    figureOf('upstream change → client, polled', polled, POLLED_TARGET_MS),
    figureOf('upstream change → client, devbox', waited, DEVBOX_TARGET_MS),
  ];
}

/** Each at its own times; answers them by thing. */
function changeAll(
  ids: readonly string[],
  change: (id: string, number: number) => Promise<number>,
): Promise<readonly (readonly number[])[]> {
  const [least, most] = PAUSE_MS;
  return Promise.all(
    ids.map(async (id) => {
      const times: number[] = [];
      for (let number = 1; number <= CHANGES_EACH; number++) {
        await sleep(least + Math.random() * (most - least));
        times.push(await change(id, number));
      }
      return times;
    }),
  );
}

/** Of a devbox every change is an event of its own. */
function inOrder(arrivals: readonly Arrival[], times: readonly (readonly number[])[]): readonly number[] {
  const seen = times.map(() => 0);
  return arrivals.map(({ follower, at }) => {
    const number = seen[follower] ?? 0;
    seen[follower] = number + 1;
    return at - (times[follower]?.[number] ?? NaN);
  });
}

function figureOf(figure: string, latencies: readonly number[], targetMs: number): Figure {
  const p95 = percentile(latencies, 0.95);
  return {
    figure: `${figure}: p95 of ${String(latencies.length)} changes`,
    target: `≤ ${String(targetMs)} ms`,
    measured: `${rounded(p95)} ms (p50 ${rounded(percentile(latencies, 0.5))} ms)`,
    isMet: p95 <= targetMs && latencies.length >= THINGS * CHANGES_EACH * 0.9,
  };
}
