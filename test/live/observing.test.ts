import { describe, expect, it } from 'vitest';
import { benchmarkRun, scenarioRun } from '../support/entities.ts';
import { accountOf, createLiveStage, type LiveStage, summaries } from './live-stage.ts';

const RUN = { kind: 'scenarioRun', id: 'scr_1' } as const;
const BENCHMARK_RUN = { kind: 'benchmarkRun', id: 'bmr_1' } as const;

const running = scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1' });
const scoring = scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1', state: 'scoring' });
const scored = scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1', state: 'scored' });
const canceled = scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1', state: 'canceled' });

const between = (sentAtMs: number, receivedAtMs: number) => ({ sentAtMs, receivedAtMs });

/** A read that began and ended so long after now. */
const soon = ({ clock }: LiveStage, from = 1, to = 2) => between(clock.now() + from, clock.now() + to);

describe('what a query or a mutation has read', () => {
  it('is answered as it is when nobody watches', async () => {
    await using stage = createLiveStage();
    expect(stage.live.observe(stage.account, running, between(0, 1))).toBe(running);
    stage.upstream.put(running, scenarioRun({ id: 'scr_2' }));
    await stage.follow({ kind: 'scenarioRun', id: 'scr_2' });
    expect(stage.live.observe(stage.account, scored, between(0, 1))).toBe(scored);
  });

  it('is delivered to followers at once, in order, and costs no poll', async () => {
    await using stage = createLiveStage();
    const { upstream, clock, live, account } = stage;
    upstream.put(running);
    const follower = await stage.follow(RUN);
    upstream.calls();
    await clock.advance(500);
    live.observe(account, scoring, between(clock.now() - 10, clock.now() - 5));
    live.observe(account, scored, between(clock.now() - 4, clock.now()));
    await clock.advance(0);
    expect(summaries(follower.deliveries)).toEqual(['=running', 'running>scoring', 'scoring>scored']);
    upstream.put(scored);
    await clock.advance(900);
    expect(upstream.names()).toEqual([]);
    await clock.advance(200);
    expect(upstream.names()).toEqual(['scenarioRun scr_1']);
  });

  it('never shows an older state after a newer one, to a query or to a follower', async () => {
    await using stage = createLiveStage();
    const { upstream, clock, live, account } = stage;
    upstream.put(running);
    const follower = await stage.follow(RUN);
    await clock.advance(100);
    const now = clock.now();
    expect(live.observe(account, scored, between(now - 20, now - 10))).toBe(scored);
    // Asked before, answered after, with what was true when it was asked.
    expect(live.observe(account, running, between(now - 50, now))).toBe(scored);
    // Asked and answered before.
    expect(live.observe(account, scoring, between(now - 40, now - 30))).toBe(scored);
    await clock.advance(0);
    expect(summaries(follower.deliveries)).toEqual(['=running', 'running>scored']);
  });

  it('overtakes a poll that is under way', async () => {
    await using stage = createLiveStage();
    const { upstream, clock, live, account } = stage;
    upstream.put(running);
    const follower = await stage.follow(RUN);
    upstream.latency = () => [10, 100];
    await clock.advance(1_050);
    // The poll has seen `running` by now, and its answer is on its way.
    upstream.put(canceled);
    live.observe(account, canceled, between(clock.now() - 10, clock.now()));
    await clock.advance(5_000);
    expect(summaries(follower.deliveries)).toEqual(['=running', 'running>canceled']);
    expect(follower.end).toEqual({ kind: 'complete' });
  });

  it('reaches the benchmark run that it belongs to, and the other way round', async () => {
    await using stage = createLiveStage();
    const { upstream, clock, live, account } = stage;
    upstream.put(benchmarkRun({ id: 'bmr_1' }), running);
    const [run, benchmark] = [await stage.follow(RUN), await stage.follow(BENCHMARK_RUN)];
    live.observe(account, scoring, soon(stage));
    await clock.advance(0);
    expect(summaries(run.deliveries)).toEqual(['=running', 'running>scoring']);
    expect(summaries(benchmark.deliveries)).toEqual(['=running', 'running>running scr_1:running>scoring']);
    upstream.put(scored);
    await clock.advance(2_000);
    expect(summaries(run.deliveries).at(-1)).toBe('scoring>scored');
    expect(live.observe(account, scoring, between(0, 1))).toBe(scored);
  });

  it('one by one is one event of a benchmark run when it comes in one go', async () => {
    await using stage = createLiveStage();
    const { upstream, clock, live, account } = stage;
    upstream.put(benchmarkRun({ id: 'bmr_1' }));
    const follower = await stage.follow(BENCHMARK_RUN);
    const read = soon(stage);
    for (let index = 0; index < 3; index++) {
      live.observe(account, scenarioRun({ id: `scr_${String(index)}`, benchmarkRunId: 'bmr_1' }), read);
    }
    await clock.advance(0);
    expect(summaries(follower.deliveries)).toEqual([
      '=running',
      'running>running scr_0:>running scr_1:>running scr_2:>running',
    ]);
  });

  it('is of one account only', async () => {
    await using stage = createLiveStage();
    const { upstream, clock, live } = stage;
    upstream.put(running);
    const follower = await stage.follow(RUN);
    live.observe(accountOf('ak_other'), scored, soon(stage));
    await clock.advance(0);
    expect(summaries(follower.deliveries)).toEqual(['=running']);
    expect(live.observe(accountOf('ak_other'), running, between(0, 1))).toBe(running);
  });

  it('counts while a watch is being opened', async () => {
    await using stage = createLiveStage();
    const { upstream, clock, live, account } = stage;
    upstream.put(running);
    upstream.latency = () => [10, 100];
    const opening = stage.follow(RUN);
    await clock.advance(50);
    // The opening read has seen `running`; somebody else gets `scored` before its answer is here.
    upstream.put(scored);
    live.observe(account, scored, between(clock.now() - 5, clock.now()));
    await clock.advance(100);
    expect(summaries((await opening).deliveries)).toEqual(['=scored']);
  });
});
