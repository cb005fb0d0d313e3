import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { Caller } from '../../src/security/caller.ts';
import { testCaller } from '../support/caller.ts';
import { scenarioRun } from '../support/entities.ts';
import { fakeSession } from '../support/fake-session.ts';
import { createTestPipeline, type TestPipeline } from '../support/pipeline.ts';

const LIVE_MS = 1_000;
const LATENCY_MS = 40;
/** What may change is read anew when this share of its age is left: a tenth, and half a tenth of jitter. */
const LEAD_MS = 0.15 * LIVE_MS;
const ID = 'scr_1';
const AHEAD = 'query Ahead($id: ID!) { scenarioRun(id: $id) { name state } }';
const CANCEL = `mutation($id: ID!) { cancelScenarioRun(id: $id) { __typename } }`;

const named = (name: string) => scenarioRun({ id: ID, name });
const canceled = scenarioRun({ id: ID, name: 'v0', state: 'canceled' });

interface Stage extends Omit<TestPipeline, 'ask'> {
  ask(document?: string, caller?: Caller): Promise<string>;
  /** Asks every `everyMs` for so long, and answers the names that were shown. */
  askFor(ms: number, everyMs?: number): Promise<readonly string[]>;
  /** How often somebody waited for an execution. */
  waits(): Promise<number>;
  refreshes(result: 'refreshed' | 'failed' | 'skipped'): Promise<number>;
}

type Given = Parameters<typeof createTestPipeline>[0];

function createStage(given: Given = {}): Stage {
  const pipeline = createTestPipeline(given);
  const { clock, upstream } = pipeline;
  upstream.put(named('v0'));
  upstream.latency = () => [LATENCY_MS / 2, LATENCY_MS / 2];
  const ask = async (document = AHEAD, caller?: Caller) => {
    const progress = { isDone: false };
    const asking = pipeline.ask(document, { id: ID }, caller ? { caller } : {}).finally(() => {
      progress.isDone = true;
    });
    await clock.advance(0);
    while (!progress.isDone) await clock.advance(10);
    return asking;
  };
  return {
    ...pipeline,
    ask,
    askFor: async (ms, everyMs = 100) => {
      const shown: string[] = [];
      for (let passedMs = 0; passedMs < ms; passedMs += everyMs) {
        shown.push(/"name":"(\w+)"/.exec(await ask())?.[1] ?? 'none');
        await clock.advance(everyMs);
      }
      return shown;
    },
    waits: () =>
      pipeline.metric(
        'operation_duration_seconds_count{operation="Ahead",type="query",answered_by="execution"',
      ),
    refreshes: (result) => pipeline.metric(`answer_refreshes_total{result="${result}"}`),
  };
}

