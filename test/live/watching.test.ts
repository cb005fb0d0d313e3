import { describe, expect, it } from 'vitest';
import { benchmarkRun, devbox, scenarioRun, STARTED_AT_MS } from '../support/entities.ts';
import { accountOf, createLiveStage, errorOf, summaries } from './live-stage.ts';

const RUN = { kind: 'scenarioRun', id: 'scr_1' } as const;
const BENCHMARK_RUN = { kind: 'benchmarkRun', id: 'bmr_1' } as const;
const DEVBOX = { kind: 'devbox', id: 'dbx_1' } as const;

const SCORED = { score: 1, functionResults: [] };

describe('a scenario run', () => {
  it('is delivered as it is, then as it changes, and completes at its end', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(scenarioRun({ id: 'scr_1' }));
    const follower = await stage.follow(RUN);
    for (const state of ['scoring', 'scored', 'completed'] as const) {
      upstream.put(scenarioRun({ id: 'scr_1', state, scoringResult: state === 'scoring' ? null : SCORED }));
      await clock.advance(1_000);
    }
    expect(summaries(follower.deliveries)).toEqual([
      '=running',
      'running>scoring',
      'scoring>scored',
      'scored>completed',
    ]);
    expect(follower.end).toBeNull();
    await clock.advance(1_000);
    expect(follower.end).toEqual({ kind: 'complete' });
    expect(stage.live.watcherCount).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('is read once more after its end, and what that shows is the last event', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(scenarioRun({ id: 'scr_1' }));
    const follower = await stage.follow(RUN);
    upstream.put(scenarioRun({ id: 'scr_1', state: 'completed' }));
    await clock.advance(1_000);
    upstream.put(scenarioRun({ id: 'scr_1', state: 'completed', scoringResult: SCORED }));
    await clock.advance(1_000);
    expect(summaries(follower.deliveries)).toEqual(['=running', 'running>completed', 'completed>completed']);
    expect(follower.deliveries.at(-1)?.event).toMatchObject({ scenarioRun: { scoringResult: SCORED } });
    expect(follower.end).toEqual({ kind: 'complete' });
  });

  it('that ended long ago is a snapshot, completes at once and leaves no watcher', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(scenarioRun({ id: 'scr_1', state: 'completed', endedAtMs: STARTED_AT_MS - 60_000 }));
    const follower = await stage.follow(RUN);
    expect(summaries(follower.deliveries)).toEqual(['=completed']);
    expect(follower.end).toEqual({ kind: 'complete' });
    expect(upstream.names()).toEqual(['scenarioRun scr_1']);
    expect([stage.live.watcherCount, clock.pending]).toEqual([0, 0]);
  });

  it('whose end is in the log is not even read', async () => {
    await using stage = createLiveStage();
    const { upstream } = stage;
    upstream.put(scenarioRun({ id: 'scr_1', state: 'failed', endedAtMs: STARTED_AT_MS - 60_000 }));
    await stage.follow(RUN);
    upstream.calls();
    const follower = await stage.follow(RUN);
    expect(summaries(follower.deliveries)).toEqual(['=failed']);
    expect(follower.end).toEqual({ kind: 'complete' });
    expect(upstream.names()).toEqual([]);
  });

  it('is read by somebody who waits first, and by polls then', async () => {
    await using stage = createLiveStage();
    stage.upstream.put(scenarioRun({ id: 'scr_1' }));
    await stage.follow(RUN);
    await stage.clock.advance(2_000);
    expect(stage.upstream.calls().map(({ priority }) => priority)).toEqual([
      'interactive',
      'background',
      'background',
    ]);
  });

  it('costs the same however many follow it', async () => {
    const counts: number[] = [];
    for (const followers of [1, 1_000]) {
      await using stage = createLiveStage();
      const { upstream, clock } = stage;
      upstream.put(scenarioRun({ id: 'scr_1' }));
      const all = await Promise.all(Array.from({ length: followers }, () => stage.follow(RUN)));
      await clock.advance(10_000);
      upstream.put(scenarioRun({ id: 'scr_1', state: 'scoring' }));
      await clock.advance(10_000);
      for (const { deliveries } of all)
        expect(summaries(deliveries)).toEqual(['=running', 'running>scoring']);
      expect(stage.live.watcherCount).toBe(1);
      counts.push(upstream.calls().length);
    }
    expect(counts[1]).toBe(counts[0]);
  });

  it('is watched once per account, with that account’s key', async () => {
    await using stage = createLiveStage();
    const { upstream } = stage;
    upstream.put(scenarioRun({ id: 'scr_1' }));
    const [one, other] = [accountOf('ak_one'), accountOf('ak_other')];
    await stage.follow(RUN, { account: one });
    await stage.follow(RUN, { account: other });
    expect(stage.live.watcherCount).toBe(2);
    expect(upstream.calls().map(({ accountId }) => accountId)).toEqual([one.id, other.id]);
  });

  it('is watched on through a reconnect, and no longer than the grace period without followers', async () => {
    await using stage = createLiveStage();
    const { upstream, clock, live } = stage;
    upstream.put(scenarioRun({ id: 'scr_1' }));
    const first = await stage.follow(RUN);
    first.leave();
    await clock.advance(900);
    const second = await stage.follow(RUN);
    await clock.advance(900);
    expect(live.watcherCount).toBe(1);
    second.leave();
    await clock.advance(1_000);
    expect([live.watcherCount, clock.pending]).toEqual([0, 0]);
    upstream.calls();
    await clock.advance(60_000);
    expect(upstream.names()).toEqual([]);
  });

  it('continues the log after its last event, also when it was not watched meanwhile', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(scenarioRun({ id: 'scr_1' }));
    const first = await stage.follow(RUN);
    first.leave();
    await clock.advance(60_000);
    upstream.put(scenarioRun({ id: 'scr_1', state: 'scored', scoringResult: SCORED }));
    const resumed = await stage.follow(RUN, { after: first.deliveries[0]?.cursor ?? '' });
    const fresh = await stage.follow(RUN);
    expect(summaries(resumed.deliveries)).toEqual(['running>scored']);
    expect(summaries(fresh.deliveries)).toEqual(['=scored']);
  });

  it('answers a cursor that was never ours with a snapshot', async () => {
    await using stage = createLiveStage();
    stage.upstream.put(scenarioRun({ id: 'scr_1' }), scenarioRun({ id: 'scr_2' }));
    const other = await stage.follow({ kind: 'scenarioRun', id: 'scr_2' });
    for (const after of ['', 'made up', 'A'.repeat(80), other.deliveries[0]?.cursor ?? '']) {
      const follower = await stage.follow(RUN, { after });
      expect(summaries(follower.deliveries)).toEqual(['=running']);
      expect(follower.end).toBeNull();
    }
  });

  it('that really goes back has an event that says so', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(scenarioRun({ id: 'scr_1', state: 'scoring' }));
    const follower = await stage.follow(RUN);
    upstream.put(scenarioRun({ id: 'scr_1' }));
    await clock.advance(1_000);
    expect(summaries(follower.deliveries)).toEqual(['=scoring', 'scoring>running']);
  });
});

