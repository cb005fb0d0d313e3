import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';

/** What stands in an answer, by a client that adds nothing to it. */
async function headersOf(
  { url }: TestGateway,
  path: string,
  options: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> } = {},
) {
  const asked = request(url + path, options).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const { statusCode, headers } = answer;
  // An event stream would go on.
  answer.destroy();
  return { status: statusCode, headers };
}

const get = (query: string) => `/graphql?query=${encodeURIComponent(query)}`;
const RUNS = '{ scenarioRuns { nodes { id } } }';

describe('an answer without a body', () => {
  it('has no length when the client has it already', async () => {
    await using gateway = await createTestGateway();
    const { headers } = await headersOf(gateway, get('{ __schema { types { name } } }'));
    const again = await headersOf(gateway, get('{ __schema { types { name } } }'), {
      headers: { 'If-None-Match': headers.etag ?? '' },
    });

    expect(again.status).toBe(304);
    expect(again.headers).not.toHaveProperty('content-length');
    expect(again.headers).not.toHaveProperty('transfer-encoding');
    expect(again.headers).toMatchObject({ vary: headers.vary, 'cache-control': headers['cache-control'] });
  });

  it('has no length when a browser asked whether it may send a request', async () => {
    await using gateway = await createTestGateway({ env: { CORS_ORIGINS: 'https://dashboard.example' } });
    const { status, headers } = await headersOf(gateway, '/graphql', {
      method: 'OPTIONS',
      headers: { Origin: 'https://dashboard.example', 'Access-Control-Request-Method': 'POST' },
    });

    expect(status).toBe(204);
    expect(headers).not.toHaveProperty('content-length');
  });

  it('has the length of what GET is answered with when it was asked for by HEAD', async () => {
    await using gateway = await createTestGateway();
    const [got, head] = [
      await headersOf(gateway, '/health'),
      await headersOf(gateway, '/health', { method: 'HEAD' }),
    ];

    expect(head.headers['content-length']).toBe(got.headers['content-length']);
  });
});

describe('an answer to GET that no cache may store', () => {
  it.each([
    ['that is no document', 200, get('{')],
    ['that fits no field', 200, get('{ x }')],
    ['of a mutation', 405, get('mutation { shutdownDevbox(id: "dbx_1") { __typename } }')],
    ['of nothing', 400, '/graphql'],
    ['of a field that fails', 200, get('{ scenarioRun(id: "/") { id } }')],
    ['elsewhere', 404, '/nowhere'],
    ['of an export of nothing', 404, '/export/benchmark-runs/bmr_missing.csv'],
    ['of a log of nothing', 404, '/download/scenario-runs/scr_missing/logs.zip'],
    ['of a ticket', 405, '/graphql/tickets'],
  ])('is an error: of a question %s', async (_what, status, path) => {
    await using gateway = await createTestGateway();
    const answer = await headersOf(gateway, path);

    expect(answer.status).toBe(status);
    expect(answer.headers['cache-control']).toBe('private, no-store');
  });

  it('is an error that comes before the request is read', async () => {
    await using gateway = await createTestGateway();
    const other = await headersOf(gateway, get(RUNS), { headers: { Origin: 'https://evil.example' } });
    const large = await headersOf(gateway, '/graphql', { headers: { 'Content-Length': '999999999' } });

    expect([other.status, other.headers['cache-control']]).toEqual([403, 'private, no-store']);
    expect([large.status, large.headers['cache-control']]).toEqual([413, 'private, no-store']);
  });

  it.each([
    ['with a report', {}, { 'X-GraphQL-Cost': 'report' }],
    ['without reuse', { ANSWER_REUSE: 'off' }, {}],
    ['as an event stream', {}, { Accept: 'text/event-stream' }],
  ])('is an answer %s', async (_what, env, headers) => {
    await using gateway = await createTestGateway({ env });
    const answer = await headersOf(gateway, get(RUNS), { headers });

    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('private, no-store');
  });
});

describe('what is private varies by who asks and in what form', () => {
  it.each([
    ['an answer', get(RUNS), {}],
    ['an answer with errors', get('{ scenarioRun(id: "/") { id } }'), {}],
    ['an error', get('{'), {}],
    ['an error of somebody unknown', get(RUNS), { AUTH: 'passthrough' }],
    ['an answer as events', get(RUNS), {}, 'text/event-stream'],
    ['a subscription', get('subscription { scenarioRun(id: "scr_1") { at } }'), {}, 'text/event-stream'],
    ['an export', '/export/benchmark-runs/bmr_1.csv', {}],
  ])('%s', async (_what, path, env, accept = 'application/json') => {
    await using gateway = await createTestGateway({ env });
    gateway.world.insert.scenarioRun({ id: 'scr_1' });
    gateway.world.insert.benchmarkRun({ id: 'bmr_1' });
    const { headers } = await headersOf(gateway, path, { headers: { Accept: accept } });

    const varied = (headers.vary ?? '').split(/, */);
    expect(varied).toEqual(expect.arrayContaining(['Authorization', 'Accept']));
    expect(headers['cache-control']).toMatch(/^private, no-(store|cache)/);
  });
});
