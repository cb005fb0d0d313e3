import { describe, expect, it } from 'vitest';
import type { Mutation } from '../../src/upstream/mutations.ts';
import type { ScenarioRun } from '../../src/upstream/types.ts';
import type { UpstreamSession } from '../../src/upstream/upstream.ts';
import { failureOf, type RestStage, startRest } from './rest-stage.ts';
import { SCENARIO_RUN } from './rows.ts';
import { type Answer, inTurn, json, startStubServer } from './stub-server.ts';

const DONE = { kind: 'done', value: { type: 'ScenarioRun', id: 'scr_1' } };
const never: Answer = () => undefined;
const reset: Answer = (response) => {
  response.socket?.resetAndDestroy();
};
const half: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 500 }).write('{"id":');
  response.socket?.end();
};

function cancel(session: UpstreamSession, idempotencyKey = 'key-1'): Promise<Mutation<ScenarioRun>> {
  return session.send('cancelScenarioRun', { id: 'scr_1' }, { idempotencyKey });
}

function keysOf({ server }: RestStage): readonly unknown[] {
  return server.requests.map(({ headers }) => headers['x-request-id']);
}

describe('a mutation', () => {
  it('carries the key of its caller', async () => {
    await using stage = await startRest(json(SCENARIO_RUN));
    expect(await cancel(stage.session(), 'mine')).toMatchObject(DONE);
    expect(keysOf(stage)).toEqual(['mine']);
  });

  it.each([
    [400, 'BAD_USER_INPUT'],
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [409, 'CONFLICT'],
    [422, 'BAD_USER_INPUT'],
  ])('that is answered %i is refused with %s, and sent once', async (status, code) => {
    await using stage = await startRest(json({ message: 'secret' }, status));
    const mutation = await cancel(stage.session());
    expect(mutation).toMatchObject({ kind: 'refused', error: { code } });
    expect(JSON.stringify(mutation)).not.toContain('secret');
    expect(stage.server.requests).toHaveLength(1);
  });

  it('that is answered 404 concerns nothing that is there', async () => {
    await using stage = await startRest(json({}, 404));
    expect(await cancel(stage.session())).toEqual({ kind: 'missing' });
    expect(stage.server.requests).toHaveLength(1);
  });
});

describe('a mutation that the upstream surely did not act on', () => {
  it.each([
    ['429', json({}, 429, { 'retry-after': '2' })],
    ['503 that asks for it', json({}, 503, { 'retry-after': '2', 'x-should-retry': 'true' })],
  ])('is sent again under the same key after a %s', async (_name, refusal) => {
    await using stage = await startRest(inTurn(refusal, json(SCENARIO_RUN)));
    const mutation = cancel(stage.session());
    await stage.clock.sleepers(1);
    await stage.clock.advance(1_999);
    expect(stage.server.requests).toHaveLength(1);
    await stage.clock.advance(1);
    expect(await mutation).toMatchObject(DONE);
    expect(keysOf(stage)).toEqual(['key-1', 'key-1']);
  });

  it('is sent again when the connection was refused', async () => {
    const server = await startStubServer(json(SCENARIO_RUN));
    const baseUrl = server.url;
    await server[Symbol.asyncDispose]();
    await using stage = await startRest(never, { baseUrl, retries: 2, random: () => 0.5 });
    const error = failureOf(cancel(stage.session()));
    for (const waitMs of [50, 100]) {
      await stage.clock.sleepers(1);
      await stage.clock.advance(waitMs);
    }
    expect(await error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(stage.calls.map(({ attempt, result }) => [attempt, result])).toEqual([
      [1, { failure: 'connection' }],
      [2, { failure: 'connection' }],
      [3, { failure: 'connection' }],
    ]);
  });

  it('is no longer sent when the upstream advises against it', async () => {
    await using stage = await startRest(json({}, 429, { 'x-should-retry': 'false', 'retry-after': '7' }));
    expect(await cancel(stage.session())).toMatchObject({
      kind: 'refused',
      error: { code: 'RATE_LIMITED', retryAfterMs: 7_000 },
    });
    expect(stage.server.requests).toHaveLength(1);
  });

  it('fails when it would have to wait longer than its caller has', async () => {
    await using stage = await startRest(json({}, 429, { 'retry-after': '60' }));
    expect(await failureOf(cancel(stage.session()))).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: 60_000,
    });
    expect(stage.server.requests).toHaveLength(1);
  });
});

