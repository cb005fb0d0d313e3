import { describe, expect, it } from 'vitest';
import type { WatchRef } from '../../src/events/event.ts';
import type { EventLog } from '../../src/events/event-log.ts';
import { type Replicas, withoutReplicas } from '../../src/events/replicas.ts';
import { DEFAULT_LIVE_SETTINGS } from '../../src/live/live-settings.ts';
import { observeSession } from '../../src/live/observed-session.ts';
import { benchmarkRun, scenarioRun } from '../support/entities.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { fakeSession } from '../support/fake-session.ts';
import { createFakeUpstream } from '../support/fake-upstream.ts';
import { createLiveStage, createTestLog, summaries } from './live-stage.ts';
import { createNetwork, overNetwork, skewed, withoutLease } from './shared-log.ts';

const RUN = { kind: 'scenarioRun', id: 'scr_1' } as const;
const BENCHMARK_RUN = { kind: 'benchmarkRun', id: 'bmr_1' } as const;
const inState = (state: 'running' | 'scoring' | 'scored' | 'canceled', name: string | null = null) =>
  scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1', state, name });

/** Two replicas that share a log: one polls, the other never does. */
function createTwo({ skewMs = 0 } = {}) {
  const clock = createFakeClock();
  const upstream = createFakeUpstream(clock);
  const shared = createTestLog(clock, DEFAULT_LIVE_SETTINGS);
  const networks = [createNetwork(), createNetwork()] as const;
  const stageOf = (index: 0 | 1, parts: Parameters<typeof createLiveStage>[0] = {}) => {
    const own = skewed(clock, index === 0 ? 0 : skewMs);
    const log = overNetwork(shared, networks[index], { name: `replica ${String(index)}`, clock: own });
    return createLiveStage({ clock: own, upstream, log, ...parts });
  };
  upstream.put(benchmarkRun({ id: 'bmr_1' }), inState('running'));
  return {
    clock,
    upstream,
    shared,
    networks,
    polling: stageOf(0),
    following: stageOf(1, { replicas: withoutLease() }),
  };
}

describe('a replica that follows and does not poll', () => {
  it.each([0, 300_000, -300_000])(
    'answers nothing older than what its followers have got, with a clock that is %d ms ahead',
    async (skewMs) => {
      const { clock, upstream, polling, following } = createTwo({ skewMs });
      const here = await polling.follow(RUN);
      const there = await following.follow(RUN);
      upstream.put(inState('scoring', 'renamed'));
      const sentAtMs = following.clock.now();
      await clock.advance(1_000);
      expect(summaries(there.deliveries)).toEqual(['=running', 'running>scoring']);
      // It was asked for before its followers were told.
      const late = { sentAtMs, receivedAtMs: following.clock.now() };
      const shown = following.live.observe(following.account, inState('running'), late);
      expect(shown).toMatchObject({ state: 'scoring', name: 'renamed' });
      expect(upstream.names().filter((name) => name === 'scenarioRun scr_1')).toHaveLength(3);
      expect(summaries(here.deliveries)).toEqual(summaries(there.deliveries));
    },
  );

  it.each([300_000, -300_000])(
    'records what a query has read later, whatever its clock says (%d ms ahead)',
    async (skewMs) => {
      const { clock, upstream, polling, following } = createTwo({ skewMs });
      const here = await polling.follow(RUN);
      await following.follow(RUN);
      upstream.put(inState('scoring'));
      await clock.advance(1_000);
      const now = following.clock.now();
      following.live.observe(following.account, inState('running'), {
        sentAtMs: now + 1,
        receivedAtMs: now + 2,
      });
      upstream.put(inState('running'));
      await clock.advance(10);
      expect(summaries(here.deliveries)).toEqual(['=running', 'running>scoring', 'scoring>running']);
    },
  );

  it('answers a query for a part as followers have got it', async () => {
    const { clock, upstream, polling, following } = createTwo();
    await polling.follow(BENCHMARK_RUN);
    await following.follow(BENCHMARK_RUN);
    const sentAtMs = clock.now();
    upstream.put(inState('scored'));
    await clock.advance(1_000);
    const late = { sentAtMs, receivedAtMs: clock.now() };
    expect(following.live.observe(following.account, inState('running'), late)).toMatchObject({
      state: 'scored',
    });
  });

  it('says whether the list of scenario runs was whole, as whoever lists it has found', async () => {
    const { clock, upstream, polling, following } = createTwo();
    const whole = async () => {
      const { signal } = new AbortController();
      using topic = await following.live.open(following.account, BENCHMARK_RUN, { signal });
      return topic.snapshot().totals?.().summary().isExhaustive;
    };
    await polling.follow(BENCHMARK_RUN);
    await following.follow(BENCHMARK_RUN);
    expect(await whole()).toBe(true);
    const session = upstream.session.bind(upstream);
    upstream.session = (caller) => ({
      ...session(caller),
      list: async (list, filter, page) => ({
        ...(await session(caller).list(list, filter, page)),
        rows: [],
        hasMore: true,
      }),
    });
    upstream.put(benchmarkRun({ id: 'bmr_1', score: 0.5 }));
    await clock.advance(1_000);
    expect(await whole()).toBe(false);
  });
});

