import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveEventOf } from '../../src/events/event.ts';
import { listRef } from '../../src/live/kinds/list-ref.ts';
import { nextFor, startReader } from '../../src/live/follow.ts';
import { observeSession } from '../../src/live/observed-session.ts';
import type { BenchmarkRunState, ScenarioRunState } from '../../src/upstream/types.ts';
import { benchmarkJob, benchmarkRun, scenarioRun } from '../support/entities.ts';
import { RANDOM_CASES } from '../support/random-cases.ts';
import {
  accountOf,
  createLiveStage,
  errorOf,
  type LiveStage,
  summaries,
  type TestFollower,
} from './live-stage.ts';

const NEWEST = listRef('benchmarkRuns', { filter: {}, first: 2 });
const RUNNING = listRef('benchmarkRuns', { filter: { state: 'running' }, first: 2 });

const run = (number: number, state: BenchmarkRunState = 'running') =>
  benchmarkRun({ id: `bmr_${String(number)}`, state });

/** A query of the same account, which reads through the watchers. */
function queryOf({ upstream, live, account, clock }: LiveStage) {
  const session = upstream.session({
    account,
    priority: 'interactive',
    signal: new AbortController().signal,
    deadlineAt: Infinity,
  });
  return observeSession(session, { live, account, clock });
}

