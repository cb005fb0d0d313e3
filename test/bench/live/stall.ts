/** One client that reads nothing, among many that do: nobody else may notice, and nothing may pile up. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Figure, median, percentile, rounded } from './figure.ts';
import { followScenarioRun, type Stage } from './stage.ts';
import { residentBytes } from './usage.ts';

const FOLLOWERS = 500;
const ROUNDS = 150;
const WARM_UP_ROUNDS = 50;
/** Large events, so that what the kernel takes for the stalled one is soon full. */
const NAME_BYTES = 64 * 1024;

const TARGET_SLOWDOWN = 0.1;
const TARGET_GROWTH = 20_000_000;

export async function stall(stage: Stage): Promise<readonly Figure[]> {
  const { world, client } = stage;
  const settings = {
    LIVE_POLL_INTERVAL_MS: '10',
    LIVE_JITTER_PERCENT: '0',
    // So few that the stalled one loses some.
    LIVE_FOLLOWER_MAX_LAG: '16',
    LIVE_LOG_MAX_EVENTS: '20',
  };
  await using alone = await stage.gateway(settings);
  await using beside = await stage.gateway(settings);
  // Two gateways take turns, so that whatever else happens on this machine happens to both.
  const sides = await Promise.all(
    [alone, beside].map(async ({ pid, url }, index) => {
      const [id = ''] = await world.ask('addScenarioRuns', { count: 1 });
      const group = `side ${String(index)}`;
      const question = followScenarioRun(id);
      await stage.follow({ group, url, transport: 'SSE', questions: [question], count: FOLLOWERS });
      return {
        id,
        pid,
        url,
        group,
        question,
        p99Ms: new Array<number>(),
        memory: new Array<number>(),
      };
    }),
  );
  const [, stalled] = sides;
  if (!stalled) throw new Error('There are two sides');
  await stage.follow({
    group: 'stalled',
    url: stalled.url,
    transport: 'SSE',
    questions: [stalled.question],
    count: 1,
  });
  await client.ask('stall', { group: 'stalled' });

  for (let round = 0; round < ROUNDS; round++) {
    for (const { id, pid, group, p99Ms, memory } of round % 2 ? sides : sides.toReversed()) {
      await client.ask('arm', { group });
      await world.ask('rename', { id, name: String(round).padEnd(NAME_BYTES, '.') });
      const arrivals = await client.ask('arrived', { group, count: FOLLOWERS });
      if (round < WARM_UP_ROUNDS) continue;
      memory.push(residentBytes(pid));
      p99Ms.push(percentile(arrivals, 0.99) - Math.min(...arrivals));
    }
  }
  await client.ask('record', { group: 'stalled' });
  await client.ask('wake', { group: 'stalled' });
  await sleep(1_000);
  const skipped = Math.max(
    0,
    ...(await client.ask('recorded', { group: 'stalled' })).map((event) => event.skipped),
  );
  for (const { group } of sides) await client.ask('close', { group });
  await client.ask('close', { group: 'stalled' });

  const [withoutMs = NaN, withMs = NaN] = sides.map(({ p99Ms }) => median(p99Ms));
  const [bytesWithout = NaN, bytesWith = NaN] = sides.map(({ memory }) => median(memory));
  const slowdown = withMs / withoutMs - 1;
  return [
    {
      figure: `one stalled client beside ${String(FOLLOWERS)}: p99 of the others, against none stalled`,
      target: '≤ +10 %',
      measured: `${slowdown >= 0 ? '+' : ''}${rounded(slowdown * 100, 1)} % (${rounded(withMs, 1)} ms, ${rounded(withoutMs, 1)} ms)`,
      isMet: slowdown <= TARGET_SLOWDOWN,
    },
    {
      figure: `one stalled client, ${rounded((ROUNDS * NAME_BYTES) / 1_000_000, 1)} MB of events: memory, against none stalled`,
      target: `≤ +${rounded(TARGET_GROWTH / 1_000_000)} MB`,
      measured: `${rounded((bytesWith - bytesWithout) / 1_000_000, 1)} MB; when it reads again it is told of ${String(skipped)} skipped`,
      isMet: bytesWith - bytesWithout <= TARGET_GROWTH && skipped > 0,
    },
  ];
}