describe('a mutation with an unknown outcome', () => {
  it.each<readonly [string, Answer, string]>([
    ['its connection is lost', reset, 'UPSTREAM_UNAVAILABLE'],
    ['its answer breaks off', half, 'UPSTREAM_UNAVAILABLE'],
    ['its answer is no JSON', (response) => response.end('<html>'), 'UPSTREAM_ERROR'],
    ['its answer is no scenario run', json({ id: 'scr_1' }), 'UPSTREAM_ERROR'],
    ['the upstream fails', json({}, 500, { 'x-should-retry': 'true' }), 'UPSTREAM_ERROR'],
    ['a proxy fails', json({}, 502), 'UPSTREAM_UNAVAILABLE'],
    ['a proxy has nobody behind it', json({}, 503), 'UPSTREAM_UNAVAILABLE'],
    ['a proxy stops waiting', json({}, 504), 'UPSTREAM_UNAVAILABLE'],
    ['the upstream stops waiting', json({}, 408), 'UPSTREAM_TIMEOUT'],
    ['it is sent elsewhere', json({}, 302, { location: '/' }), 'UPSTREAM_ERROR'],
  ])('because %s says so, and is sent once', async (_name, answer, code) => {
    await using stage = await startRest(answer);
    const mutation = await cancel(stage.session());
    expect(mutation).toMatchObject({ kind: 'unknown', error: { code } });
    if (mutation.kind === 'unknown') expect(await mutation.late).toBeNull();
    expect(stage.server.requests).toHaveLength(1);
    expect(stage.clock.pending).toBe(0);
  });

  it('because the answer takes too long says so, and is sent once', async () => {
    await using stage = await startRest(never, { headersTimeoutMs: 20 });
    expect(await cancel(stage.session())).toMatchObject({
      kind: 'unknown',
      error: { code: 'UPSTREAM_TIMEOUT' },
    });
    expect(stage.server.requests).toHaveLength(1);
  });
});

describe('a caller who leaves', () => {
  it('does not end what is on its way, and it becomes known after all', async () => {
    let finish: () => void = () => undefined;
    await using stage = await startRest((response, number, request) => {
      finish = () => {
        json(SCENARIO_RUN)(response, number, request);
      };
    });
    const caller = new AbortController();
    const mutation = cancel(stage.session({ signal: caller.signal }));
    await stage.server.received(1);
    caller.abort(new Error('gone'));
    const outcome = await mutation;
    expect(outcome).toMatchObject({ kind: 'unknown', error: { code: 'UPSTREAM_TIMEOUT' } });
    finish();
    expect(outcome.kind === 'unknown' && (await outcome.late)).toMatchObject(DONE.value);
    expect(stage.calls).toMatchObject([{ result: { status: 200 } }]);
  });

  it('before it is sent ends it', async () => {
    await using stage = await startRest(never, { concurrency: 1 });
    const first = stage
      .session()
      .get('scenarioRun', 'scr_1')
      .catch(() => undefined);
    await stage.server.received(1);
    const caller = new AbortController();
    const error = failureOf(cancel(stage.session({ signal: caller.signal })));
    caller.abort(new Error('gone'));
    expect(await error).toEqual(new Error('gone'));
    expect(stage.server.requests).toHaveLength(1);
    await stage.upstream[Symbol.asyncDispose]();
    await first;
  });

  it('while it waits for a socket ends it', async () => {
    await using stage = await startRest(never, { connections: 1 });
    const first = stage
      .session()
      .get('scenarioRun', 'scr_1')
      .catch(() => undefined);
    await stage.server.received(1);
    const caller = new AbortController();
    const error = failureOf(cancel(stage.session({ signal: caller.signal })));
    caller.abort(new Error('gone'));
    expect(await error).toEqual(new Error('gone'));
    await stage.upstream[Symbol.asyncDispose]();
    await first;
    expect(stage.server.requests).toHaveLength(1);
  });

  it('while it waits to be sent again ends it', async () => {
    await using stage = await startRest(json({}, 429, { 'retry-after': '5' }));
    const caller = new AbortController();
    const error = failureOf(cancel(stage.session({ signal: caller.signal })));
    await stage.clock.sleepers(1);
    caller.abort(new Error('gone'));
    expect(await error).toEqual(new Error('gone'));
    expect(stage.server.requests).toHaveLength(1);
  });
});