describe('a followed list', () => {
  it('begins with the newest rows, and tells which came, changed and went', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(run(1), run(2));
    const { deliveries } = await stage.follow(NEWEST);

    upstream.put(run(3));
    await clock.advance(1_000);
    upstream.put(run(3, 'completed'));
    await clock.advance(1_000);

    expect(summaries(deliveries)).toEqual([
      '=[bmr_2:running bmr_1:running]',
      '-bmr_1:running>running +bmr_3:>running>[bmr_3:running bmr_2:running]',
      '~bmr_3:running>completed>[bmr_3:completed bmr_2:running]',
    ]);
    expect(deliveries.map(({ event }) => (event as LiveEventOf<'benchmarkRuns'>).page.hasMore)).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('begins empty where there is nothing, and tells what comes', async () => {
    await using stage = createLiveStage();
    const { deliveries, end } = await stage.follow(NEWEST);

    stage.upstream.put(run(1));
    await stage.clock.advance(1_000);

    expect(summaries(deliveries)).toEqual(['=[]', '+bmr_1:>running>[bmr_1:running]']);
    expect(end).toBeNull();
  });

  it.each([
    ['scenario runs', listRef('scenarioRuns', { filter: {}, first: 5 }), scenarioRun({ id: 'scr_1' })],
    ['benchmark jobs', listRef('benchmarkJobs', { filter: {}, first: 5 }), benchmarkJob({ id: 'bmj_1' })],
  ])('may be one of %s', async (_plural, ref, row) => {
    await using stage = createLiveStage();
    const { deliveries } = await stage.follow(ref);

    stage.upstream.put(row);
    await stage.clock.advance(1_000);

    expect(summaries(deliveries)).toEqual(['=[]', `+${row.id}:>${row.state}>[${row.id}:${row.state}]`]);
  });

  it('is resumed behind a cursor by everything since, once and in order', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    const first = await stage.follow(NEWEST);
    const cursor = first.deliveries[0]?.cursor ?? '';
    for (const number of [1, 2, 3]) {
      upstream.put(run(number));
      await clock.advance(1_000);
    }

    const resumed = await stage.follow(NEWEST, { after: cursor });
    const unknown = await stage.follow(NEWEST, { after: 'nonsense' });
    const elsewhere = await stage.follow(RUNNING, { after: cursor });

    expect(resumed.deliveries).toEqual(first.deliveries.slice(1));
    expect(summaries(unknown.deliveries)).toEqual(['=[bmr_3:running bmr_2:running]']);
    expect(summaries(elsewhere.deliveries)).toEqual(['=[bmr_3:running bmr_2:running]']);
  });

  it('is polled once, however many follow it and in whatever order they state the conditions', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    const one = { state: 'running', name: 'a', metadata: [PAIR_A, PAIR_B] } as const;
    const other = { metadata: [PAIR_B, PAIR_A, PAIR_B], name: 'a', states: ['running', 'running'] } as const;
    for (const filter of [one, other, one])
      await stage.follow(listRef('benchmarkRuns', { filter, first: 20 }));
    await stage.follow(listRef('benchmarkRuns', { filter: one, first: 10 }));
    upstream.calls();

    await clock.advance(1_000);

    expect(stage.live.watcherCount).toBe(2);
    expect(upstream.names()).toEqual(['benchmarkRuns', 'benchmarkRuns']);
  });

  it('is polled less often while nothing changes, and by one call a second where a poll takes several', async () => {
    await using stage = createLiveStage({
      settings: { listScan: { maxRows: 10_000, maxCalls: 4, startSlackMs: 0 } },
    });
    const { upstream, clock } = stage;
    upstream.put(...Array.from({ length: 6_000 }, (_, number) => run(number)));
    await stage.follow(NEWEST);
    await stage.follow(listRef('benchmarkRuns', { filter: { minScore: 0.5 }, first: 2 }));
    await clock.advance(60_000);
    upstream.calls();

    await clock.advance(60_000);

    const limits = upstream.calls().map(({ limit }) => limit);
    expect(limits.filter((limit) => limit === 2)).toHaveLength(12);
    expect(limits.filter((limit) => limit !== 2)).toHaveLength(12);
  });

  it('with conditions of the gateway holds what meets them, and lets go what does so no more', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    const ref = listRef('scenarioRuns', { filter: { outcome: 'passed', minScore: 1 }, first: 3 });
    const passed = (id: string) =>
      scenarioRun({ id, state: 'scored', scoringResult: { score: 1, functionResults: [] } });
    upstream.put(passed('scr_1'), scenarioRun({ id: 'scr_2' }));
    const { deliveries } = await stage.follow(ref);

    upstream.put(passed('scr_2'));
    await clock.advance(1_000);
    upstream.put(scenarioRun({ id: 'scr_1', state: 'failed' }));
    await clock.advance(1_000);

    expect(summaries(deliveries)).toEqual([
      '=[scr_1:scored]',
      '+scr_2:>scored>[scr_2:scored scr_1:scored]',
      '-scr_1:scored>scored>[scr_2:scored]',
    ]);
  });

  it('refuses a condition that makes no sense before anything is asked', () => {
    expect(() => listRef('benchmarkRuns', { filter: { minScore: 2 }, first: 1 })).toThrow(/minScore/);
    expect(() => listRef('benchmarkRuns', { filter: { states: [] }, first: 1 })).toThrow(/states/);
  });

  it('asks the upstream nothing for conditions that contradict each other', async () => {
    await using stage = createLiveStage();
    const filter = { state: 'running', states: ['failed'] } as const;
    const { deliveries } = await stage.follow(listRef('benchmarkRuns', { filter, first: 1 }));
    await stage.clock.advance(10_000);

    expect(summaries(deliveries)).toEqual(['=[]']);
    expect(stage.upstream.calls()).toEqual([]);
  });

  it('ends when the key is refused, and not when the upstream is away', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    const follower = await stage.follow(NEWEST);
    upstream.failure = () => errorOf('UPSTREAM_UNAVAILABLE');
    await clock.advance(5_000);
    expect(follower.end).toBeNull();

    upstream.failure = () => errorOf('UNAUTHENTICATED');
    await clock.advance(60_000);

    expect(follower.end).toMatchObject({ kind: 'fail', error: { code: 'UNAUTHENTICATED' } });
  });

  it('tells who is too slow the newest page, and how many events that one has not got', async () => {
    await using stage = createLiveStage({ settings: { followerMaxLag: 3 } });
    const { upstream, clock, live, account } = stage;
    using topic = await live.open(account, NEWEST, { signal: new AbortController().signal });
    const start = startReader(topic, {});
    const first = nextFor(start, topic, { maxLag: 3 });
    for (const number of [1, 2, 3, 4, 5]) {
      upstream.put(run(number));
      await clock.advance(1_000);
    }

    const next = first.kind === 'deliver' ? nextFor(first.reader, topic, { maxLag: 3 }) : first;

    expect(next.kind === 'deliver' ? summaries([next.delivery]) : next).toEqual([
      '(4) -bmr_3:running>running +bmr_5:>running>[bmr_5:running bmr_4:running]',
    ]);
  });

  it('holds no more than a page, however many rows have passed through it', async () => {
    await using stage = createLiveStage();
    const { upstream, clock, log, account } = stage;
    await stage.follow(NEWEST);
    for (let number = 0; number < 50; number++) {
      upstream.put(run(number));
      await clock.advance(1_000);
    }

    const { entities } = await log.state({ accountId: account.id, ref: NEWEST });

    expect(entities.map(({ entity }) => entity)).toMatchObject([
      { id: NEWEST.id, rows: [{ id: 'bmr_49' }, { id: 'bmr_48' }] },
    ]);
  });
});

