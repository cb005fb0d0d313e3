/** What a follower that has nothing to hear costs in memory. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Transport } from './client.ts';
import { type Figure, rounded } from './figure.ts';
import { followScenarioRun, type Stage } from './stage.ts';
import { residentBytes } from './usage.ts';

const FOLLOWERS = Number(process.env['BENCH_IDLE_FOLLOWERS'] ?? 10_000);
const TARGET_EACH = 15_000;
const TARGET_ALL = 250_000_000;
const SETTLE_MS = 2_000;

export async function memory(stage: Stage, transport: Transport): Promise<readonly Figure[]> {
  const [id = ''] = await stage.world.ask('addScenarioRuns', { count: 1 });
  await using gateway = await stage.gateway({}, { isPinned: false });
  // What the first one needs is needed once.
  await stage.follow({
    group: 'first',
    url: gateway.url,
    transport,
    questions: [followScenarioRun(id)],
    count: 100,
  });
  await sleep(SETTLE_MS);
  const before = residentBytes(gateway.pid);
  await stage.follow({
    group: 'idle',
    url: gateway.url,
    transport,
    questions: [followScenarioRun(id)],
    count: FOLLOWERS,
  });
  await sleep(SETTLE_MS);
  const all = residentBytes(gateway.pid);
  const each = (all - before) / FOLLOWERS;
  await stage.client.ask('close', { group: 'idle' });
  await stage.client.ask('close', { group: 'first' });
  return [
    {
      figure: `memory per idle follower, ${transport}`,
      target: `≤ ${rounded(TARGET_EACH / 1_000)} kB`,
      measured: `${rounded(each / 1_000, 1)} kB`,
      isMet: each <= TARGET_EACH,
    },
    {
      figure: `memory of a gateway with ${String(FOLLOWERS)} idle followers, ${transport}`,
      target: `≤ ${rounded(TARGET_ALL / 1_000_000)} MB`,
      measured: `${rounded(all / 1_000_000)} MB`,
      isMet: all <= TARGET_ALL,
    },
  ];
}
