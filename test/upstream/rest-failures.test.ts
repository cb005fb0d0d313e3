import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { Account } from '../../src/upstream/account.ts';
import { API_KEY, failureOf, startRest } from './rest-stage.ts';
import { SCENARIO_RUN } from './rows.ts';
import { type Answer, inTurn, json } from './stub-server.ts';

const PAGE = { limit: 20, totalCount: false };
const RUN = { type: 'ScenarioRun', id: 'scr_1' };

const reset: Answer = (response) => {
  response.socket?.resetAndDestroy();
};
const never: Answer = () => undefined;
const stalled: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).write('{"id": ');
};
/** Says that more comes, then hangs up. */
const truncated: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"id": "scr_1"', () => response.socket?.destroy());
};
const text =
  (body: string, status = 200): Answer =>
  (response) => {
    response.writeHead(status).end(body);
  };

describe('a status', () => {
  it.each([
    [204, 'UPSTREAM_ERROR'],
    [302, 'UPSTREAM_ERROR'],
    [400, 'BAD_USER_INPUT'],
    [401, 'UNAUTHENTICATED'],
    [402, 'UPSTREAM_ERROR'],
    [403, 'FORBIDDEN'],
    [408, 'UPSTREAM_TIMEOUT'],
    [409, 'CONFLICT'],
    [410, 'UPSTREAM_ERROR'],
    [418, 'UPSTREAM_ERROR'],
    [422, 'BAD_USER_INPUT'],
    [429, 'RATE_LIMITED'],
    [500, 'UPSTREAM_ERROR'],
    [501, 'UPSTREAM_ERROR'],
    [502, 'UPSTREAM_UNAVAILABLE'],
    [503, 'UPSTREAM_UNAVAILABLE'],
    [504, 'UPSTREAM_UNAVAILABLE'],
    [599, 'UPSTREAM_ERROR'],
  ])('%i is %s, whether one thing was asked for or a list', async (status, code) => {
    await using stage = await startRest(text(`<html>not for clients ${API_KEY}</html>`, status), {
      retries: 0,
      connections: 1,
    });
    // Of two accounts: one that was refused for calling too often is not sent again at once.
    const other = stage.session({ account: new Account(API_KEY, { hashSecret: 'other' }) });
    for (const call of [stage.session().get('scenarioRun', 'scr_1'), other.list('scenarioRuns', {}, PAGE)]) {
      const error = await failureOf(call);
      expect(error).toBeInstanceOf(GatewayError);
      expect(error).toMatchObject({ code });
      expect(inspect(error, { depth: 9 })).not.toContain('not for clients');
    }
    expect(stage.server.requests).toHaveLength(2);
    expect(stage.server.connections).toBe(1);
  });

  it('with a long body keeps no connection from the next call', async () => {
    await using stage = await startRest(text('x'.repeat(4 * 1024 * 1024), 500), {
      retries: 0,
      connections: 1,
    });
    for (let round = 0; round < 3; round++) {
      expect(await failureOf(stage.session().get('scenarioRun', 'scr_1'))).toMatchObject({
        code: 'UPSTREAM_ERROR',
      });
    }
    expect(stage.server.requests).toHaveLength(3);
  });

  it('429 says how long to wait, also when the upstream does not', async () => {
    await using stage = await startRest(inTurn(json({}, 429, { 'retry-after': '3' }), json({}, 429)), {
      retries: 0,
    });
    expect(await failureOf(stage.session().get('scenarioRun', 'scr_1'))).toMatchObject({
      retryAfterMs: 3_000,
    });
    const second = failureOf(stage.session().get('scenarioRun', 'scr_1'));
    await stage.clock.sleepers(1);
    expect(stage.server.requests).toHaveLength(1);
    await stage.clock.advance(3_000);
    expect(await second).toMatchObject({ retryAfterMs: 1_000 });
  });
});