describe('the log', () => {
  it.each([1, 100])(
    'is not asked by a poll that saw nothing, and once by one that did, with %d followers',
    async (followers) => {
      const { clock, upstream, polling, networks } = createTwo();
      await Promise.all(Array.from({ length: followers }, () => polling.follow(BENCHMARK_RUN)));
      networks[0].asked = [];
      await clock.advance(5_000);
      expect(networks[0].asked).toEqual([]);
      upstream.put(benchmarkRun({ id: 'bmr_1', score: 0.5 }), inState('scoring'));
      await clock.advance(1_000);
      expect(networks[0].asked).toEqual(['append']);
    },
  );

  it('is asked for what another replica has appended by one read, however many follow', async () => {
    const { clock, upstream, polling, following, networks } = createTwo();
    await polling.follow(RUN);
    const all = await Promise.all(Array.from({ length: 100 }, () => following.follow(RUN)));
    networks[1].asked = [];
    upstream.put(inState('scoring'));
    await clock.advance(1_000);
    for (const { deliveries } of all) expect(summaries(deliveries)).toEqual(['=running', 'running>scoring']);
    expect(networks[1].asked).toEqual(['read']);
  });

  it('has what a mutation has done before that is answered', async () => {
    const { clock, polling, networks } = createTwo();
    const follower = await polling.follow(RUN);
    networks[0].delayMs = () => 20;
    const session = observeSession(
      fakeSession({
        send: { cancelScenarioRun: () => Promise.resolve({ kind: 'done', value: inState('canceled') }) },
      }),
      { live: polling.live, account: polling.account, clock },
    );
    let toldFirst: boolean | null = null;
    const sending = session.send('cancelScenarioRun', { id: 'scr_1' }, { idempotencyKey: 'key' }).then(() => {
      toldFirst = summaries(follower.deliveries).includes('running>canceled');
    });
    await clock.advance(100);
    await sending;
    expect(toldFirst).toBe(true);
  });

  it('that is away holds back no answer to a mutation for longer than a quarter of a second', async () => {
    const { clock, polling, networks } = createTwo();
    await polling.follow(RUN);
    networks[0].delayMs = () => 10_000;
    const { live, account } = polling;
    live.observe(account, inState('scoring'), { sentAtMs: clock.now() + 1, receivedAtMs: clock.now() + 2 });
    let isAnswered = false;
    void live.recorded(account).then(() => {
      isAnswered = true;
    });
    await clock.advance(249);
    expect(isAnswered).toBe(false);
    await clock.advance(1);
    expect(isAnswered).toBe(true);
  });
});

describe('what another replica has done to a thing', () => {
  it('is polled at once, and no event shows what was read before it', async () => {
    const clock = createFakeClock();
    const touches: ((ref: WatchRef) => void)[] = [];
    const replicas: Replicas = {
      ...withoutReplicas(),
      onTouch: (_accountId, listener) => {
        touches.push(listener);
        return { [Symbol.dispose]: () => undefined };
      },
    };
    await using stage = createLiveStage({ clock, replicas });
    const { upstream } = stage;
    upstream.put(benchmarkRun({ id: 'bmr_1' }), inState('running'));
    const [run, benchmark] = [await stage.follow(RUN), await stage.follow(BENCHMARK_RUN)];
    upstream.latency = () => [0, 100];
    upstream.put(inState('scoring'));
    await clock.advance(1_050);
    // The poll has seen `scoring`, and its answer is on its way.
    upstream.put(inState('canceled'));
    for (const touch of touches) touch(RUN);
    await clock.advance(300);
    expect(summaries(run.deliveries)).toEqual(['=running', 'running>canceled']);
    expect(summaries(benchmark.deliveries)).toEqual(['=running', 'running>running scr_1:running>canceled']);
  });
});

