import { describe, expect, it } from 'vitest';
import { failureOf, startRest } from './rest-stage.ts';
import { DEVBOX } from './rows.ts';
import { type Answer, inTurn, json } from './stub-server.ts';

const WAIT = { statuses: ['suspended', 'shutdown'], timeoutSec: 25 } as const;

describe('waiting for the status of a devbox', () => {
  it('asks for the statuses and answers the devbox', async () => {
    let sent = '';
    const answer: Answer = (response, _number, request) => {
      request.on('data', (chunk: Buffer) => {
        sent += chunk.toString();
      });
      request.on('end', () => {
        json(DEVBOX)(response, 1, request);
      });
    };
    await using rest = await startRest(answer);
    expect(await rest.session().wait('devboxStatus', { id: 'dbx_1', ...WAIT })).toMatchObject({
      id: 'dbx_1',
      status: 'shutdown',
    });
    expect(rest.server.requests).toMatchObject([
      {
        method: 'POST',
        url: '/v1/devboxes/dbx_1/wait_for_status',
        headers: { 'content-type': 'application/json' },
      },
    ]);
    expect(JSON.parse(sent)).toEqual({ statuses: ['suspended', 'shutdown'], timeout_seconds: 25 });
  });

  it('takes 408 for an answer, also when the upstream wants it retried', async () => {
    await using rest = await startRest(json({ message: 'no' }, 408, { 'x-should-retry': 'true' }));
    expect(await rest.session().wait('devboxStatus', { id: 'dbx_1', ...WAIT })).toBe('unchanged');
    expect(rest.server.requests).toHaveLength(1);
  });

  it('is null for a devbox that is not there, and an error for what is neither', async () => {
    await using rest = await startRest(inTurn(json({}, 404), json({}, 429, { 'retry-after': '7' })));
    expect(await rest.session().wait('devboxStatus', { id: 'dbx_1', ...WAIT })).toBeNull();
    expect(await failureOf(rest.session().wait('devboxStatus', { id: 'dbx_1', ...WAIT }))).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: 7_000,
    });
  });

  it('outlasts the headers timeout of other calls, and takes neither their slot nor their socket', async () => {
    let answerLongPoll = (): void => undefined;
    const answer: Answer = (response, number, request) => {
      if (request.method === 'POST')
        answerLongPoll = () => {
          json(DEVBOX)(response, number, request);
        };
      else if (request.url?.endsWith('dbx_1') === true) json(DEVBOX)(response, number, request);
    };
    await using rest = await startRest(answer, { concurrency: 1, connections: 1, headersTimeoutMs: 50 });
    const session = rest.session();
    const waiting = session.wait('devboxStatus', { id: 'dbx_1', ...WAIT });
    await rest.server.received(1);
    expect(await session.get('devbox', 'dbx_1')).toMatchObject({ id: 'dbx_1' });
    // A call that was sent later and is never answered has its timeout before the long poll is answered.
    expect(await failureOf(session.get('devbox', 'dbx_2'))).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    answerLongPoll();
    expect(await waiting).toMatchObject({ id: 'dbx_1' });
  });

  it('is abandoned with its caller', async () => {
    await using rest = await startRest(() => undefined);
    const caller = new AbortController();
    const waiting = failureOf(
      rest.session({ signal: caller.signal }).wait('devboxStatus', { id: 'dbx_1', ...WAIT }),
    );
    await rest.server.received(1);
    caller.abort(new Error('gone'));
    expect(await waiting).toEqual(new Error('gone'));
    await rest.server.requests[0]?.abandoned;
  });
});