describe('the rows of a followed list', () => {
  it('are told where they are followed by themselves as the list shows them, and put off their polls', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    const ref = { kind: 'scenarioRun', id: 'scr_1' } as const;
    upstream.put(scenarioRun({ id: 'scr_1' }));
    const alone = await stage.follow(ref);
    await clock.advance(500);
    await stage.follow(listRef('scenarioRuns', { filter: {}, first: 5 }));
    upstream.calls();

    upstream.put(scenarioRun({ id: 'scr_1', state: 'scoring' }));
    await clock.advance(1_000);

    expect(summaries(alone.deliveries)).toEqual(['=running', 'running>scoring']);
    expect(upstream.names()).toEqual(['scenarioRuns']);
  });

  it('are told as they were last read anywhere, before anybody reads the list again', async () => {
    await using stage = createLiveStage();
    const { upstream } = stage;
    upstream.put(run(1));
    const { deliveries } = await stage.follow(NEWEST);
    const running = await stage.follow(RUNNING);

    upstream.put(run(1, 'completed'));
    await stage.clock.advance(10);
    await queryOf(stage).get('benchmarkRun', 'bmr_1');
    await stage.live.recorded(stage.account);

    expect(summaries(deliveries)).toEqual(['=[bmr_1:running]', '~bmr_1:running>completed>[bmr_1:completed]']);
    expect(summaries(running.deliveries)).toEqual(['=[bmr_1:running]', '-bmr_1:running>completed>[]']);
  });

  it('never come back in an older state by a poll that was under way', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(run(1));
    const { deliveries } = await stage.follow(RUNNING);
    // The poll sees the run as it was, and its answer comes after that of the query.
    upstream.latency = () => [0, 400];
    await clock.advance(1_100);
    upstream.put(run(1, 'completed'));
    upstream.latency = () => [0, 0];
    await queryOf(stage).get('benchmarkRun', 'bmr_1');
    await clock.advance(3_000);

    expect(summaries(deliveries)).toEqual(['=[bmr_1:running]', '-bmr_1:running>completed>[]']);
  });

  it('come in the state that is known where they are followed by themselves, however old the list is', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    const { deliveries } = await stage.follow(listRef('scenarioRuns', { filter: {}, first: 2 }));
    upstream.put(scenarioRun({ id: 'scr_1' }));
    upstream.latency = () => [0, 400];
    await clock.advance(1_100);
    upstream.put(scenarioRun({ id: 'scr_1', state: 'scoring' }));
    upstream.latency = () => [0, 0];
    const alone = await stage.follow({ kind: 'scenarioRun', id: 'scr_1' });
    await clock.advance(400);

    expect(summaries(alone.deliveries)).toEqual(['=scoring']);
    expect(summaries(deliveries)).toEqual(['=[]', '+scr_1:>scoring>[scr_1:scoring]']);
  });

  it('are those that a query of the list has just shown', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(run(1));
    const { deliveries } = await stage.follow(NEWEST);
    const running = await stage.follow(RUNNING);
    upstream.put(run(2), run(3));
    await clock.advance(10);

    await queryOf(stage).list('benchmarkRuns', {}, { limit: 3, totalCount: false });
    await stage.live.recorded(stage.account);

    expect(summaries(deliveries).at(-1)).toBe(
      '-bmr_1:running>running +bmr_3:>running +bmr_2:>running>[bmr_3:running bmr_2:running]',
    );
    expect(running.deliveries).toHaveLength(1);
  });

  it('are read at once when something was done that may have changed which there are', async () => {
    await using stage = createLiveStage();
    const { upstream, clock, live, account } = stage;
    await stage.follow(NEWEST);
    await clock.advance(500);
    upstream.calls();

    await live.touch(account, { kind: 'benchmarkRun', id: 'bmr_new' });
    await clock.advance(0);

    expect(upstream.names()).toEqual(['benchmarkRuns']);
  });

  it('of another account are no part of it', async () => {
    await using stage = createLiveStage();
    const { upstream, clock, live } = stage;
    upstream.put(run(1));
    const { deliveries } = await stage.follow(NEWEST);
    await clock.advance(10);
    const read = { sentAtMs: clock.now(), receivedAtMs: clock.now() };
    live.observe(accountOf('ak_2'), run(1, 'failed'), read);
    live.observeList(
      accountOf('ak_2'),
      { list: 'benchmarkRuns', filter: {}, rows: [], hasMore: false },
      read,
    );
    await clock.advance(5);

    expect(deliveries).toHaveLength(1);
  });
});

