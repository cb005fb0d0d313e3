import { describe, expect, it } from 'vitest';
import { Account } from '../../src/upstream/account.ts';
import { createByteBudget } from '../../src/upstream/rest/byte-budget.ts';
import { createCalls } from '../../src/upstream/rest/calls.ts';
import { createScheduler } from '../../src/upstream/scheduling/scheduler.ts';
import { DEFAULT_UPSTREAM_SETTINGS } from '../../src/upstream/upstream-settings.ts';
import { createTransport } from '../../src/upstream/rest/transport.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { API_KEY, failureOf, startRest } from './rest-stage.ts';
import { SCENARIO_RUN } from './rows.ts';
import { type Answer, inTurn, json, startStubServer } from './stub-server.ts';

const RUN = { type: 'ScenarioRun', id: 'scr_1' };
const never: Answer = () => undefined;
const reset: Answer = (response) => {
  response.socket?.resetAndDestroy();
};
const limited = (retryAfter: string): Answer => json({}, 429, { 'retry-after': retryAfter });

describe('a call that failed', () => {
  it('is tried again exactly when the upstream has asked for it', async () => {
    await using stage = await startRest(inTurn(limited('2'), json(SCENARIO_RUN)));
    const run = stage.session().get('scenarioRun', 'scr_1');
    await stage.clock.sleepers(1);
    await stage.clock.advance(1_999);
    expect(stage.server.requests).toHaveLength(1);
    await stage.clock.advance(1);
    expect(await run).toMatchObject(RUN);
    expect(stage.server.requests).toHaveLength(2);
    expect(stage.clock.pending).toBe(0);
  });

  it('is tried again after a date', async () => {
    await using stage = await startRest(inTurn(limited('Thu, 01 Jan 2026 00:00:05 GMT'), json(SCENARIO_RUN)));
    const run = stage.session().get('scenarioRun', 'scr_1');
    await stage.clock.sleepers(1);
    await stage.clock.advance(4_999);
    expect(stage.server.requests).toHaveLength(1);
    await stage.clock.advance(1);
    expect(await run).toMatchObject(RUN);
  });

  it('waits a random part of a bound that doubles', async () => {
    await using stage = await startRest(json({}, 503), { random: () => 0.5 });
    const error = failureOf(stage.session().get('scenarioRun', 'scr_1'));
    for (const [index, waitMs] of [50, 100, 200].entries()) {
      await stage.clock.sleepers(1);
      await stage.clock.advance(waitMs - 1);
      expect(stage.server.requests).toHaveLength(index + 1);
      await stage.clock.advance(1);
      await stage.server.received(index + 2);
    }
    expect(await error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(stage.server.requests).toHaveLength(4);
  });

  it.each([400, 401, 403, 404, 409, 422])('with status %i is not tried again', async (status) => {
    await using stage = await startRest(json({}, status));
    await stage
      .session()
      .get('scenarioRun', 'scr_1')
      .catch(() => undefined);
    expect(stage.server.requests).toHaveLength(1);
    expect(stage.clock.pending).toBe(0);
  });

  it('is not tried again against the will of the upstream', async () => {
    await using stage = await startRest(json({}, 503, { 'x-should-retry': 'false' }));
    expect(await failureOf(stage.session().get('scenarioRun', 'scr_1'))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    expect(stage.server.requests).toHaveLength(1);
  });

  it('fails at once when it would have to wait longer than the caller has', async () => {
    await using stage = await startRest(inTurn(limited('30'), json(SCENARIO_RUN)));
    const session = stage.session({ deadlineAt: stage.clock.now() + 10_000 });
    expect(await failureOf(session.get('scenarioRun', 'scr_1'))).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: 30_000,
    });
    expect(stage.server.requests).toHaveLength(1);
    expect(stage.clock.pending).toBe(0);
  });

  it('is not tried again past the deadline', async () => {
    await using stage = await startRest(json({}, 503), { random: () => 0.5 });
    // 50 ms for the first wait, 100 ms for the second: only the first fits.
    const session = stage.session({ deadlineAt: stage.clock.now() + 120 });
    const error = failureOf(session.get('scenarioRun', 'scr_1'));
    await stage.clock.sleepers(1);
    await stage.clock.advance(50);
    expect(await error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(stage.server.requests).toHaveLength(2);
  });

  it('is not tried again when the caller goes while it waits', async () => {
    await using stage = await startRest(limited('2'));
    const caller = new AbortController();
    const error = failureOf(stage.session({ signal: caller.signal }).get('scenarioRun', 'scr_1'));
    await stage.clock.sleepers(1);
    caller.abort(new Error('gone'));
    expect(await error).toEqual(new Error('gone'));
    await stage.clock.advance(60_000);
    expect(stage.server.requests).toHaveLength(1);
    expect(stage.clock.pending).toBe(0);
  });

  it('keeps no slot from others while it waits', async () => {
    const broken = json({}, 500, { 'retry-after': '2' });
    await using stage = await startRest(inTurn(broken, json(SCENARIO_RUN)), { concurrency: 1 });
    const first = stage.session().get('scenarioRun', 'scr_1');
    await stage.clock.sleepers(1);
    expect(await stage.session().get('scenarioRun', 'scr_1')).toMatchObject(RUN);
    await stage.clock.advance(2_000);
    expect(await first).toMatchObject(RUN);
  });

  it('is observed attempt by attempt, under a route without ids', async () => {
    await using stage = await startRest(inTurn(limited('2'), json(SCENARIO_RUN)));
    const run = stage.session({ priority: 'background' }).get('scenarioRun', 'scr_1');
    await stage.clock.sleepers(1);
    await stage.clock.advance(2_000);
    await run;
    const shared = {
      method: 'GET',
      route: '/v1/scenarios/runs/{id}',
      durationMs: 0,
      queuedMs: 0,
      priority: 'background',
      cause: 'query',
      requestId: undefined,
      accountId: stage.account.id,
    };
    expect(stage.calls).toEqual([
      { ...shared, attempt: 1, result: { status: 429 } },
      { ...shared, attempt: 2, result: { status: 200 } },
    ]);
  });
});

describe('a call that changes something', () => {
  it.each([
    ['status 503', json({}, 503, { 'x-should-retry': 'true', 'retry-after': '0' }), 'UPSTREAM_UNAVAILABLE'],
    ['status 429', limited('0'), 'RATE_LIMITED'],
    ['a reset', reset, 'UPSTREAM_UNAVAILABLE'],
  ])('is sent once, even after %s', async (_, answer, code) => {
    await using server = await startStubServer(answer);
    const clock = createFakeClock();
    const settings = { ...DEFAULT_UPSTREAM_SETTINGS, baseUrl: server.url };
    await using transport = createTransport({
      ...settings,
      userAgent: 'test',
      budget: createByteBudget({ maxBytes: settings.readingMaxBytes, freeBytes: 0 }),
    });
    const calls = createCalls({
      transport,
      scheduler: createScheduler(settings),
      observer: { call: () => undefined, unknownValue: () => undefined },
      clock,
      retry: settings,
      random: () => 0,
    });
    const caller = {
      account: new Account(API_KEY, { hashSecret: 'test' }),
      priority: 'interactive',
      signal: new AbortController().signal,
      deadlineAt: clock.now() + 30_000,
    } as const;
    const request = { method: 'POST', route: '/v1/scenarios/runs/{id}/cancel', id: 'scr_1' } as const;
    expect(await failureOf(calls.send(caller, request))).toMatchObject({ code });
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /v1/scenarios/runs/scr_1/cancel',
    ]);
    expect(clock.pending).toBe(0);
  });
});