describe('a benchmark run', () => {
  it('is watched with two calls a poll, and its scenario runs with none', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(benchmarkRun({ id: 'bmr_1' }));
    const rows = Array.from({ length: 300 }, (_, index) =>
      scenarioRun({ id: `scr_${String(index)}`, benchmarkRunId: 'bmr_1' }),
    );
    upstream.put(...rows);
    const follower = await stage.follow(BENCHMARK_RUN);
    const followers = await Promise.all(rows.map(({ id }) => stage.follow({ kind: 'scenarioRun', id })));
    expect(upstream.names()).toEqual(['benchmarkRun bmr_1', 'benchmarkRunScenarioRuns bmr_1']);
    upstream.put(scenarioRun({ id: 'scr_7', benchmarkRunId: 'bmr_1', state: 'scoring' }));
    await clock.advance(3_000);
    expect(
      upstream
        .calls()
        .map(({ name, limit }) => (limit === undefined ? name : `${name} limit ${String(limit)}`)),
    ).toEqual([
      'benchmarkRun bmr_1',
      'benchmarkRunScenarioRuns bmr_1 limit 5000',
      'benchmarkRun bmr_1',
      'benchmarkRunScenarioRuns bmr_1 limit 5000',
      'benchmarkRun bmr_1',
      'benchmarkRunScenarioRuns bmr_1 limit 5000',
    ]);
    expect(summaries(follower.deliveries)).toEqual(['=running', 'running>running scr_7:running>scoring']);
    expect(summaries(followers[7]?.deliveries ?? [])).toEqual(['=running', 'running>scoring']);
    expect(summaries(followers[8]?.deliveries ?? [])).toEqual(['=running']);
  });

  it('takes over scenario runs that were watched before, and gives them back when it is left', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(benchmarkRun({ id: 'bmr_1' }), scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1' }));
    const run = await stage.follow(RUN);
    const benchmark = await stage.follow(BENCHMARK_RUN);
    upstream.calls();
    await clock.advance(3_000);
    expect(upstream.names()).not.toContain('scenarioRun scr_1');
    benchmark.leave();
    await clock.advance(1_500);
    upstream.calls();
    upstream.put(scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1', state: 'scoring' }));
    await clock.advance(2_000);
    expect(new Set(upstream.names())).toEqual(new Set(['scenarioRun scr_1']));
    expect(summaries(run.deliveries)).toEqual(['=running', 'running>scoring']);
  });

  it('lets a scenario run that it does not list any more be read by itself', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(benchmarkRun({ id: 'bmr_1' }), scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1' }));
    const benchmark = await stage.follow(BENCHMARK_RUN);
    const run = await stage.follow(RUN);
    upstream.remove('scr_1');
    await clock.advance(20_000);
    expect(run.end).toMatchObject({ kind: 'fail', error: { code: 'NOT_FOUND' } });
    expect(summaries(benchmark.deliveries)).toEqual(['=running']);
  });

  it('has in one event what one poll has found, oldest first, with new runs', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(benchmarkRun({ id: 'bmr_1' }), scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1' }));
    const follower = await stage.follow(BENCHMARK_RUN);
    upstream.put(
      benchmarkRun({ id: 'bmr_1', score: 0.5 }),
      scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1', state: 'scored', scoringResult: SCORED }),
      scenarioRun({ id: 'scr_2', benchmarkRunId: 'bmr_1' }),
    );
    await clock.advance(1_000);
    expect(summaries(follower.deliveries)).toEqual([
      '=running',
      'running>running scr_1:running>scored scr_2:>running',
    ]);
    expect(follower.deliveries[1]?.event).toMatchObject({ benchmarkRun: { score: 0.5 } });
  });

  it('reads as many pages as there are, and no more scenario runs than it may', async () => {
    await using stage = createLiveStage({ settings: { listPageSize: 10, maxScenarioRuns: 25 } });
    const { upstream } = stage;
    upstream.put(benchmarkRun({ id: 'bmr_1' }));
    for (let index = 0; index < 30; index++)
      upstream.put(scenarioRun({ id: `scr_${String(index)}`, benchmarkRunId: 'bmr_1' }));
    await stage.follow(BENCHMARK_RUN);
    expect(upstream.calls().map(({ limit }) => limit)).toEqual([undefined, 10, 10, 5]);
  });

  it('completes when it is over and its last scenario run has its result', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    const row = (state: 'running' | 'scored') => scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1', state });
    upstream.put(benchmarkRun({ id: 'bmr_1' }), row('running'));
    const follower = await stage.follow(BENCHMARK_RUN);
    upstream.put(benchmarkRun({ id: 'bmr_1', state: 'completed', score: 1 }));
    await clock.advance(5_000);
    expect(follower.end).toBeNull();
    upstream.put(row('scored'));
    await clock.advance(2_000);
    expect(summaries(follower.deliveries)).toEqual([
      '=running',
      'running>completed',
      'completed>completed scr_1:running>scored',
    ]);
    expect(follower.end).toEqual({ kind: 'complete' });
    expect([stage.live.watcherCount, clock.pending]).toEqual([0, 0]);
  });
});