describe('a log that is away', () => {
  it('leaves followers where they are, and gets in a few events what has happened meanwhile', async () => {
    const { clock, upstream, polling, following, shared, networks } = createTwo();
    const followers = [await polling.follow(BENCHMARK_RUN), await following.follow(BENCHMARK_RUN)];
    for (const network of networks) network.isDown = true;
    for (let index = 0; index < 500; index++) {
      upstream.put(benchmarkRun({ id: 'bmr_1', name: `name ${String(index)}` }));
      await clock.advance(1_100);
    }
    upstream.put(inState('scored'));
    await clock.advance(1_100);
    for (const { deliveries, end } of followers)
      expect([summaries(deliveries), end]).toEqual([['=running'], null]);
    expect(upstream.calls().length).toBeGreaterThan(1_000);
    for (const network of networks) network.isDown = false;
    upstream.put(benchmarkRun({ id: 'bmr_1', name: 'the last' }));
    await clock.advance(1_100);
    const { sequence, epoch } = await shared.state({
      accountId: polling.account.id,
      ref: BENCHMARK_RUN,
    });
    expect(sequence).toBeGreaterThan(0);
    expect(sequence).toBeLessThanOrEqual(102);
    expect(epoch).toBe('epoch-1');
    for (const { deliveries } of followers) {
      expect(deliveries.map(({ sequence: at }) => at)).toEqual(
        Array.from({ length: sequence + 1 }, (_, index) => index),
      );
      expect(deliveries.at(-1)?.event).toMatchObject({ benchmarkRun: { name: 'the last' } });
      expect(summaries(deliveries).filter((one) => one.includes('scr_1:running>scored'))).toHaveLength(1);
    }
  });

  it('and back without what was in it gives every follower a snapshot, and goes on', async () => {
    const clock = createFakeClock();
    const upstream = createFakeUpstream(clock);
    const before = createTestLog(clock, DEFAULT_LIVE_SETTINGS);
    const after = createTestLog(clock, DEFAULT_LIVE_SETTINGS);
    await after.state({ accountId: 'somebody', ref: RUN });
    let current = before;
    const replaceable: EventLog = {
      state: (topic) => current.state(topic),
      append: (topic, request) => current.append(topic, request),
      read: (topic, position, limit) => current.read(topic, position, limit),
      onAppend: async (topic, wake) => {
        await before.onAppend(topic, wake);
        return after.onAppend(topic, wake);
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    upstream.put(benchmarkRun({ id: 'bmr_1' }), inState('running'));
    const stageOf = (name: string) =>
      createLiveStage({ clock, upstream, log: overNetwork(replaceable, createNetwork(), { name, clock }) });
    const [one, two] = [stageOf('one'), stageOf('two')];
    const followers = [await one.follow(BENCHMARK_RUN), await two.follow(BENCHMARK_RUN)];
    upstream.put(inState('scoring'));
    await clock.advance(1_100);
    current = after;
    upstream.put(inState('scored'));
    await clock.advance(1_100);
    upstream.put(benchmarkRun({ id: 'bmr_1', score: 1 }));
    await clock.advance(1_100);
    for (const { deliveries, end } of followers) {
      const told = summaries(deliveries);
      expect(told.slice(0, 2)).toEqual(['=running', 'running>running scr_1:running>scoring']);
      expect(told.filter((one) => one === '=running')).toHaveLength(2);
      expect(told.at(-1)).toBe('running>running');
      expect(end).toBeNull();
      const last = deliveries.findLastIndex(({ kind }) => kind === 'snapshot');
      expect(deliveries[last]?.totals?.().summary()).toMatchObject({ isExhaustive: true });
    }
  });
});
