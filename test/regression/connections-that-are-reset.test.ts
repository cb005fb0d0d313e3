/** A connection that is reset or refused says nothing about how many calls the upstream bears; timeouts and 503 do. */
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { failureOf, startRest } from '../upstream/rest-stage.ts';
import { SCENARIO_RUN } from '../upstream/rows.ts';
import { type Answer, json } from '../upstream/stub-server.ts';

const CONCURRENCY = 20;
const reset: Answer = (response) => {
  response.socket?.resetAndDestroy();
};
const never: Answer = () => undefined;

/** An upstream that has failed as many calls as may be under way at once, and behaves from now on. */
async function startAfterFailures(failing: Answer, behaving: Answer, headersTimeoutMs = 600_000) {
  const stage = await startRest(
    (response, number, request) => {
      (number <= CONCURRENCY ? failing : behaving)(response, number, request);
    },
    { concurrency: CONCURRENCY, retries: 0, headersTimeoutMs },
  );
  const callAll = (from: number) => {
    const session = stage.session();
    return Array.from({ length: CONCURRENCY }, (_, n) =>
      session.get('scenarioRun', `scr_${String(from + n)}`),
    );
  };
  await Promise.all(callAll(0).map(failureOf));
  return { ...stage, callAll };
}

describe('as many calls as before are under way at once', () => {
  it('after connections were reset', async () => {
    const held: ServerResponse[] = [];
    await using stage = await startAfterFailures(reset, (response) => held.push(response));

    const calls = stage.callAll(CONCURRENCY);
    await stage.server.received(2 * CONCURRENCY);

    for (const response of held)
      response.setHeader('content-type', 'application/json').end(JSON.stringify(SCENARIO_RUN));
    await Promise.all(calls);
    expect(held).toHaveLength(CONCURRENCY);
  });
});

describe('fewer calls are under way at once', () => {
  it.each([
    ['after a 503', json({}, 503), undefined],
    ['after answers that did not come in time', never, 50],
  ])('%s', async (_what, failing, headersTimeoutMs) => {
    let underWay = 0;
    let most = 0;
    const counting: Answer = (response, number, request) => {
      most = Math.max(most, ++underWay);
      response.on('finish', () => underWay--);
      json(SCENARIO_RUN)(response, number, request);
    };
    await using stage = await startAfterFailures(failing, counting, headersTimeoutMs);

    await Promise.all(stage.callAll(CONCURRENCY));

    expect(most).toBeLessThan(CONCURRENCY);
  });
});

describe('a pause that the upstream has asked for', () => {
  it('is followed by one call at a time until one is answered, whatever connections are reset', async () => {
    await using stage = await startRest(
      (response, number, request) => {
        if (number === 1) json({}, 429, { 'retry-after': '1' })(response, number, request);
        else if (number === 2) reset(response, number, request);
      },
      { concurrency: CONCURRENCY, retries: 0 },
    );
    await failureOf(stage.session().get('scenarioRun', 'scr_1'));
    const gone = new AbortController();
    const session = stage.session({ signal: gone.signal });
    const calls = ['scr_2', 'scr_3', 'scr_4'].map((id) => failureOf(session.get('scenarioRun', id)));
    await stage.clock.advance(1_000);
    expect(await calls[0]).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await stage.clock.advance(1_000);
    await stage.server.received(3);
    await stage.clock.advance(10_000);

    // The third is not answered: the fourth waits.
    expect(stage.server.requests).toHaveLength(3);
    gone.abort(new Error('gone'));
    await Promise.all(calls);
  });
});
