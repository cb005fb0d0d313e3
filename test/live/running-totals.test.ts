import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/live/follow.ts';
import type { ScenarioRunState } from '../../src/upstream/types.ts';
import { benchmarkRun, scenarioRun } from '../support/entities.ts';
import { createLiveStage } from './live-stage.ts';

const BENCHMARK_RUN = { kind: 'benchmarkRun', id: 'bmr_1' } as const;

const runIn = (id: string, state: ScenarioRunState, score?: number) =>
  scenarioRun({
    id,
    state,
    benchmarkRunId: 'bmr_1',
    ...(score === undefined ? {} : { scoringResult: { score, functionResults: [] } }),
  });

/** What a delivery says about all scenario runs: started, running, finished and passed. */
function countsOf({ totals }: Delivery): readonly number[] {
  const { started, running, finished, passed } = totals!().summary();
  return [started, running, finished, passed];
}

describe('the totals of a followed benchmark run', () => {
  it('are those right after each event, also when they are asked for later', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(benchmarkRun({ id: 'bmr_1' }), runIn('scr_1', 'running'));
    const follower = await stage.follow(BENCHMARK_RUN);
    upstream.put(runIn('scr_1', 'scoring'), runIn('scr_2', 'running'));
    await clock.advance(1_000);
    upstream.put(runIn('scr_1', 'scored', 1));
    await clock.advance(1_000);
    upstream.put(runIn('scr_2', 'timeout'));
    await clock.advance(1_000);

    const expected = [
      [1, 1, 0, 0],
      [2, 1, 0, 0],
      [2, 1, 1, 1],
      [2, 0, 2, 1],
    ];
    expect(follower.deliveries.map(countsOf)).toEqual(expected);
    // In the other order, too: nothing depends on what was asked before.
    expect([...follower.deliveries].reverse().map(countsOf)).toEqual([...expected].reverse());
  });

  it('cost the upstream nothing', async () => {
    const counts: number[] = [];
    for (const areAsked of [false, true]) {
      await using stage = createLiveStage();
      const { upstream, clock } = stage;
      upstream.put(benchmarkRun({ id: 'bmr_1' }), runIn('scr_1', 'running'));
      const follower = await stage.follow(BENCHMARK_RUN);
      for (const state of ['scoring', 'scored'] as const) {
        upstream.put(runIn('scr_1', state));
        await clock.advance(1_000);
        if (areAsked) for (const delivery of follower.deliveries) countsOf(delivery);
      }
      counts.push(upstream.calls().length);
    }
    expect(counts[1]).toBe(counts[0]);
  });

  it('are the same object for all who follow', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(benchmarkRun({ id: 'bmr_1' }), runIn('scr_1', 'running'));
    const [one, other] = [await stage.follow(BENCHMARK_RUN), await stage.follow(BENCHMARK_RUN)];
    upstream.put(runIn('scr_1', 'scored', 1));
    await clock.advance(1_000);

    expect(one.deliveries).toHaveLength(2);
    for (const [index, delivery] of one.deliveries.entries()) {
      expect(delivery.totals!().summary()).toBe(other.deliveries[index]!.totals!().summary());
    }
  });

  it('are those of the cursor when a follower resumes, whether or not somebody watched meanwhile', async () => {
    for (const graceMs of [1_000_000, 0]) {
      await using stage = createLiveStage({ settings: { graceMs } });
      const { upstream, clock } = stage;
      upstream.put(benchmarkRun({ id: 'bmr_1' }), runIn('scr_0', 'running'), runIn('scr_1', 'running'));
      const follower = await stage.follow(BENCHMARK_RUN);
      const moves = [
        runIn('scr_1', 'scored', 1),
        runIn('scr_2', 'running'),
        runIn('scr_1', 'completed', 1),
        runIn('scr_2', 'failed'),
      ];
      for (const move of moves) {
        upstream.put(move);
        await clock.advance(1_000);
      }
      const seen = follower.deliveries.map(countsOf);
      follower.leave();
      await clock.advance(graceMs === 0 ? 10 : 0);
      expect(stage.live.watcherCount).toBe(graceMs === 0 ? 0 : 1);

      const resumed = await stage.follow(BENCHMARK_RUN, { after: follower.deliveries[0]!.cursor });

      expect(seen).toEqual([
        [2, 2, 0, 0],
        [2, 1, 1, 1],
        [3, 2, 1, 1],
        [3, 2, 1, 1],
        [3, 1, 2, 1],
      ]);
      expect(resumed.deliveries.map(countsOf)).toEqual(seen.slice(1));
    }
  });

  it('say when there are more scenario runs than are watched', async () => {
    await using stage = createLiveStage({ settings: { maxScenarioRuns: 2 } });
    const { upstream } = stage;
    upstream.put(
      benchmarkRun({ id: 'bmr_1' }),
      ...['scr_1', 'scr_2', 'scr_3'].map((id) => runIn(id, 'running')),
    );

    const follower = await stage.follow(BENCHMARK_RUN);

    expect(follower.deliveries[0]!.totals!().summary()).toMatchObject({ started: 2, isExhaustive: false });
  });

  it('look up how many scenarios there are once, and again only after a failure', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(benchmarkRun({ id: 'bmr_1' }), runIn('scr_1', 'running'));
    const follower = await stage.follow(BENCHMARK_RUN);
    upstream.put(runIn('scr_1', 'scoring'));
    await clock.advance(1_000);
    const [first, second] = follower.deliveries.map(({ totals }) => totals!());
    let looks = 0;
    const look = () => Promise.resolve(++looks);

    await expect(first!.scenarioCount(() => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    expect(await first!.scenarioCount(look)).toBe(1);
    expect(await second!.scenarioCount(look)).toBe(1);
    expect(looks).toBe(1);
  });

  it('are of benchmark runs alone', async () => {
    await using stage = createLiveStage();
    stage.upstream.put(scenarioRun({ id: 'scr_1' }));

    const follower = await stage.follow({ kind: 'scenarioRun', id: 'scr_1' });

    expect(follower.deliveries[0]?.totals).toBeUndefined();
  });
});
