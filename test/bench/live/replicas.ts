/** What it costs that several replicas follow the same: the way from one to another, and what is left of fan-out. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sendTo, startRedisServer } from '../../support/redis.ts';
import type { Transport } from './client.ts';
import { costUs, FOLLOWERS, type FanoutResult, rowOf, sampleOf, takeTurns } from './fanout.ts';
import { type Figure, percentile, rounded } from './figure.ts';
import { followScenarioRun, type GatewayUnderTest, type Stage } from './stage.ts';

const CHANGES = 500;
const HANDOVER_TARGET_MS = 10;
const TARGET_OF_ONE_PROCESS = 0.95;

const KILLS = 8;
const POLL_INTERVAL_MS = 1_000;
/** Three seconds, and a poll whose wait is a tenth longer at most. */
const GAP_TARGET_MS = 3_000 + 1.1 * POLL_INTERVAL_MS;

/** One replica polls, and a client of another one is told. */
export async function acrossReplicas(stage: Stage): Promise<readonly Figure[]> {
  const { world, client } = stage;
  await using redis = await startRedisServer();
  const settings = { LIVE_POLL_INTERVAL_MS: '100' };
  await using polling = await stage.replica(redis.url, settings);
  await using other = await stage.replica(redis.url, settings);
  const [id = ''] = await world.ask('addScenarioRuns', { count: 1 });
  const questions = [followScenarioRun(id)];
  await stage.follow({ group: 'here', url: polling.url, transport: 'SSE', questions, count: 1 });
  await stage.follow({ group: 'there', url: other.url, transport: 'SSE', questions, count: 1 });
  const polledAt: number[] = [];
  const arrivedAt: number[] = [];
  for (let change = 1; change <= CHANGES; change++) {
    await client.ask('arm', { group: 'there' });
    polledAt.push(await world.ask('renameUntilPolled', { id, name: `mark ${String(change)}` }));
    arrivedAt.push(...(await client.ask('arrived', { group: 'there', count: 1 })));
  }
  const appendedAt = await appendTimes(redis.url);
  for (const group of ['here', 'there']) await client.ask('close', { group });
  const since = (begunAt: readonly number[]) => arrivedAt.map((at, index) => at - (begunAt[index] ?? NaN));
  const [handover, whole] = [since(appendedAt), since(polledAt)];
  const p99 = percentile(handover, 0.99);
  const isComplete = [appendedAt, arrivedAt].every(({ length }) => length === CHANGES);
  return [
    {
      figure: `append by one replica → a client of another: p99 of ${String(CHANGES)} changes`,
      target: `≤ ${String(HANDOVER_TARGET_MS)} ms`,
      measured:
        `${rounded(p99, 1)} ms (p50 ${rounded(percentile(handover, 0.5), 1)} ms); since the upstream was asked ` +
        `${rounded(percentile(whole, 0.99), 1)} ms (p50 ${rounded(percentile(whole, 0.5), 1)} ms)`,
      isMet: p99 <= HANDOVER_TARGET_MS && isComplete,
    },
  ];
}

/** When Redis has taken each event of the only log that it has, by the clock of this machine, in whole milliseconds. */
async function appendTimes(url: string): Promise<readonly number[]> {
  const [key] = (await sendTo(url, ['KEYS', '*:s'])) as string[];
  const entries = (await sendTo(url, ['XRANGE', key ?? '', '-', '+'])) as [string, string[]][];
  return entries.map(([, [, atMs]]) => Number(atMs));
}

/** Followers of a replica that gets all events from another one, beside those of a process that is alone. */
export async function fanoutOverRedis(stage: Stage, transport: Transport): Promise<FanoutResult> {
  const { world, client } = stage;
  await using redis = await startRedisServer();
  const settings = { LIVE_POLL_INTERVAL_MS: '100', LIVE_HEARTBEAT_MS: '600000' };
  await using alone = await stage.gateway(settings);
  await using polling = await stage.replica(redis.url, settings);
  await using following = await stage.replica(redis.url, settings);
  const [one = '', shared = ''] = await world.ask('addScenarioRuns', { count: 2 });
  const connect = { transport, count: FOLLOWERS };
  await stage.follow({ ...connect, group: 'alone', url: alone.url, questions: [followScenarioRun(one)] });
  const questions = [followScenarioRun(shared)];
  await stage.follow({ group: 'polling', url: polling.url, transport, questions, count: 1 });
  await stage.follow({ ...connect, group: 'following', url: following.url, questions });
  const rename = (id: string) => (round: number) =>
    world.ask('rename', { id, name: `mark ${String(1_000 + round)}` });
  await client.ask('arm', { group: 'alone' });
  await rename(one)(0);
  await client.ask('arrived', { group: 'alone', count: FOLLOWERS });
  const { text } = sampleOf(await client.ask('sample', { group: 'alone' }), transport);
  const contestants = await takeTurns(stage, [
    { name: 'one process', group: 'alone', pid: alone.pid, publish: rename(one) },
    { name: 'a replica over Redis', group: 'following', pid: following.pid, publish: rename(shared) },
  ]);
  await client.ask('close', { group: 'polling' });
  const [aloneUs = NaN, sharedUs = NaN] = contestants.map(costUs);
  const ratio = aloneUs / sharedUs;
  return {
    figures: [
      {
        figure: `one event to ${String(FOLLOWERS)} followers of a replica, ${transport}: deliveries per second and core, of one process alone`,
        target: `≥ ${String(TARGET_OF_ONE_PROCESS)}`,
        measured: rounded(ratio, 2),
        isMet: ratio >= TARGET_OF_ONE_PROCESS,
      },
    ],
    rows: contestants.map((contestant) => rowOf(contestant, transport, text.length)),
  };
}

/** The replica that polls is killed again and again, and another takes its place. */
export async function holderKilled(stage: Stage): Promise<readonly Figure[]> {
  const { world, client } = stage;
  await using redis = await startRedisServer();
  const [id = ''] = await world.ask('addScenarioRuns', { count: 1 });
  const questions = [followScenarioRun(id)];
  let replicas = 0;
  const join = async () => {
    const gateway = await stage.replica(redis.url);
    const group = `replica ${String(++replicas)}`;
    await stage.follow({ group, url: gateway.url, transport: 'SSE', questions, count: 1 });
    return { gateway, group };
  };
  const started: GatewayUnderTest[] = [];
  const gaps: number[] = [];
  try {
    let holder = await join();
    for (let kill = 0; kill < KILLS; kill++) {
      const next = await join();
      started.push(holder.gateway, next.gateway);
      await world.ask('watchCalls', { id });
      // At another point between two polls, and between two renewals of the lease, each time.
      await sleep(2 * POLL_INTERVAL_MS + (kill * POLL_INTERVAL_MS) / KILLS);
      process.kill(holder.gateway.pid, 'SIGKILL');
      await sleep(GAP_TARGET_MS + 3 * POLL_INTERVAL_MS);
      const times = await world.ask('callTimes', undefined);
      gaps.push(Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? at))));
      await client.ask('close', { group: holder.group });
      holder = next;
    }
    await client.ask('close', { group: holder.group });
  } finally {
    for (const gateway of started) await gateway[Symbol.asyncDispose]();
  }
  const longest = Math.max(...gaps);
  return [
    {
      figure: `the replica that polls is killed ${String(KILLS)} times: longest time without a poll`,
      target: `≤ ${rounded(GAP_TARGET_MS)} ms: 3 s and one poll`,
      measured: `${rounded(longest)} ms (median ${rounded(percentile(gaps, 0.5))} ms)`,
      isMet: longest <= GAP_TARGET_MS,
    },
  ];
}