const PAIR_A = { key: 'model', value: 'a' };
const PAIR_B = { key: 'model', value: 'b' };

const STATES: readonly ScenarioRunState[] = ['running', 'scoring', 'scored', 'completed'];

const step = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ kind: 'start' as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('move', 'look'), row: fc.nat({ max: 4 }) }) },
  // Somebody sees at once what has happened, as who has done it does.
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('see' as const), row: fc.nat({ max: 4 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'list' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(0, 20, 100, 300, 1_000) }),
  },
);

it(
  'tells whoever follows every row forwards only, by changes that lead to what is, whatever happens meanwhile',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }),
        fc.array(fc.constantFrom(0, 1, 5, 40), { minLength: 1, maxLength: 9 }),
        async (steps, delays) => {
          await using stage = createLiveStage();
          const { upstream, clock } = stage;
          let turn = 0;
          const delay = () => (delays[turn++ % delays.length] ?? 0) * 10;
          const states: number[] = [];
          const put = (row: number) => {
            upstream.put(
              scenarioRun({ id: `scr_${String(row)}`, state: STATES[states[row] ?? 0] ?? 'running' }),
            );
          };
          const newest = listRef('scenarioRuns', { filter: {}, first: 3 });
          const early = listRef('scenarioRuns', { filter: { states: ['running', 'scoring'] }, first: 3 });
          const followers = await Promise.all([stage.follow(newest), stage.follow(early)]);
          upstream.latency = () => [delay(), delay()];
          const looks: Promise<unknown>[] = [];
          for (const doing of steps) {
            if (doing.kind === 'wait') await clock.advance(doing.ms);
            else if (doing.kind === 'start') put(states.push(0) - 1);
            else if (doing.kind === 'list')
              looks.push(queryOf(stage).list('scenarioRuns', {}, { limit: 5, totalCount: false }));
            else if (doing.row < states.length) {
              if (doing.kind !== 'look') {
                states[doing.row] = Math.min((states[doing.row] ?? 0) + 1, STATES.length - 1);
                put(doing.row);
              }
              if (doing.kind !== 'move')
                looks.push(queryOf(stage).get('scenarioRun', `scr_${String(doing.row)}`));
            }
          }
          await clock.advance(10_000);
          await Promise.all(looks);

          const all = states
            .map((state, row) => ({ id: `scr_${String(row)}`, state: STATES[state] }))
            .reverse();
          const isEarly = ({ state }: { readonly state: ScenarioRunState | undefined }) =>
            state === 'running' || state === 'scoring';
          expectChain(followers[0], all.slice(0, 3));
          expectChain(followers[1], all.filter(isEarly).slice(0, 3));
          upstream.latency = () => [0, 0];
          await clock.advance(1_000);
        },
      ),
      { numRuns: RANDOM_CASES / 4 },
    );
  },
);

interface ShortRow {
  readonly id: string;
  readonly state: ScenarioRunState | undefined;
}

/** Applies the changes of each event to the rows before it, as a client does that keeps the rows itself. */
function expectChain({ deliveries }: TestFollower, rowsAtLast: readonly ShortRow[]): void {
  const furthest = new Map<string, number>();
  let rows: readonly ShortRow[] = [];
  for (const { kind, event } of deliveries) {
    const { page, changes } = event as LiveEventOf<'scenarioRuns'>;
    const shown = page.rows.map(({ id, state }): ShortRow => ({ id, state }));
    if (kind === 'snapshot') rows = shown;
    const changed = new Set(changes.map(({ row }) => row.id));
    expect(changed.size).toBe(changes.length);
    const next = rows.filter(({ id }) => !changed.has(id));
    for (const { kind: what, row, previousState, index } of changes) {
      const before = rows.find(({ id }) => id === row.id);
      expect(before?.state ?? null).toBe(previousState);
      expect(what === 'added').toBe(before === undefined);
      expect(what === 'removed').toBe(index === null);
      if (index !== null) next.splice(index, 0, { id: row.id, state: row.state });
    }
    expect(next).toEqual(shown);
    for (const { id, state } of [...shown, ...changes.map(({ row }) => row)]) {
      const place = STATES.indexOf(state ?? 'running');
      expect(place).toBeGreaterThanOrEqual(furthest.get(id) ?? 0);
      furthest.set(id, place);
    }
    rows = shown;
  }
  expect(rows).toEqual(rowsAtLast);
}
