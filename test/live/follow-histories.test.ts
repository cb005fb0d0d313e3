import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LogEntry } from '../../src/events/event-log.ts';
import { type Delivery, nextFor, type Reader, startReader } from '../../src/live/follow.ts';
import type { LiveTopic } from '../../src/live/live-topic.ts';
import type { ScenarioRunState } from '../../src/upstream/types.ts';
import { scenarioRun } from '../support/entities.ts';
import { RANDOM_CASES } from '../support/random-cases.ts';
import { createLiveStage, type LiveStage } from './live-stage.ts';

const RUN = { kind: 'scenarioRun', id: 'scr_1' } as const;
const RANKS: Readonly<Record<string, number>> = {
  running: 0,
  scoring: 1,
  scored: 2,
  completed: 3,
  canceled: 3,
};
const SETTINGS = {
  idlePollIntervalMs: 2_000,
  scoredPollIntervalMs: 2_000,
  graceMs: 500,
  logMaxEvents: 4,
  followerMaxLag: 2,
};
/** Long enough for two polls and their answers. */
const SETTLED_MS = 6_000;

/** A client: it comes, reads now and then, leaves at any time, and resumes where it was. */
interface Client {
  topic: LiveTopic | null;
  reader: Reader | null;
  leave: (() => void) | null;
  /** What it got last, through all its connections. */
  last: Delivery | null;
  /** The next delivery may be a snapshot: it is new, or its cursor may be too old. */
  maySnapshot: boolean;
}

const who = fc.nat({ max: 2 });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('move' as const),
      to: fc.constantFrom<ScenarioRunState>(
        'scoring',
        'scored',
        'scoring',
        'scored',
        'completed',
        'canceled',
      ),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('rename' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.constantFrom(0, 20, 60, 400, 1_100, 1_500),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('connect' as const), who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), who }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('read' as const), who, count: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('query' as const),
      there: fc.nat({ max: 80 }),
      back: fc.nat({ max: 80 }),
    }),
  },
);
const history = fc.array(step, { minLength: 8, maxLength: 30, size: 'max' });
const latencyList = fc.array(fc.nat({ max: 120 }), { minLength: 2, maxLength: 7 });

it(
  'every follower gets exactly the log, and none sees an older state after a newer one',
  { timeout: 240_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(history, latencyList, async (steps, latencies) => {
        let turn = 0;
        let names = 0;
        await using stage = createLiveStage({ settings: SETTINGS });
        const { clock, upstream } = stage;
        upstream.latency = () => [
          latencies[turn++ % latencies.length] ?? 0,
          latencies[turn++ % latencies.length] ?? 0,
        ];
        let run = scenarioRun({ id: 'scr_1' });
        upstream.put(run);
        const logged = recordLog(stage);
        const clients = Array.from({ length: 3 }, (): Client => ({
          topic: null,
          reader: null,
          leave: null,
          last: null,
          maySnapshot: true,
        }));
        /** The furthest that anybody has seen. */
        const seen = { rank: 0 };
        const queries: Promise<void>[] = [];

        for (const client of clients) await connect(stage, client);
        for (const one of steps) {
          switch (one.kind) {
            case 'move':
              if ((RANKS[one.to] ?? 0) <= (RANKS[run.state] ?? 0)) break;
              run = scenarioRun({ id: run.id, name: run.name, state: one.to });
              upstream.put(run);
              break;
            case 'rename':
              if (run.isTerminal) break;
              run = { ...run, name: `name ${String(++names)}` };
              upstream.put(run);
              break;
            case 'wait':
              await clock.advance(one.ms);
              break;
            case 'connect':
              await connect(stage, clients[one.who]!);
              break;
            case 'leave':
              clients[one.who]!.leave?.();
              break;
            case 'read':
              read(clients[one.who]!, one.count, seen);
              break;
            case 'query':
              queries.push(query(stage, one, seen));
              break;
          }
        }
        for (const client of clients) await connect(stage, client);
        await clock.advance(SETTLED_MS);
        await Promise.all(queries);

        const entries = await logged();
        expectChain(entries);
        for (const client of clients) {
          read(client, Infinity, seen);
          const sequence = entries.at(-1)?.sequence ?? 0;
          expect(client.last?.sequence).toBe(sequence);
          expect(client.last?.event).toMatchObject({ scenarioRun: { state: run.state, name: run.name } });
          if (run.isTerminal) expect(client.topic?.isComplete).toBe(true);
          client.leave?.();
        }
        await clock.advance(SETTINGS.graceMs);
        expect([stage.live.watcherCount, clock.pending, upstream.underWay]).toEqual([0, 0, 0]);
      }),
      { numRuns: RANDOM_CASES },
    );
  },
);

