/** What following costs the upstream: the same for one follower and for a thousand, and nothing once the last has left. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Figure } from './figure.ts';
import { followBenchmarkRun, followDevbox, type Stage } from './stage.ts';

const MANY = 1_000;
const POLLS = 20;
const SCENARIO_RUNS = 50;
const AFTER_MS = 2_000;

export async function upstreamCost(stage: Stage): Promise<readonly Figure[]> {
  const { world, client } = stage;
  const id = await world.ask('addBenchmarkRun', { scenarioRuns: SCENARIO_RUNS });
  const [devbox = ''] = await world.ask('addDevboxes', { count: 1 });
  const calls: number[] = [];
  for (const count of [1, MANY]) {
    await using gateway = await stage.gateway({ LIVE_POLL_INTERVAL_MS: '100' });
    const counted = world.ask('callsOfPolls', { id, polls: POLLS });
    await stage.follow({
      group: 'benchmark run',
      url: gateway.url,
      transport: 'SSE',
      questions: [followBenchmarkRun(id)],
      count,
    });
    calls.push(await counted);
    await client.ask('close', { group: 'benchmark run' });
  }

  await using gateway = await stage.gateway();
  await stage.follow({
    group: 'leaving',
    url: gateway.url,
    transport: 'SSE',
    questions: [followBenchmarkRun(id), followDevbox(devbox)],
    count: MANY,
  });
  await sleep(500);
  const during = await world.ask('load', undefined);
  await client.ask('close', { group: 'leaving' });
  await sleep(AFTER_MS);
  const left = await world.ask('load', undefined);
  await sleep(AFTER_MS);
  const after = await world.ask('load', undefined);
  const [one = NaN, many = NaN] = calls;
  return [
    {
      figure: `upstream calls of ${String(POLLS)} polls of one benchmark run, with 1 and with ${String(MANY)} followers`,
      target: 'equal',
      measured: `${String(one)} and ${String(many)}`,
      isMet: one === many,
    },
    {
      figure: `${String(AFTER_MS / 1_000)} s after the last of ${String(MANY)} followers left: upstream sockets, calls under way, and calls in the ${String(AFTER_MS / 1_000)} s after`,
      target: '0, 0 and 0',
      measured: `${String(left.sockets)}, ${String(left.underWay)} and ${String(after.calls)} (${String(during.sockets)} sockets and ${String(during.underWay)} calls under way before)`,
      isMet: left.sockets === 0 && left.underWay === 0 && after.calls === 0,
    },
  ];
}
