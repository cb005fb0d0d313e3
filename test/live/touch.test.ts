import { describe, expect, it } from 'vitest';
import type { WatchRef } from '../../src/events/event.ts';
import { benchmarkRun, devbox, scenarioRun } from '../support/entities.ts';
import { accountOf, createLiveStage, errorOf, type LiveStage, summaries } from './live-stage.ts';

/** Nothing is polled in a test but what is touched. */
const RARE = { pollIntervalMs: 3_600_000, idlePollIntervalMs: 3_600_000, maxLongPolls: 0 };

const SCENARIO_RUN = { kind: 'scenarioRun', id: 'scr_1' } as const;
const OTHER_RUN = { kind: 'scenarioRun', id: 'scr_2' } as const;
const BENCHMARK_RUN = { kind: 'benchmarkRun', id: 'bmr_1' } as const;
const DEVBOX = { kind: 'devbox', id: 'dbx_1' } as const;

async function followed(stage: LiveStage, ...refs: readonly WatchRef[]) {
  stage.upstream.put(
    benchmarkRun({ id: 'bmr_1' }),
    scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1', devboxId: 'dbx_1' }),
    scenarioRun({ id: 'scr_2' }),
    devbox('dbx_1', [{ status: 'running', atMs: 1 }]),
  );
  const followers = [];
  for (const ref of refs) followers.push(await stage.follow(ref));
  stage.upstream.calls();
  return followers;
}

describe('something done to', () => {
  it.each<readonly [WatchRef, WatchRef, readonly string[]]>([
    [SCENARIO_RUN, SCENARIO_RUN, ['scenarioRun scr_1']],
    [SCENARIO_RUN, BENCHMARK_RUN, ['benchmarkRun bmr_1', 'benchmarkRunScenarioRuns bmr_1']],
    [BENCHMARK_RUN, BENCHMARK_RUN, ['benchmarkRun bmr_1', 'benchmarkRunScenarioRuns bmr_1']],
    [BENCHMARK_RUN, SCENARIO_RUN, ['scenarioRun scr_1']],
    [DEVBOX, DEVBOX, ['devbox dbx_1']],
    [DEVBOX, SCENARIO_RUN, ['scenarioRun scr_1']],
    [DEVBOX, BENCHMARK_RUN, ['benchmarkRun bmr_1', 'benchmarkRunScenarioRuns bmr_1']],
    [SCENARIO_RUN, OTHER_RUN, []],
    [BENCHMARK_RUN, OTHER_RUN, []],
    [DEVBOX, OTHER_RUN, []],
  ])('%o has %o polled at once, if they belong together', async (touched, watched, calls) => {
    await using stage = createLiveStage({ settings: RARE });
    await followed(stage, watched);
    void stage.live.touch(stage.account, touched);
    await stage.clock.advance(0);
    expect(stage.upstream.names()).toEqual(calls);
    await stage.clock.advance(60_000);
    expect(stage.upstream.names()).toEqual([]);
  });

  it('a thing that is being polled has it polled again after that', async () => {
    await using stage = createLiveStage({ settings: RARE });
    const [follower] = await followed(stage, SCENARIO_RUN);
    const { upstream, clock, live, account } = stage;
    upstream.latency = () => [0, 100];
    void live.touch(account, SCENARIO_RUN);
    await clock.advance(50);
    // What is under way has seen the upstream before this.
    upstream.put(scenarioRun({ id: 'scr_1', state: 'canceled' }));
    void live.touch(account, SCENARIO_RUN);
    await clock.advance(200);
    expect(upstream.names().slice(0, 2)).toEqual(['scenarioRun scr_1', 'scenarioRun scr_1']);
    expect(summaries(follower?.deliveries ?? [])).toEqual(['=running', 'running>canceled']);
  });

  it('a thing of another account has nothing polled', async () => {
    await using stage = createLiveStage({ settings: RARE });
    await followed(stage, SCENARIO_RUN);
    void stage.live.touch(accountOf('ak_2'), SCENARIO_RUN);
    await stage.clock.advance(0);
    expect(stage.upstream.names()).toEqual([]);
  });

  it('a thing is polled no earlier than the upstream has asked for', async () => {
    await using stage = createLiveStage({ settings: RARE });
    await followed(stage, SCENARIO_RUN);
    const { upstream, clock, live, account } = stage;
    upstream.failure = () => errorOf('RATE_LIMITED', 5_000);
    void live.touch(account, SCENARIO_RUN);
    await clock.advance(0);
    upstream.failure = null;
    upstream.calls();
    void live.touch(account, SCENARIO_RUN);
    await clock.advance(4_999);
    expect(upstream.names()).toEqual([]);
    await clock.advance(1);
    expect(upstream.names()).toEqual(['scenarioRun scr_1']);
  });
});