describe('an answer that is none', () => {
  it.each([
    ['HTML', '<html></html>'],
    ['nothing', ''],
    ['half of its JSON', '{"id": "scr_1", "state'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"scr_1"'],
    ['an object without an id', '{"state": "running"}'],
  ])('because it is %s is UPSTREAM_ERROR, and asked for once', async (_, body) => {
    await using stage = await startRest(text(body));
    const error = await failureOf(stage.session().get('scenarioRun', 'scr_1'));
    expect(error).toMatchObject({ code: 'UPSTREAM_ERROR' });
    expect(inspect(error, { depth: 9 })).not.toContain('<html>');
    expect(stage.server.requests).toHaveLength(1);
  });

  it.each([{}, { runs: null }, { runs: {} }, { data: [] }, [SCENARIO_RUN], null])(
    'because the list is %j is UPSTREAM_ERROR',
    async (body) => {
      await using stage = await startRest(json(body));
      expect(await failureOf(stage.session().list('scenarioRuns', {}, PAGE))).toMatchObject({
        code: 'UPSTREAM_ERROR',
      });
    },
  );

  it('because it is too large is UPSTREAM_ERROR, and its connection is closed', async () => {
    const endless: Answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        while (!response.destroyed && response.write(' '.repeat(1024)));
      };
      response.on('drain', more);
      more();
    };
    await using stage = await startRest(endless, { responseMaxBytes: 64 * 1024 });
    expect(await failureOf(stage.session().get('scenarioRun', 'scr_1'))).toMatchObject({
      code: 'UPSTREAM_ERROR',
    });
    await stage.server.requests[0]?.abandoned;
    expect(stage.server.requests).toHaveLength(1);
    expect(stage.calls).toMatchObject([{ result: { failure: 'too-large' } }]);
  });

  it('because it is as large as may be is one', async () => {
    const body = JSON.stringify(SCENARIO_RUN);
    await using stage = await startRest(text(body), { responseMaxBytes: Buffer.byteLength(body) });
    expect(await stage.session().get('scenarioRun', 'scr_1')).toMatchObject(RUN);
  });

  it('because the row of a list is bad fails no other row', async () => {
    const rows = [SCENARIO_RUN, null, { id: 'scr_2' }, 'text', { ...SCENARIO_RUN, id: 'scr_3' }];
    await using stage = await startRest(json({ runs: rows, has_more: false }));
    const page = await stage.session().list('scenarioRuns', {}, PAGE);
    expect(page.rows.map((row) => (row instanceof GatewayError ? row.code : row.id))).toEqual([
      'scr_1',
      'UPSTREAM_ERROR',
      'UPSTREAM_ERROR',
      'UPSTREAM_ERROR',
      'scr_3',
    ]);
  });
});