describe('an answer that is asked for again and again', () => {
  it('is read anew before it is too old: nobody waits, and its age allows all the calls there are', async () => {
    await using stage = createStage();

    await stage.askFor(10 * LIVE_MS);

    const calls = stage.upstream.calls();
    expect(await stage.waits()).toBe(1);
    expect(calls.map(({ priority }) => priority)).toEqual([
      'interactive',
      ...calls.slice(1).map(() => 'background'),
    ]);
    expect(calls.length).toBeGreaterThanOrEqual(10);
    expect(calls.length).toBeLessThanOrEqual(1 + Math.ceil((10 * LIVE_MS) / (LIVE_MS - LEAD_MS)));
    expect(await stage.refreshes('refreshed')).toBe(calls.length - 1);
    expect(await stage.metric('answer_refresh_calls_total')).toBe(calls.length - 1);
  });

  it('never shows a state that was gone longer than its age', async () => {
    await using stage = createStage();
    const shown: number[] = [];
    for (let version = 1; version <= 60; version++) {
      stage.upstream.put(named(`v${String(version)}`));
      shown.push(...(await stage.askFor(100)).map((name) => version - Number(name.slice(1))));
    }

    expect(await stage.waits()).toBe(1);
    expect(Math.max(...shown)).toBeLessThanOrEqual(LIVE_MS / 100);
  });

  it('is refreshed as long as it is asked for, and once more at most', async () => {
    await using stage = createStage();
    await stage.askFor(300);
    expect(stage.upstream.calls()).toHaveLength(1);

    await stage.clock.advance(10 * LIVE_MS);

    expect(stage.upstream.calls()).toHaveLength(1);
    expect(stage.clock.pending).toBe(0);
  });

  it.each([1, 2])('is not refreshed when it is asked for %i times only', async (times) => {
    await using stage = createStage();
    for (let each = 0; each < times; each++) await stage.ask();

    await stage.clock.advance(10 * LIVE_MS);

    expect(stage.upstream.calls()).toHaveLength(1);
  });

  it('is not refreshed with REFRESH_AHEAD_MAX_ANSWERS=0, nor where nothing is cached', async () => {
    for (const env of [
      { REFRESH_AHEAD_MAX_ANSWERS: '0' },
      { ANSWER_REUSE: 'off' },
      { CACHE: 'off' },
      { CACHE_LIVE_MS: '0' },
    ]) {
      await using stage = createStage({ env });
      await stage.askFor(2 * LIVE_MS);
      expect(stage.upstream.calls().filter(({ priority }) => priority === 'background')).toEqual([]);
    }
  });

  it('is one of so many of its account', async () => {
    await using stage = createStage({ env: { REFRESH_AHEAD_MAX_ANSWERS: '2' } });
    const documents = ['name', 'state', 'purpose'].map(
      (field) => `query($id: ID!) { scenarioRun(id: $id) { ${field} } }`,
    );
    for (let times = 0; times < 5; times++) for (const document of documents) await stage.ask(document);

    await stage.clock.advance(LIVE_MS);

    expect(await stage.refreshes('refreshed')).toBe(2);
    // What both need is read once.
    expect(stage.upstream.calls()).toHaveLength(2);
  });

  it('that never changes again is not read again', async () => {
    await using stage = createStage();
    stage.upstream.put(
      scenarioRun({ id: ID, name: 'v0', state: 'canceled', endedAtMs: stage.clock.now() - 3_600_000 }),
    );

    await stage.askFor(3 * LIVE_MS);

    expect(stage.upstream.calls()).toHaveLength(1);
  });

  it('costs what is followed no call more: the read of a refresh is the poll', async () => {
    await using stage = createStage();
    const { account } = testCaller();
    const opening = stage.live.open(
      account,
      { kind: 'scenarioRun', id: ID },
      { signal: new AbortController().signal },
    );
    await stage.clock.advance(LATENCY_MS);
    using topic = await opening;
    expect(topic.ref.id).toBe(ID);
    await stage.askFor(LIVE_MS);
    stage.upstream.calls();

    await stage.askFor(10 * LIVE_MS);

    expect(stage.upstream.calls().length).toBeLessThanOrEqual(
      Math.ceil((10 * LIVE_MS) / (LIVE_MS - LEAD_MS)),
    );
  });
});