describe('a caller who leaves', () => {
  it('closes the socket of the call, which fails with the reason of the signal', async () => {
    await using stage = await startRest(never);
    const caller = new AbortController();
    const error = failureOf(stage.session({ signal: caller.signal }).get('scenarioRun', 'scr_1'));
    await stage.server.received(1);
    caller.abort(new Error('gone'));
    expect(await error).toEqual(new Error('gone'));
    await stage.server.requests[0]?.abandoned;
    expect(stage.server.requests).toHaveLength(1);
    expect(stage.calls).toMatchObject([{ attempt: 1, result: { failure: 'aborted' } }]);
  });

  it('closes the socket in the middle of an answer', async () => {
    await using stage = await startRest((response) => {
      response.writeHead(200).write('{"id":');
    });
    const caller = new AbortController();
    const error = failureOf(stage.session({ signal: caller.signal }).get('scenarioRun', 'scr_1'));
    await stage.server.received(1);
    caller.abort(new Error('gone'));
    expect(await error).toEqual(new Error('gone'));
    await stage.server.requests[0]?.abandoned;
  });

  it('sends nothing that still waits in the queue or for a socket', async () => {
    await using stage = await startRest(never, { concurrency: 2, connections: 1 });
    const caller = new AbortController();
    const session = stage.session({ signal: caller.signal });
    const errors = ['scr_1', 'scr_2', 'scr_3'].map((id) => failureOf(session.get('scenarioRun', id)));
    await stage.server.received(1);
    caller.abort(new Error('gone'));
    for (const error of errors) expect(await error).toEqual(new Error('gone'));
    await stage.server.requests[0]?.abandoned;
    expect(stage.server.requests).toHaveLength(1);
  });

  it('does not wait for the socket that another call holds', async () => {
    await using stage = await startRest(never, { connections: 1 });
    const holder = failureOf(stage.session().get('scenarioRun', 'scr_1'));
    await stage.server.received(1);
    const caller = new AbortController();
    const error = failureOf(stage.session({ signal: caller.signal }).get('scenarioRun', 'scr_2'));
    // Time for the call to get as far as it can.
    await stage.clock.advance(0);
    caller.abort(new Error('gone'));
    expect(await error).toEqual(new Error('gone'));
    expect(stage.server.requests).toHaveLength(1);
    await stage.upstream[Symbol.asyncDispose]();
    expect(await holder).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('before anything was sent sends nothing', async () => {
    await using stage = await startRest(never);
    const session = stage.session({ signal: AbortSignal.abort(new Error('gone')) });
    expect(await failureOf(session.get('scenarioRun', 'scr_1'))).toEqual(new Error('gone'));
    expect(stage.server.requests).toHaveLength(0);
  });

  it('leaves the calls of others alone', async () => {
    await using stage = await startRest((response, number, request) => {
      if (number > 1) json(SCENARIO_RUN)(response, number, request);
    });
    const caller = new AbortController();
    const error = failureOf(stage.session({ signal: caller.signal }).get('scenarioRun', 'scr_1'));
    await stage.server.received(1);
    const other = stage.session().get('scenarioRun', 'scr_1');
    caller.abort(new Error('gone'));
    await error;
    expect(await other).toMatchObject(RUN);
  });
});

describe('releasing sockets', () => {
  it('closes those that are idle, and those in use after their answer', async () => {
    let finish: () => void = () => undefined;
    await using stage = await startRest((response, number, request) => {
      finish = () => {
        json(SCENARIO_RUN)(response, number, request);
      };
      if (number === 1) finish();
    });
    await stage.session().get('scenarioRun', 'scr_1');
    expect(stage.server.openConnections).toBe(1);
    stage.upstream.releaseSockets();
    await expect.poll(() => stage.server.openConnections).toBe(0);

    const slow = stage.session().get('scenarioRun', 'scr_1');
    await stage.server.received(2);
    stage.upstream.releaseSockets();
    const next = stage.session().get('scenarioRun', 'scr_1');
    const finishSlow = finish;
    await stage.server.received(3);
    finishSlow();
    expect(await slow).toMatchObject(RUN);
    await expect.poll(() => stage.server.openConnections).toBe(1);
    finish();
    expect(await next).toMatchObject(RUN);
    expect(stage.server.connections).toBe(3);
  });

  it('leaves none behind when the upstream is closed meanwhile', async () => {
    await using stage = await startRest(never);
    const error = failureOf(stage.session().get('scenarioRun', 'scr_1'));
    await stage.server.received(1);
    stage.upstream.releaseSockets();
    await stage.upstream[Symbol.asyncDispose]();
    expect(await error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await expect.poll(() => stage.server.openConnections).toBe(0);
  });
});

describe('ping', () => {
  const { signal } = new AbortController();

  it.each([
    [200, 'accepted', undefined],
    [401, 'UNAUTHENTICATED', undefined],
    [403, 'FORBIDDEN', undefined],
    [404, 'NOT_FOUND', undefined],
    [503, 'UPSTREAM_UNAVAILABLE', 'UPSTREAM_UNAVAILABLE'],
  ])('finds status %i: with a key %s, without one %s', async (status, withKey, without = 'accepted') => {
    await using stage = await startRest(json({}, status));
    const outcome = (work: Promise<void>) =>
      work.then(
        () => 'accepted',
        (error: unknown) => (error as { code: string }).code,
      );
    expect(await outcome(stage.upstream.ping(stage.account, signal))).toBe(withKey);
    expect(await outcome(stage.upstream.ping(null, signal))).toBe(without);
    expect(stage.server.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/v1/accounts/me', `Bearer ${API_KEY}`],
      ['/v1/accounts/me', undefined],
    ]);
  });

  it('ends with its signal', async () => {
    await using stage = await startRest(never);
    const caller = new AbortController();
    const error = failureOf(stage.upstream.ping(null, caller.signal));
    await stage.server.received(1);
    caller.abort(new Error('too slow'));
    expect(await error).toEqual(new Error('too slow'));
    await stage.server.requests[0]?.abandoned;
  });
});