describe('a devbox', () => {
  const at = (seconds: number) => STARTED_AT_MS + seconds * 1_000;

  it('is waited for, so that each change is delivered as it happens', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(devbox('dbx_1', [{ status: 'provisioning', atMs: at(0) }]));
    const follower = await stage.follow(DEVBOX);
    await clock.advance(10_000);
    expect(upstream.names()).toEqual(['devbox dbx_1', 'devboxStatus dbx_1']);
    upstream.put(
      devbox('dbx_1', [
        { status: 'provisioning', atMs: at(0) },
        { status: 'running', atMs: at(10) },
      ]),
    );
    await clock.advance(0);
    expect(summaries(follower.deliveries)).toEqual(['=provisioning', 'provisioning>running']);
    expect(follower.deliveries[1]?.event.atMs).toBe(at(10));
  });

  it('has an event for every transition between two reads, at the upstream’s time', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    const history = [
      { status: 'running', atMs: at(0) },
      { status: 'suspending', atMs: at(1) },
      { status: 'suspended', atMs: at(2) },
      { status: 'resuming', atMs: at(3) },
      { status: 'running', atMs: at(4) },
      { status: 'shutdown', atMs: at(5) },
    ] as const;
    upstream.put(devbox('dbx_1', history.slice(0, 1)));
    const follower = await stage.follow(DEVBOX);
    upstream.put(devbox('dbx_1', history, { endedAtMs: at(5), shutdownReason: 'idle' }));
    await clock.advance(1_000);
    expect(summaries(follower.deliveries)).toEqual([
      '=running',
      'running>suspending',
      'suspending>suspended',
      'suspended>resuming',
      'resuming>running',
      'running>shutdown',
    ]);
    expect(follower.deliveries.slice(1).map(({ event }) => event.atMs)).toEqual([
      at(1),
      at(2),
      at(3),
      at(4),
      at(5),
    ]);
    expect(follower.deliveries[3]?.event).toMatchObject({
      devbox: { isTerminal: false, endedAtMs: null, shutdownReason: null },
    });
    expect(follower.end).toEqual({ kind: 'complete' });
  });

  it('is read between two waits, for what is no status', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(devbox('dbx_1', [{ status: 'running', atMs: at(0) }]));
    const follower = await stage.follow(DEVBOX);
    upstream.put(devbox('dbx_1', [{ status: 'running', atMs: at(0) }], { name: 'renamed' }));
    await clock.advance(26_000);
    expect(upstream.names()).toEqual([
      'devbox dbx_1',
      'devboxStatus dbx_1',
      'devbox dbx_1',
      'devboxStatus dbx_1',
    ]);
    expect(summaries(follower.deliveries)).toEqual(['=running', 'running>running']);
  });

  it('is polled like anything else when the account has no long poll left', async () => {
    await using stage = createLiveStage({ settings: { maxLongPolls: 1 } });
    const history = [{ status: 'running', atMs: at(0) }] as const;
    stage.upstream.put(devbox('dbx_1', history), devbox('dbx_2', history));
    await stage.follow(DEVBOX);
    await stage.follow({ kind: 'devbox', id: 'dbx_2' });
    await stage.clock.advance(3_000);
    const names = stage.upstream.names();
    expect(names.filter((name) => name.endsWith('dbx_1'))).toEqual(['devbox dbx_1', 'devboxStatus dbx_1']);
    expect(names.filter((name) => name.endsWith('dbx_2'))).toEqual(
      Array.from({ length: 5 }, () => 'devbox dbx_2'),
    );
  });

  it('is polled like anything else when the upstream refuses to be waited for', async () => {
    await using stage = createLiveStage();
    stage.upstream.put(devbox('dbx_1', [{ status: 'running', atMs: at(0) }]));
    stage.upstream.failure = ({ name }) =>
      name.startsWith('devboxStatus ') ? errorOf('BAD_USER_INPUT') : null;
    const follower = await stage.follow(DEVBOX);
    await stage.clock.advance(2_000);
    expect(stage.upstream.names()).toEqual([
      'devbox dbx_1',
      'devboxStatus dbx_1',
      ...Array.from({ length: 3 }, () => 'devbox dbx_1'),
    ]);
    expect(follower.end).toBeNull();
  });

  it('is not asked as often as the upstream answers when that gives up waiting at once', async () => {
    await using stage = createLiveStage();
    stage.upstream.put(devbox('dbx_1', [{ status: 'running', atMs: at(0) }]));
    const { upstream } = stage;
    const session = upstream.session.bind(upstream);
    upstream.session = (caller) => ({
      ...session(caller),
      wait: () => Promise.resolve('unchanged' as const),
    });
    await stage.follow(DEVBOX);
    await stage.clock.advance(3_000);
    expect(stage.upstream.names()).toHaveLength(5);
  });
});
