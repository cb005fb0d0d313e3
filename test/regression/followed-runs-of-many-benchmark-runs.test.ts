/** Each page of a benchmark run's list rescheduled every followed scenario run of the account: calls and time grew with their product. */
import { describe, expect, it, vi } from 'vitest';
import type { LiveTopic } from '../../src/live/live-topic.ts';
import { Watch } from '../../src/live/watch.ts';
import type { UpstreamCaller } from '../../src/upstream/caller.ts';
import type { UpstreamSession } from '../../src/upstream/upstream.ts';
import { accountOf, createLiveStage } from '../live/live-stage.ts';
import { benchmarkRun, scenarioRun } from '../support/entities.ts';

const RUNS = 100;
const FOLLOWED_OF_EACH = 10;
const FOLLOWED = RUNS * FOLLOWED_OF_EACH;
const { signal } = new AbortController();

const runIds = Array.from({ length: RUNS }, (_, run) => `bmr_${String(run)}`);
const followedIds = runIds.flatMap((id) =>
  Array.from({ length: FOLLOWED_OF_EACH }, (_, index) => `scr_${id}_${String(index)}`),
);

describe('a page of a benchmark run', () => {
  it('concerns only the scenario runs that it shows, of 1,000 that are followed', async () => {
    await using stage = createLiveStage({ settings: { maxWatchersPerAccount: FOLLOWED + RUNS } });
    stage.upstream.put(
      ...runIds.map((id) => benchmarkRun({ id })),
      ...followedIds.map((id) => scenarioRun({ id, benchmarkRunId: id.split('_').slice(1, 3).join('_') })),
    );
    const topics: LiveTopic[] = [];
    for (const id of runIds)
      topics.push(await stage.live.open(stage.account, { kind: 'benchmarkRun', id }, { signal }));
    for (const id of followedIds)
      topics.push(await stage.live.open(stage.account, { kind: 'scenarioRun', id }, { signal }));
    // One round, so that each list has shown what is followed of it.
    await stage.clock.advance(1_000);
    stage.upstream.calls();

    const looks = vi.spyOn(Watch.prototype, 'listed');
    await stage.clock.advance(1_000);
    // Each followed run is looked for in its own list, whoever's list was read.
    expect(looks.mock.calls.length).toBeLessThanOrEqual(2 * FOLLOWED);
    expect(stage.upstream.names().filter((name) => name.startsWith('scenarioRun '))).toEqual([]);
    looks.mockRestore();
    for (const topic of topics) topic[Symbol.dispose]();
  });
});

const RUN = { kind: 'scenarioRun', id: 'scr_1' } as const;
const OF = { kind: 'benchmarkRun', id: 'bmr_1' } as const;

describe('a followed scenario run', () => {
  /** Its own polls, of so many seconds. */
  async function polls(stage: ReturnType<typeof createLiveStage>, seconds: number): Promise<number> {
    stage.upstream.calls();
    await stage.clock.advance(seconds * 1_000);
    return stage.upstream.names().filter((name) => name === 'scenarioRun scr_1').length;
  }

  it('is polled by itself when its benchmark run is left before it was listed again', async () => {
    await using stage = createLiveStage();
    stage.upstream.put(benchmarkRun({ id: 'bmr_1' }), scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1' }));
    const whole = await stage.follow(OF);
    const follower = await stage.follow(RUN);
    whole.leave();
    await stage.clock.advance(0);
    await stage.clock.advance(1_000);
    expect(await polls(stage, 5)).toBeGreaterThan(0);
    stage.upstream.put(scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1', state: 'scored' }));
    await stage.clock.advance(5_000);

    expect(follower.deliveries).toHaveLength(2);
  });

  it('is polled by itself when its list shows it no more, and not when it does again', async () => {
    await using stage = createLiveStage();
    const own = scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1' });
    stage.upstream.put(benchmarkRun({ id: 'bmr_1' }), own);
    await stage.follow(OF);
    await stage.follow(RUN);
    expect(await polls(stage, 3)).toBe(0);
    stage.upstream.put({ ...own, benchmarkRunId: 'bmr_2' });
    expect(await polls(stage, 5)).toBeGreaterThan(0);
    stage.upstream.put(own);
    await stage.clock.advance(5_000);

    expect(await polls(stage, 5)).toBe(0);
  });

  it('is covered by a list that shows it, also when it does not name its benchmark run, and changes once', async () => {
    await using stage = createLiveStage();
    const shown = scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1' });
    stage.upstream.put(benchmarkRun({ id: 'bmr_1' }), shown);
    const plain = { ...stage.upstream };
    // The upstream asks by the list's run, and shows rows that do not name it.
    Object.assign(stage.upstream, {
      session: (caller: UpstreamCaller) => {
        const asked = plain.session(caller);
        const list: UpstreamSession['list'] = async (...args) => {
          const page = await asked.list(...args);
          return {
            ...page,
            rows: page.rows.map((row) => (row instanceof Error ? row : { ...row, benchmarkRunId: null })),
          };
        };
        return { ...asked, list };
      },
    });
    await stage.follow(OF);
    const follower = await stage.follow(RUN);
    expect(await polls(stage, 5)).toBe(0);
    stage.upstream.put({ ...shown, state: 'scored' });
    await stage.clock.advance(3_000);

    expect(follower.deliveries).toHaveLength(2);
    expect(await polls(stage, 5)).toBe(0);
  });

  it('is polled by itself when its benchmark run is over', async () => {
    await using stage = createLiveStage();
    const other = accountOf('ak_other');
    const over = benchmarkRun({ id: 'bmr_1', state: 'completed' });
    const scored = scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1', state: 'scored' });
    stage.upstream.put(benchmarkRun({ id: 'bmr_1' }), scored);
    await stage.follow(OF, { account: other });
    const whole = await stage.follow(OF);
    await stage.follow(RUN);
    await stage.clock.advance(1_000);
    stage.upstream.put(over);
    await stage.clock.advance(10_000);
    expect(whole.end).toEqual({ kind: 'complete' });

    expect(await polls(stage, 30)).toBeGreaterThan(0);
  });
});
