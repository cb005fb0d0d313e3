import { describe, expect, it } from 'vitest';
import { devbox, scenarioRun, STARTED_AT_MS } from '../support/entities.ts';
import { accountOf, createLiveStage, errorOf, summaries } from './live-stage.ts';

const RUN = { kind: 'scenarioRun', id: 'scr_1' } as const;

describe('a poll that fails', () => {
  it('is repeated after growing waits, and ends no subscription', async () => {
    await using stage = createLiveStage({ settings: { idleAfterMs: 1_000_000 } });
    const { upstream, clock } = stage;
    upstream.put(scenarioRun({ id: 'scr_1' }));
    const follower = await stage.follow(RUN);
    upstream.failure = () => errorOf('UPSTREAM_UNAVAILABLE');
    const startedAtMs = clock.now();
    const times: number[] = [];
    for (let failures = 1; failures <= 7; failures++) {
      while (stage.pollFailures.length < failures) await clock.advance(500);
      times.push((clock.now() - startedAtMs) / 1_000);
    }
    expect(times).toEqual([1, 3, 7, 15, 31, 61, 91]);
    upstream.failure = null;
    upstream.put(scenarioRun({ id: 'scr_1', state: 'scoring' }));
    await clock.advance(30_000);
    expect(summaries(follower.deliveries)).toEqual(['=running', 'running>scoring']);
    expect(stage.pollFailures.at(-1)).toMatchObject({
      kind: 'scenarioRun',
      code: 'UPSTREAM_UNAVAILABLE',
      failures: 7,
    });
    upstream.calls();
    await clock.advance(3_000);
    expect(upstream.names()).toHaveLength(3);
  });

  it('with 429 slows every poll of the account as long as the upstream says, and no other account', async () => {
    await using stage = createLiveStage();
    const { upstream, clock, live } = stage;
    const other = accountOf('ak_other');
    for (const id of ['scr_0', 'scr_1', 'scr_2']) {
      upstream.put(scenarioRun({ id }));
      await stage.follow({ kind: 'scenarioRun', id });
    }
    await stage.follow({ kind: 'scenarioRun', id: 'scr_0' }, { account: other });
    upstream.calls();
    const own = () =>
      upstream
        .calls()
        .filter(({ accountId }) => accountId === stage.account.id)
        .map(({ name }) => name);
    upstream.failure = ({ name, accountId }) =>
      name === 'scenarioRun scr_0' && accountId !== other.id ? errorOf('RATE_LIMITED', 20_000) : null;
    await clock.advance(20_900);
    expect(own()).toEqual(['scenarioRun scr_0']);
    upstream.failure = null;
    await clock.advance(2_000);
    expect(new Set(own())).toEqual(new Set(['scenarioRun scr_0', 'scenarioRun scr_1', 'scenarioRun scr_2']));
    live.slowDown(stage.account, 10_000);
    await clock.advance(9_900);
    expect(own()).toEqual([]);
    live.slowDown(other, 10_000);
    upstream.calls();
    await clock.advance(9_900);
    expect(upstream.calls().every(({ accountId }) => accountId !== other.id)).toBe(true);
  });

  it('is no failure of the account for good when the thing is missing once', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(scenarioRun({ id: 'scr_1' }));
    const follower = await stage.follow(RUN);
    upstream.remove('scr_1');
    await clock.advance(2_000);
    upstream.put(scenarioRun({ id: 'scr_1', state: 'scoring' }));
    await clock.advance(1_000);
    expect(summaries(follower.deliveries)).toEqual(['=running', 'running>scoring']);
    upstream.remove('scr_1');
    await clock.advance(3_000);
    expect(follower.end).toMatchObject({ kind: 'fail', error: { code: 'NOT_FOUND' } });
  });

  it.each(['UNAUTHENTICATED', 'FORBIDDEN'] as const)(
    'for good ends every follower with %s, after what there is',
    async (code) => {
      await using stage = createLiveStage();
      const { upstream, clock, live } = stage;
      upstream.put(scenarioRun({ id: 'scr_1' }));
      const followers = [await stage.follow(RUN), await stage.follow(RUN)];
      upstream.failure = () => errorOf(code);
      await clock.advance(1_000);
      for (const { deliveries, end } of followers) {
        expect(summaries(deliveries)).toEqual(['=running']);
        expect(end).toMatchObject({ kind: 'fail', error: { code } });
      }
      expect([live.watcherCount, clock.pending]).toEqual([0, 0]);
      upstream.failure = null;
      const again = await stage.follow(RUN, { after: followers[0]?.deliveries[0]?.cursor ?? '' });
      expect(summaries(again.deliveries)).toEqual([]);
      expect(again.end).toBeNull();
    },
  );

  it('in an unexpected way ends the followers too, and never the process', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(scenarioRun({ id: 'scr_1' }));
    const follower = await stage.follow(RUN);
    upstream.failure = () => {
      throw new TypeError('a defect');
    };
    await clock.advance(1_000);
    expect(follower.end).toMatchObject({ kind: 'fail', error: { code: 'INTERNAL_SERVER_ERROR' } });
  });
});

