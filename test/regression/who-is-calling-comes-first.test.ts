import { request } from 'undici';
import { describe, expect, it } from 'vitest';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';

const PRODUCTION = { AUTH: 'passthrough', NODE_ENV: 'production', UPSTREAM: 'runloop' };

describe('where the graph does not describe itself', () => {
  it('a caller without credentials gets the same answer to every document', async () => {
    await using gateway = await createTestGateway({ env: PRODUCTION });
    const answers = new Set<string>();

    for (const document of [
      '{ scenarioRuns { nodes { id } } }',
      '{ scenarioRuns { nodes { idd } } }',
      '{ nothing }',
      '{ __typename }',
      '{ __schema { types { name } } }',
      'mutation { cancelScenarioRun(id: "scr_1") { __typename } }',
      'subscription { scenarioRun(id: "scr_1") { cursor } }',
      'subscription { nothing }',
      '{',
      '{a'.repeat(5_000),
      '\n'.repeat(20_000),
    ]) {
      const { status, text } = await gateway.query(document);
      answers.add(`${String(status)} ${text}`);
    }

    expect([...answers]).toEqual([expect.stringMatching(/^401 .*"UNAUTHENTICATED"/)]);
  });

  it('nor of the form of a request', async () => {
    await using gateway = await createTestGateway({ env: PRODUCTION });

    for (const init of [
      { body: '[' },
      { body: '{"query":1}' },
      { headers: { 'Content-Type': 'text/plain' } },
      { headers: { Accept: 'image/png' } },
    ]) {
      const { status } = await gateway.query('{ __typename }', undefined, init);
      expect(status).toBe(401);
    }
  });

  it('an authenticated caller gets the errors of a document', async () => {
    await using gateway = await createTestGateway({ env: PRODUCTION });

    const { errors } = await gateway.query('{ nothing }', undefined, {
      headers: { Authorization: 'Bearer ak_1' },
    });

    expect(errors[0]?.message).toBe('Cannot query field "nothing" on type "Query".');
  });
});

describe('a page of another site', () => {
  const link = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' };

  it.each([
    '/export/benchmark-runs/bmr_1.csv',
    '/export/benchmark-runs/bmr_1.ndjson',
    '/download/scenario-runs/scr_1/logs.zip',
  ])('brings no export by a link: %s', async (path) => {
    await using gateway = await createTestGateway();

    const { statusCode: status } = await request(`${gateway.url}${path}`, { headers: link });

    expect(status).toBe(403);
    expect(gateway.calls()).toEqual([]);
  });

  it('may link to GraphiQL', async () => {
    await using gateway = await createTestGateway();

    const { statusCode: status } = await request(`${gateway.url}/graphql`, {
      headers: { ...link, Accept: 'text/html' },
    });

    expect(status).toBe(200);
  });
});

describe('a cookie', () => {
  const FOLLOW = encodeURIComponent('subscription { scenarioRun(id: "scr_1") { cursor } }');

  const passthrough = () => createTestGateway({ env: { AUTH: 'passthrough' } });

  const stage = ({ url }: TestGateway) => {
    const ticketOf = async (key: string) => {
      const answered = await fetch(`${url}/graphql/tickets`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` },
        body: '{}',
      });
      return ((await answered.json()) as { readonly ticket: string }).ticket;
    };
    const follow = async (ticket: string, cookie?: string) => {
      const left = new AbortController();
      const answered = await fetch(`${url}/graphql?query=${FOLLOW}&ticket=${ticket}`, {
        headers: { Accept: 'text/event-stream', ...(cookie === undefined ? {} : { Cookie: cookie }) },
        signal: left.signal,
      });
      left.abort();
      return { status: answered.status, cookie: answered.headers.get('set-cookie')?.split(';')[0] ?? '' };
    };
    return { ticketOf, follow };
  };

  it('that somebody has planted owns no ticket', async () => {
    await using gateway = await passthrough();
    const { ticketOf, follow } = stage(gateway);
    const made = `runloop_graphql_stream=${'x'.repeat(43)}`;
    const { cookie: ofAttacker } = await follow(await ticketOf('ak_attacker'));

    for (const planted of [made, `${made}.${'y'.repeat(43)}`, ofAttacker]) {
      const ticket = await ticketOf('ak_victim');
      const used = await follow(ticket, planted);

      expect(used.cookie).not.toBe(planted);
      expect((await follow(ticket, planted)).status).toBe(401);
      expect((await follow(ticket, used.cookie)).status).not.toBe(401);
    }
  });

  it('that the gateway has made for a caller owns their next ticket, too', async () => {
    await using gateway = await passthrough();
    const { ticketOf, follow } = stage(gateway);
    const { cookie } = await follow(await ticketOf('ak_one'));

    expect((await follow(await ticketOf('ak_one'), cookie)).cookie).toBe(cookie);
  });
});