describe('a refresh', () => {
  const refusal = (code: 'UPSTREAM_UNAVAILABLE' | 'RATE_LIMITED') =>
    new GatewayError(code, 'Not now', code === 'RATE_LIMITED' ? { retryAfterMs: 5_000 } : {});

  it.each(['UPSTREAM_UNAVAILABLE', 'RATE_LIMITED'] as const)(
    'that fails with %s is sent once, and not tried again before somebody has been answered',
    async (code) => {
      await using stage = createStage();
      await stage.askFor(500);
      stage.upstream.calls();
      stage.upstream.failure = () => refusal(code);

      await stage.askFor(5 * LIVE_MS);

      const background = stage.upstream.calls().filter(({ priority }) => priority === 'background');
      expect(background).toHaveLength(1);
      expect(await stage.refreshes('failed')).toBe(1);
      // Nobody has seen the error of the refresh: it is neither presented nor counted.
      expect(await stage.metric('errors_total')).toBe((await stage.waits()) - 1);
    },
  );

  it('is not begun while calls of the account would hold up others', async () => {
    await using stage = createStage({ inFront: (upstream) => ({ ...upstream, hasSpareSlots: () => false }) });

    await stage.askFor(3 * LIVE_MS);

    expect(stage.upstream.calls().map(({ priority }) => priority)).toEqual([
      'interactive',
      'interactive',
      'interactive',
    ]);
    expect(await stage.refreshes('skipped')).toBeGreaterThanOrEqual(2);
  });

  it('leaves half of its caller’s budget to what they ask for, and is paid by them', async () => {
    await using stage = createStage({ env: { CALLER_CALLS_PER_MINUTE: '10' } });

    await stage.askFor(20 * LIVE_MS);

    const calls = stage.upstream.calls();
    // The first call, and refreshes until less than five were left.
    expect(calls.filter(({ priority }) => priority === 'background')).toHaveLength(5);
    expect(calls.length).toBe(10);
  });

  it('ends with the credentials of whoever asked last', async () => {
    await using stage = createStage();
    const caller = testCaller({ expiresAtMs: stage.clock.now() + 500 });
    for (let times = 0; times < 4; times++) await stage.ask(AHEAD, caller);

    await stage.clock.advance(LIVE_MS);

    expect(stage.upstream.calls()).toHaveLength(1);
  });

  it('that has read before a mutation does not bring back what was there before', async () => {
    await using stage = createStage({
      inFront: (upstream) => ({
        ...upstream,
        session: (caller) => ({
          ...upstream.session(caller),
          send: (mutation, input, sending) =>
            fakeSession({
              send: {
                cancelScenarioRun: () => {
                  upstream.put(canceled);
                  return Promise.resolve({ kind: 'done', value: canceled });
                },
              },
            }).send(mutation, input, sending),
        }),
      }),
    });
    await stage.askFor(300);
    stage.upstream.calls();
    // The refresh has been answered in the upstream, and its answer is on its way.
    stage.upstream.latency = () => [0, 400];
    await stage.clock.advance(LIVE_MS - 300 - LEAD_MS);
    expect(stage.upstream.names()).toEqual([`scenarioRun ${ID}`]);

    await stage.ask(CANCEL);
    stage.upstream.latency = () => [0, 0];
    const shown: string[] = [];
    for (let times = 0; times < 6; times++) {
      shown.push(await stage.ask());
      await stage.clock.advance(100);
    }

    expect(shown).toEqual(Array(6).fill('{"data":{"scenarioRun":{"name":"v0","state":"CANCELED"}}}'));
  });

  it('that overlaps a poll which has seen more shows nothing older to anybody', async () => {
    await using stage = createStage();
    const { account } = testCaller();
    await stage.askFor(300);
    stage.upstream.latency = () => [0, 400];
    await stage.clock.advance(LIVE_MS - 300 - LEAD_MS);
    stage.upstream.put(canceled);
    stage.upstream.latency = () => [0, 0];
    const opening = stage.live.open(
      account,
      { kind: 'scenarioRun', id: ID },
      { signal: new AbortController().signal },
    );
    await stage.clock.advance(0);
    using topic = await opening;
    expect(topic.ref.id).toBe(ID);

    const shown: string[] = [];
    for (let times = 0; times < 8; times++) {
      shown.push(await stage.ask());
      await stage.clock.advance(100);
    }

    expect(shown).toEqual(Array(8).fill('{"data":{"scenarioRun":{"name":"v0","state":"CANCELED"}}}'));
  });

  it('leaves no timer and no call behind when the gateway shuts down', async () => {
    const stage = createStage();
    await stage.askFor(300);
    stage.upstream.latency = () => [1_000, 0];
    await stage.clock.advance(LIVE_MS - 300);
    expect(stage.upstream.underWay).toBe(1);

    await stage[Symbol.asyncDispose]();
    await stage.clock.advance(0);

    expect(stage.upstream.underWay).toBe(0);
    expect(stage.clock.pending).toBe(0);
  });
});