async function connect(stage: LiveStage, client: Client): Promise<void> {
  client.leave?.();
  const { signal } = new AbortController();
  const opening = stage.live.open(stage.account, RUN, { signal });
  await stage.clock.advance(300);
  const topic = await opening;
  client.topic = topic;
  client.reader = startReader(topic, { after: client.last?.cursor });
  client.maySnapshot = client.reader.position === null;
  client.leave = () => {
    topic[Symbol.dispose]();
    client.topic = null;
  };
}

/** Takes what there is, and checks that it is the very next, or the newest after a stated skip. */
function read(client: Client, count: number, seen: { rank: number }): void {
  for (let taken = 0; taken < count && client.topic && client.reader; taken++) {
    const step = nextFor(client.reader, client.topic, { maxLag: SETTINGS.followerMaxLag });
    if (step.kind !== 'deliver') return;
    const { delivery, reader } = step;
    const last = client.last?.sequence ?? 0;
    if (delivery.kind === 'snapshot') {
      expect(client.maySnapshot).toBe(true);
      expect(delivery.sequence).toBeGreaterThanOrEqual(last);
    } else {
      expect(delivery.sequence).toBe(last + delivery.skipped + 1);
    }
    if (client.last) expect(rankOf(delivery)).toBeGreaterThanOrEqual(rankOf(client.last));
    seen.rank = Math.max(seen.rank, rankOf(delivery));
    client.last = delivery;
    client.reader = reader;
    client.maySnapshot = false;
  }
}

/** Somebody reads the run with latencies of its own, and shows what `observe` answers. */
async function query(
  { clock, upstream, live, account }: LiveStage,
  { there, back }: { there: number; back: number },
  seen: { rank: number },
): Promise<void> {
  const sentAtMs = clock.now();
  await clock.sleep(there);
  const { latency } = upstream;
  upstream.latency = () => [0, 0];
  const session = upstream.session({
    account,
    priority: 'interactive',
    signal: new AbortController().signal,
    deadlineAt: 0,
  });
  const asking = session.get('scenarioRun', 'scr_1');
  upstream.latency = latency;
  const answer = await asking;
  await clock.sleep(back);
  const isWatched = live.watcherCount > 0;
  const shown = live.observe(account, answer!, { sentAtMs, receivedAtMs: clock.now() });
  if (isWatched) {
    expect(RANKS[shown.state]).toBeGreaterThanOrEqual(seen.rank);
    seen.rank = Math.max(seen.rank, RANKS[shown.state] ?? 0);
  }
}

function rankOf({ event }: Delivery): number {
  return event.type === 'scenarioRun' ? (RANKS[event.scenarioRun.state] ?? 0) : 0;
}

/** Keeps every entry that the log ever had, also those that it drops. */
function recordLog({ log, account }: LiveStage): () => Promise<readonly LogEntry[]> {
  const topic = { accountId: account.id, ref: RUN };
  const entries: LogEntry[] = [];
  const readOn = async () => {
    const state = await log.state(topic);
    const page = await log.read(topic, { epoch: state.epoch, sequence: entries.length }, 100);
    if (page !== 'gap')
      for (const entry of page.entries) if (entry.sequence === entries.length + 1) entries.push(entry);
  };
  const waiting = log.onAppend(topic, () => void readOn());
  return async () => {
    await waiting;
    await readOn();
    return entries;
  };
}

/** Each event starts where the one before has ended, and nothing goes back: this upstream never does. */
function expectChain(entries: readonly LogEntry[]): void {
  let state: string | null = null;
  for (const { event } of entries) {
    if (event.type !== 'scenarioRun') throw new Error('Only a scenario run is watched');
    if (state !== null) expect(event.previousState).toBe(state);
    state = event.scenarioRun.state;
    expect(RANKS[state]).toBeGreaterThanOrEqual(RANKS[event.previousState ?? 'running'] ?? 0);
  }
}