describe('opening', () => {
  it('rejects for what is not there, leaves nothing, and works when it is there', async () => {
    await using stage = createLiveStage();
    await expect(stage.follow(RUN)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect([stage.live.watcherCount, stage.clock.pending]).toEqual([0, 0]);
    stage.upstream.put(scenarioRun({ id: 'scr_1' }));
    expect(summaries((await stage.follow(RUN)).deliveries)).toEqual(['=running']);
  });

  it('shares one read among those who open together, and its failure', async () => {
    await using stage = createLiveStage();
    stage.upstream.failure = () => errorOf('UPSTREAM_UNAVAILABLE');
    const results = await Promise.allSettled([stage.follow(RUN), stage.follow(RUN), stage.follow(RUN)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(stage.upstream.names()).toEqual(['scenarioRun scr_1']);
    expect(stage.live.watcherCount).toBe(0);
  });

  it('ends with its follower, and the read after the grace period', async () => {
    await using stage = createLiveStage();
    const { upstream, clock, live, account } = stage;
    upstream.latency = () => [60_000, 0];
    const caller = new AbortController();
    const opening = live.open(account, RUN, { signal: caller.signal });
    await clock.advance(100);
    caller.abort(new Error('left'));
    await expect(opening).rejects.toThrow('left');
    await clock.advance(1_000);
    expect([live.watcherCount, upstream.underWay, clock.pending]).toEqual([0, 0, 0]);
  });

  it('does not wait longer than it may', async () => {
    await using stage = createLiveStage();
    stage.upstream.latency = () => [60_000, 0];
    const opening = stage.follow(RUN).catch((error: unknown) => error);
    await stage.clock.advance(10_000);
    expect(await opening).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    expect([stage.live.watcherCount, stage.clock.pending]).toEqual([0, 0]);
  });

  it('is refused when there is no room for another watch, of the account or at all', async () => {
    for (const settings of [{ maxWatchers: 1 }, { maxWatchersPerAccount: 1 }]) {
      await using stage = createLiveStage({ settings });
      stage.upstream.put(scenarioRun({ id: 'scr_1' }), scenarioRun({ id: 'scr_2' }));
      await stage.follow(RUN);
      await stage.follow(RUN);
      await expect(stage.follow({ kind: 'scenarioRun', id: 'scr_2' })).rejects.toMatchObject({
        code: 'RATE_LIMITED',
      });
    }
  });
});

describe('shutdown', () => {
  it('ends every follower at once, releases everything, and refuses new followers', async () => {
    const stage = createLiveStage();
    const { upstream, clock, live } = stage;
    upstream.put(scenarioRun({ id: 'scr_1' }), devbox('dbx_1', [{ status: 'running', atMs: STARTED_AT_MS }]));
    const followers = [await stage.follow(RUN), await stage.follow({ kind: 'devbox', id: 'dbx_1' })];
    await clock.advance(100);
    upstream.put(scenarioRun({ id: 'scr_2' }));
    upstream.latency = () => [60_000, 0];
    const opening = stage.follow({ kind: 'scenarioRun', id: 'scr_2' });
    const refused = expect(opening).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await clock.advance(100);
    await live[Symbol.asyncDispose]();
    await refused;
    expect(followers.map(({ end }) => end)).toEqual([{ kind: 'close' }, { kind: 'close' }]);
    expect([live.watcherCount, upstream.underWay, clock.pending]).toEqual([0, 0, 0]);
    await expect(stage.follow(RUN)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});
