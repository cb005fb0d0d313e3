/** Three replicas are replaced one after the other under thousands of `EventSource`s behind a balancer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startRedisServer } from '../../support/redis.ts';
import type { BalancerQuestions } from './balancer.ts';
import { startChild } from './child.ts';
import type { EventSourcesQuestions } from './event-sources.ts';
import { type Figure } from './figure.ts';
import { eventually, followScenarioRun, type GatewayUnderTest, OTHER_CORE, type Stage } from './stage.ts';

const REPLICAS = 3;
const CLIENTS = Number(process.env['BENCH_FOLLOWERS'] ?? 5_000);
const PEAK_TARGET = 500;
const PAUSE_MS = 500;

export async function rollingRestart(stage: Stage): Promise<readonly Figure[]> {
  const { world } = stage;
  await using redis = await startRedisServer();
  const ports = await Promise.all(Array.from({ length: REPLICAS }, () => freePort()));
  // As in production: they say that they leave five seconds before they do, and end streams over ten.
  const start = (port: number) => stage.replica(redis.url, { PORT: String(port) });
  const replicas: GatewayUnderTest[] = await Promise.all(ports.map(start));
  try {
    await using balancer = await startChild<BalancerQuestions>('balancer.ts', { core: OTHER_CORE });
    await using sources = await startChild<EventSourcesQuestions>('event-sources.ts', { core: OTHER_CORE });
    await balancer.ask('balance', { hosts: ports.map((port) => `127.0.0.1:${String(port)}`) });
    const [id = ''] = await world.ask('addScenarioRuns', { count: 1 });
    const url = await balancer.ask('url', undefined);
    await sources.ask('open', { url, question: followScenarioRun(id), count: CLIENTS });
    await sources.ask('arm', undefined);

    const restarting = { isOver: false };
    const restarts = (async () => {
      for (const [index, port] of ports.entries()) {
        const leaving = replicas[index];
        if (!leaving) continue;
        process.kill(leaving.pid, 'SIGTERM');
        await leaving.ended;
        replicas[index] = await start(port);
        await eventually(async () => (await balancer.ask('ready', undefined)).length === REPLICAS);
      }
      restarting.isOver = true;
    })();
    let mark = 0;
    while (!restarting.isOver) {
      await world.ask('rename', { id, name: `mark ${String(++mark)}` });
      // The next change comes when somebody was told of this one: what happens between two polls is one change.
      await Promise.race([
        eventually(async () => (await sources.ask('marks', undefined)).most >= mark),
        restarts,
      ]);
      await sleep(PAUSE_MS);
    }
    await restarts;
    await eventually(async () => (await sources.ask('marks', undefined)).least >= mark || (await isOver()));
    async function isOver(): Promise<boolean> {
      return (await sources.ask('result', undefined)).closedForGood > 0;
    }
    const result = await sources.ask('result', undefined);
    const peak = mostInOneSecond(result.connectedAt);
    await sources.ask('close', undefined);
    const figure = `${String(REPLICAS)} replicas restarted one after the other under ${String(CLIENTS)} EventSources, ${String(mark)} events`;
    return [
      {
        figure: `${figure}: closed for good, lost, twice, snapshots`,
        target: '0, 0, 0 and 0',
        measured:
          [result.closedForGood, result.lost, result.twice, result.snapshots].join(', ') +
          ` ${result.statuses.join(' ')}`,
        isMet: result.closedForGood + result.lost + result.twice + result.snapshots === 0,
      },
      {
        figure: `${figure}: most reconnects in one second`,
        target: `≤ ${String(PEAK_TARGET)}`,
        measured: `${String(peak)} (${String(result.connectedAt.length)} in all)`,
        isMet: peak <= PEAK_TARGET,
      },
    ];
  } finally {
    await Promise.all(replicas.map((replica) => replica[Symbol.asyncDispose]()));
  }
}

function mostInOneSecond(instants: readonly number[]): number {
  const sorted = instants.toSorted((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [index, at] of sorted.entries()) {
    while (at - (sorted[first] ?? at) >= 1_000) first++;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
