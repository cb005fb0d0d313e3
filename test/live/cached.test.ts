import { describe, expect, it } from 'vitest';
import { observeSession } from '../../src/live/observed-session.ts';
import { asFresh, createCachingUpstream } from '../../src/upstream/cache/caching-upstream.ts';
import { benchmarkRun, scenarioRun } from '../support/entities.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeUpstream, type FakeUpstream } from '../support/fake-upstream.ts';
import { KEEPING } from '../upstream/caching-stage.ts';
import { createLiveStage, summaries } from './live-stage.ts';

const PAGE = { limit: 10, totalCount: false };
const running = scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1' });
const scored = scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1', state: 'scored' });

/** Watchers and queries over one caching upstream, as the gateway puts them together. */
function createStage() {
  const clock = createFakeClock();
  const fake = createFakeUpstream(clock);
  const kept = createCachingUpstream(fake, { clock, settings: KEEPING });
  const upstream: FakeUpstream = { ...fake, ...asFresh(kept) };
  const stage = createLiveStage({ clock, upstream });
  return {
    ...stage,
    fake,
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
    query: (isFresh = false) =>
      observeSession(
        kept.session({
          account: stage.account,
          priority: 'interactive',
          signal: new AbortController().signal,
          deadlineAt: Infinity,
          isFresh,
        }),
        stage,
      ),
  };
}

describe('what is watched', () => {
  it('is answered to queries from what the polls have read, at no call', async () => {
    await using stage = createStage();
    const { clock, fake } = stage;
    fake.put(running, benchmarkRun({ id: 'bmr_1' }));
    const follower = await stage.follow({ kind: 'benchmarkRun', id: 'bmr_1' });
    fake.put(scored);
    await clock.advance(1_100);
    expect(follower.deliveries).toHaveLength(2);
    fake.calls();
    expect(stage.query().peek('scenarioRun', 'scr_1')).toBe(scored);
    expect(await stage.query().get('scenarioRun', 'scr_1')).toBe(scored);
    expect(fake.names()).toEqual([]);
  });

  it('is shown to no query as older than followers have seen it, though a page of it is cached', async () => {
    await using stage = createStage();
    const { clock, fake } = stage;
    fake.put(running);
    const follower = await stage.follow({ kind: 'scenarioRun', id: 'scr_1' });
    await clock.advance(100);
    expect(
      (await stage.query().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE)).rows,
    ).toEqual([running]);
    fake.put(scored);
    await clock.advance(100);
    await stage.query(true).get('scenarioRun', 'scr_1');
    await clock.advance(0);
    expect(summaries(follower.deliveries)).toEqual(['=running', 'running>scored']);
    fake.calls();
    expect(
      (await stage.query().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE)).rows,
    ).toEqual([scored]);
    expect(fake.names()).toEqual([]);
  });

  it('dates what a query brings by when it was read, not by when it was answered', async () => {
    await using stage = createStage();
    const { clock, fake } = stage;
    fake.put(running);
    await stage.query().get('scenarioRun', 'scr_1');
    await clock.advance(500);
    fake.put(scored);
    const follower = await stage.follow({ kind: 'scenarioRun', id: 'scr_1' });
    await clock.advance(100);
    // The cached page is from before: the watch knows a later state, and keeps it.
    expect(await stage.query().get('scenarioRun', 'scr_1')).toBe(scored);
    expect(summaries(follower.deliveries)).toEqual(['=scored']);
  });
});
