/** One event to thousands of followers: the gateway beside a bare broadcaster of the same bytes and stock Yoga, in turn. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BareQuestions } from './bare.ts';
import { startChild } from './child.ts';
import type { Transport } from './client.ts';
import { type Figure, median, percentile, rounded } from './figure.ts';
import { eventually, followScenarioRun, SERVER_CORE, type Stage } from './stage.ts';
import type { StockYogaQuestions } from './stock-yoga.ts';
import { cpuMs } from './usage.ts';

export const FOLLOWERS = Number(process.env['BENCH_FOLLOWERS'] ?? 5_000);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 10);
const WARM_UP_ROUNDS = 3;
/** Long enough for what a round leaves behind, which is part of its cost. */
const SETTLE_MS = 150;

const TARGET_OF_BARE = 0.8;
const TARGET_OF_YOGA = 4;

export interface Contestant {
  readonly name: string;
  readonly pid: number;
  readonly group: string;
  readonly publish: (round: number) => Promise<unknown>;
  /** Processor time of all measured rounds. */
  cpuMs: number;
  readonly wallMs: number[];
  readonly p99Ms: number[];
}

export interface FanoutResult {
  readonly figures: readonly Figure[];
  readonly rows: readonly Readonly<Record<string, string | number>>[];
}

export async function fanout(stage: Stage, transport: Transport): Promise<FanoutResult> {
  const { world, client } = stage;
  const [id = ''] = await world.ask('addScenarioRuns', { count: 1 });
  const question = followScenarioRun(id);
  const connect = { transport, questions: [question], count: FOLLOWERS };

  await using gateway = await stage.gateway({ LIVE_POLL_INTERVAL_MS: '100', LIVE_HEARTBEAT_MS: '600000' });
  const rename = (round: number) => world.ask('rename', { id, name: `mark ${String(1_000 + round)}` });
  await stage.follow({ ...connect, group: 'ours', url: gateway.url });
  await client.ask('arm', { group: 'ours' });
  await rename(0);
  await client.ask('arrived', { group: 'ours', count: FOLLOWERS });
  const { text, event } = sampleOf(await client.ask('sample', { group: 'ours' }), transport);

  await using bare = await startChild<BareQuestions>('bare.ts', { core: SERVER_CORE });
  await bare.ask('take', { text });
  await stage.follow({ ...connect, group: 'bare', url: await bare.ask('url', undefined) });

  await using yoga = await startChild<StockYogaQuestions>('stock-yoga.ts', { core: SERVER_CORE });
  await client.ask('open', { ...connect, group: 'yoga', url: await yoga.ask('url', undefined) });
  await eventually(async () => (await yoga.ask('followers', undefined)) === FOLLOWERS);

  const contestants = await takeTurns(stage, [
    { name: 'gateway', group: 'ours', pid: gateway.pid, publish: rename },
    { name: 'bare', group: 'bare', pid: bare.pid, publish: () => bare.ask('publish', undefined) },
    { name: 'stock Yoga', group: 'yoga', pid: yoga.pid, publish: () => yoga.ask('publish', { event }) },
  ]);
  return summary(contestants, transport, text.length);
}

/** Event by event, so that whatever else happens on this machine happens to all of them. Their followers leave at the end. */
export async function takeTurns(
  { client }: Pick<Stage, 'client'>,
  given: readonly Pick<Contestant, 'name' | 'pid' | 'group' | 'publish'>[],
): Promise<readonly Contestant[]> {
  const contestants = given.map((one): Contestant => ({ ...one, cpuMs: 0, wallMs: [], p99Ms: [] }));
  for (let round = 1; round <= WARM_UP_ROUNDS + ROUNDS; round++) {
    for (const contestant of contestants) {
      const { pid, group, publish, wallMs, p99Ms } = contestant;
      const cpuBeforeMs = cpuMs(pid);
      await client.ask('arm', { group });
      await publish(round);
      await client.ask('arrived', { group, count: FOLLOWERS });
      await sleep(SETTLE_MS);
      if (round <= WARM_UP_ROUNDS) continue;
      contestant.cpuMs += cpuMs(pid) - cpuBeforeMs;
      const arrivals = await client.ask('arrived', { group, count: FOLLOWERS });
      if (arrivals.length !== FOLLOWERS)
        throw new Error(`${contestant.name}: ${String(arrivals.length)} events`);
      const first = Math.min(...arrivals);
      wallMs.push(Math.max(...arrivals) - first);
      p99Ms.push(percentile(arrivals, 0.99) - first);
    }
  }
  for (const { group } of contestants) await client.ask('close', { group });
  return contestants;
}

/** Processor time of one event to one follower. */
export function costUs({ cpuMs: spent }: Contestant): number {
  return (spent * 1_000) / (FOLLOWERS * ROUNDS);
}

export function rowOf(
  contestant: Contestant,
  transport: Transport,
  bytes: number,
): Readonly<Record<string, string | number>> {
  return {
    server: `${contestant.name}, ${transport}`,
    'bytes of the event': bytes,
    'CPU µs a delivery': rounded(costUs(contestant), 1),
    'deliveries/s and core': rounded(1_000_000 / costUs(contestant)),
    'first to last follower, ms': rounded(median(contestant.wallMs)),
    'p99 follower, ms': rounded(median(contestant.p99Ms)),
  };
}

function summary(contestants: readonly Contestant[], transport: Transport, bytes: number): FanoutResult {
  const [ours, bare, yoga] = contestants.map(costUs);
  const ofBare = (bare ?? NaN) / (ours ?? NaN);
  const ofYoga = (yoga ?? NaN) / (ours ?? NaN);
  const figure = `one event to ${String(FOLLOWERS)} followers, ${transport}`;
  return {
    figures: [
      {
        figure: `${figure}: deliveries per second and core, of a bare broadcaster's`,
        target: `≥ ${String(TARGET_OF_BARE)}`,
        measured: rounded(ofBare, 2),
        isMet: ofBare >= TARGET_OF_BARE,
      },
      {
        figure: `${figure}: times stock Yoga's`,
        target: `≥ ${String(TARGET_OF_YOGA)}`,
        measured: rounded(ofYoga, 1),
        isMet: ofYoga >= TARGET_OF_YOGA,
      },
    ],
    rows: contestants.map((contestant) => rowOf(contestant, transport, bytes)),
  };
}

/** The event as it is sent, without what frames it on the wire, and what a resolver would have published for it. */
export function sampleOf(
  sample: string,
  transport: Transport,
): { readonly text: string; readonly event: unknown } {
  const text = transport === 'WebSocket' ? sample : sample.slice(sample.indexOf('event: next'));
  const json = transport === 'WebSocket' ? text : text.slice(text.indexOf('data: ') + 'data: '.length);
  const message = JSON.parse(json) as { readonly payload?: unknown };
  const { data } = (message.payload ?? message) as { readonly data: { readonly scenarioRun: unknown } };
  return { text, event: data.scenarioRun };
}