describe('an upstream that does not answer', () => {
  it('is UPSTREAM_TIMEOUT when the headers do not come, and is not asked again', async () => {
    await using stage = await startRest(never, { headersTimeoutMs: 50 });
    const error = await failureOf(stage.session().get('scenarioRun', 'scr_1'));
    expect(error).toMatchObject({ code: 'UPSTREAM_TIMEOUT', message: 'Runloop did not answer in time' });
    await stage.server.requests[0]?.abandoned;
    expect(stage.server.requests).toHaveLength(1);
    expect(stage.calls).toMatchObject([{ result: { failure: 'headers-timeout' } }]);
  });

  it('is UPSTREAM_TIMEOUT when it stops within the body, and is not asked again', async () => {
    await using stage = await startRest(stalled, { bodyTimeoutMs: 50 });
    const error = await failureOf(stage.session().get('scenarioRun', 'scr_1'));
    expect(error).toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
      message: 'Runloop stopped in the middle of its answer',
    });
    await stage.server.requests[0]?.abandoned;
    expect(stage.server.requests).toHaveLength(1);
    expect(stage.calls).toMatchObject([{ result: { failure: 'body-timeout' } }]);
  });

  it.each([
    ['resets the connection', reset],
    ['hangs up within the body', truncated],
  ])('because it %s is asked again, then UPSTREAM_UNAVAILABLE', async (_, answer) => {
    await using stage = await startRest(inTurn(answer, answer, answer, answer, json(SCENARIO_RUN)), {
      random: () => 0.5,
    });
    const first = failureOf(stage.session().get('scenarioRun', 'scr_1'));
    for (const waitMs of [50, 100, 200]) {
      await stage.clock.sleepers(1);
      await stage.clock.advance(waitMs);
    }
    expect(await first).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(stage.server.requests).toHaveLength(4);
    expect(await stage.session().get('scenarioRun', 'scr_1')).toMatchObject(RUN);
  });

  it('because the connection is refused is UPSTREAM_UNAVAILABLE', async () => {
    await using stage = await startRest(never, { baseUrl: 'http://127.0.0.1:1', retries: 0 });
    expect(await failureOf(stage.session().get('scenarioRun', 'scr_1'))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
  });

  it('because there is no such host is UPSTREAM_UNAVAILABLE', async () => {
    await using stage = await startRest(never, { baseUrl: 'https://no-such-host.invalid', retries: 0 });
    expect(await failureOf(stage.session().get('scenarioRun', 'scr_1'))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
  });

  it('because it speaks another protocol is UPSTREAM_ERROR, and quotes nothing of it', async () => {
    const garbage: Answer = (response) => {
      response.socket?.end(`this is not HTTP ${API_KEY}\r\n\r\n`);
    };
    await using stage = await startRest(garbage);
    const error = await failureOf(stage.session().get('scenarioRun', 'scr_1'));
    expect(error).toMatchObject({ code: 'UPSTREAM_ERROR' });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(API_KEY);
    expect(stage.calls).toMatchObject([{ result: { failure: 'malformed' } }]);
  });

  it('because the gateway ends fails its calls, also those in the queue', async () => {
    await using stage = await startRest(never, { concurrency: 1 });
    const session = stage.session();
    const calls = [
      failureOf(session.get('scenarioRun', 'scr_1')),
      failureOf(session.get('scenarioRun', 'scr_2')),
    ];
    await stage.server.received(1);
    await stage.upstream[Symbol.asyncDispose]();
    for (const call of calls) {
      expect(await call).toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
        message: 'The gateway is shutting down',
      });
    }
    await stage.server.requests[0]?.abandoned;
    expect(stage.server.requests).toHaveLength(1);
  });
});

describe('the key', () => {
  it.each([
    ['a refusal', json({ message: `bad key ${API_KEY}` }, 401), {}],
    ['a failure', json({ message: API_KEY }, 500), {}],
    ['an answer that quotes it', text(`${API_KEY} is not JSON`), {}],
    ['a bad row', json({ id: API_KEY, state: API_KEY }), {}],
    ['a reset', reset, {}],
    ['an answer that is cut', truncated, {}],
    ['an answer that is too large', json(SCENARIO_RUN), { responseMaxBytes: 10 }],
    ['no answer', never, { headersTimeoutMs: 20 }],
  ])('is nowhere in the error of %s', async (_, answer, settings) => {
    await using stage = await startRest(answer, { retries: 0, ...settings });
    const error = await failureOf(stage.session().get('scenarioRun', 'scr_1'));
    expect(error).toBeInstanceOf(GatewayError);
    const { message, stack } = error as GatewayError;
    const shown = [
      message,
      stack,
      JSON.stringify(error),
      inspect(error, { depth: 20, showHidden: true }),
    ].join('\n');
    expect(shown).not.toContain(API_KEY);
    expect(shown).not.toContain('Bearer');
  });

  it.each([`${API_KEY}\r\nx-evil: 1`, `${API_KEY}\u0000`, `${API_KEY}😀`])(
    'is refused before it is sent when no header can carry it: %j',
    async (key) => {
      await using stage = await startRest(json(SCENARIO_RUN));
      const session = stage.session({ account: new Account(key, { hashSecret: 'test' }) });
      const error = await failureOf(session.get('scenarioRun', 'scr_1'));
      expect(error).toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(API_KEY);
      expect(stage.server.requests).toHaveLength(0);
    },
  );

  it('is in no event', async () => {
    await using stage = await startRest(json(SCENARIO_RUN));
    await stage.session().get('scenarioRun', 'scr_1');
    expect(inspect(stage.calls, { depth: 20 })).not.toContain(API_KEY);
  });
});
