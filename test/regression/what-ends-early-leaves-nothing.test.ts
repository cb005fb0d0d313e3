/** What was given up halfway stayed for ever, or took something else with it. */
import { describe, expect, it } from 'vitest';
import type { EventLog } from '../../src/events/event-log.ts';
import { DEFAULT_LIVE_SETTINGS } from '../../src/live/live-settings.ts';
import { accountOf, createLiveStage, createTestLog } from '../live/live-stage.ts';
import { deferred } from '../support/deferred.ts';
import { scenarioRun } from '../support/entities.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createCachingStage } from '../upstream/caching-stage.ts';

const RUN = { kind: 'scenarioRun', id: 'scr_1' } as const;
const { signal } = new AbortController();

describe('an account that may not follow', () => {
  it.each([
    ['in the whole process', { maxWatchers: 1 }],
    ['in an account', { maxWatchersPerAccount: 0 }],
  ])('leaves nothing behind, where the bound is %s', async (_name, settings) => {
    await using stage = createLiveStage({ settings });
    stage.upstream.put(scenarioRun({ id: 'scr_1' }));
    const first = stage.follow(RUN).catch(() => null);
    await first;
    const others = Array.from({ length: 20 }, (_, index) => accountOf(`ak_other_${String(index)}`));
    for (const other of others) {
      await expect(stage.live.open(other, RUN, { signal })).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    }

    expect(others.filter((other) => stage.live.isWatching(other))).toEqual([]);
  });
});

/** A log whose topics can be waited on only when the test says so. */
function createSlowLog() {
  const clock = createFakeClock();
  const gate = deferred<undefined>();
  const inner = createTestLog(clock, DEFAULT_LIVE_SETTINGS);
  const counts = { waiting: 0, looks: 0 };
  const log: EventLog = {
    append: (...args) => inner.append(...args),
    read: (...args) => inner.read(...args),
    state: (topic) => {
      counts.looks++;
      return inner.state(topic);
    },
    onAppend: async (topic, wake) => {
      await gate.promise;
      const wakes = await inner.onAppend(topic, wake);
      counts.waiting++;
      return {
        [Symbol.dispose]: () => {
          counts.waiting--;
          wakes[Symbol.dispose]();
        },
      };
    },
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
  return {
    clock,
    log,
    counts,
    answer: () => {
      gate.resolve(undefined);
    },
  };
}

describe('a watch that is closed while its log is being opened', () => {
  it('lets go of the log when that is open, and reads nothing', async () => {
    const { clock, log, counts, answer } = createSlowLog();
    await using stage = createLiveStage({ clock, log });
    stage.upstream.put(scenarioRun({ id: 'scr_1' }));
    const client = new AbortController();
    const opening = stage.live.open(stage.account, RUN, { signal: client.signal });
    client.abort(new Error('The client has left'));
    await expect(opening).rejects.toThrow('The client has left');
    await clock.advance(DEFAULT_LIVE_SETTINGS.graceMs);
    answer();
    await clock.advance(0);

    expect(counts).toEqual({ waiting: 0, looks: 0 });
    expect([stage.live.watcherCount, stage.upstream.names(), clock.pending]).toEqual([0, [], 0]);
  });
});

describe('calls that a mutation has detached', () => {
  it('do not take away those that others can join when they end', async () => {
    const { clock, fake, caching, session } = createCachingStage(null);
    fake.put(...['scr_1', 'scr_2', 'scr_3'].map((id) => scenarioRun({ id })));
    const latencies = [100, 10, 200];
    fake.latency = () => [latencies.shift() ?? 0, 0];
    const detached = session().get('scenarioRun', 'scr_1');
    // Whatever is done detaches what is under way.
    await session()
      .send('cancelScenarioRun', { id: 'scr_1' }, { idempotencyKey: 'a-key' })
      .catch(() => undefined);
    const between = session().get('scenarioRun', 'scr_2');
    await clock.advance(10);
    await between;
    const underWay = session().get('scenarioRun', 'scr_3');
    await clock.advance(90);
    await detached;
    fake.calls();
    const joining = session().get('scenarioRun', 'scr_3');
    await clock.advance(200);

    expect(await joining).toEqual(await underWay);
    expect(fake.names()).toEqual([]);
    await caching[Symbol.asyncDispose]();
  });
});
