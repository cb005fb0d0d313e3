import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway } from '../support/gateway.ts';
import { FOLLOW_RUN, RARE_POLLS, runEvents } from '../support/subscriptions.ts';
import { cookieIn, followWithTicket, tradeForTicket } from '../support/tickets.ts';
import { createTokenFile } from '../support/tokens.ts';

const passthrough = (env: Readonly<Record<string, string>> = {}) =>
  createTestGateway({ env: { ...RARE_POLLS, AUTH: 'passthrough', ...env } });

describe('a ticket for an event stream', () => {
  it('is issued for a token, and opens one stream of its caller', async () => {
    await using gateway = await passthrough();
    gateway.world.insert.scenarioRun({ id: 'scr_1' });
    const { status, ticket, expiresAt, headers } = await tradeForTicket(gateway);
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('private, no-store');
    expect(Date.parse(expiresAt) - Date.parse(headers.get('date') ?? '')).toBeGreaterThan(25_000);
    using stream = await followWithTicket(gateway, ticket);
    await expect.poll(() => runEvents(stream)).toHaveLength(1);
    using again = await followWithTicket(gateway, ticket);

    expect(again.status).toBe(401);
    await expect.poll(() => again.text).toContain('The ticket was used: expected a fresh one');
  });

  it('allows its browser to reconnect, by a cookie that no script and no other site can send', async () => {
    await using gateway = await passthrough();
    gateway.world.insert.scenarioRun({ id: 'scr_1' });
    const { ticket } = await tradeForTicket(gateway);
    using first = await followWithTicket(gateway, ticket);
    expect(first.headers['set-cookie']).toEqual([
      expect.stringMatching(
        /^runloop_graphql_stream=[\w-]{43}\.[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/graphql; Max-Age=3600$/,
      ),
    ]);
    using back = await followWithTicket(gateway, ticket, `other=1; ${cookieIn(first)}`);
    await expect.poll(() => runEvents(back)).toHaveLength(1);
    using thief = await followWithTicket(gateway, ticket, 'runloop_graphql_stream=x');

    expect(cookieIn(back)).toBe(cookieIn(first));
    expect(thief.status).toBe(401);
  });

  it('comes with a cookie for secure connections only where the browser has one', async () => {
    await using gateway = await passthrough();
    gateway.world.insert.scenarioRun({ id: 'scr_1' });
    const { ticket } = await tradeForTicket(gateway);
    using stream = await openEventStream(gateway.url, {
      method: 'GET',
      query: FOLLOW_RUN,
      variables: { id: 'scr_1' },
      search: { ticket },
      headers: { 'X-Forwarded-Proto': 'https' },
    });

    expect(stream.headers['set-cookie']?.[0]).toMatch(/; Secure$/);
  });

  it.each([
    ['a query', 'GET', '{ scenarioRuns { nodes { id } } }'],
    ['a subscription by POST', 'POST', FOLLOW_RUN],
  ] as const)('opens nothing else: %s is UNAUTHENTICATED', async (_name, method, query) => {
    await using gateway = await passthrough();
    gateway.world.insert.scenarioRun({ id: 'scr_1' });
    const { ticket } = await tradeForTicket(gateway);
    gateway.calls();
    using stream = await openEventStream(gateway.url, {
      method,
      query,
      variables: { id: 'scr_1' },
      search: { ticket },
    });
    await stream.ended;

    expect(stream.status).toBe(401);
    expect(gateway.calls()).toEqual([]);
  });

  it.each([
    ['without credentials', { headers: { Authorization: '' } }, 401, 'UNAUTHENTICATED'],
    ['by a form', { headers: { 'Content-Type': 'text/plain' } }, 415, 'BAD_USER_INPUT'],
    ['by GET', { method: 'GET' }, 405, 'BAD_USER_INPUT'],
    ['by a page of another site', { headers: { Origin: 'https://evil.example' } }, 403, 'FORBIDDEN'],
  ])('is traded for nothing %s', async (_name, init, status, code) => {
    await using gateway = await passthrough();

    expect(await tradeForTicket(gateway, init)).toMatchObject({ status, errors: [{ extensions: { code } }] });
  });

  it('is bound to the token that it was issued for', async () => {
    await using file = await createTokenFile();
    const token = await file.issue('ci', { scopes: ['logs:read'] });
    await using gateway = await createTestGateway({ env: { ...RARE_POLLS, AUTH_TOKENS_FILE: file.path } });
    gateway.world.insert.scenarioRun({ id: 'scr_1' });
    const { ticket } = await tradeForTicket(gateway, { headers: { Authorization: `Bearer ${token}` } });
    using stream = await followWithTicket(gateway, ticket);
    await expect.poll(() => stream.text).toContain('Subscription.scenarioRun needs the scope runs:read');
  });

  it('stands in no log', async () => {
    await using gateway = await passthrough();
    gateway.world.insert.scenarioRun({ id: 'scr_1' });
    const { ticket } = await tradeForTicket(gateway);
    using stream = await followWithTicket(gateway, ticket);
    await expect.poll(() => runEvents(stream)).toHaveLength(1);
    using again = await followWithTicket(gateway, ticket);
    await again.ended;

    expect(gateway.record.text()).not.toContain(ticket);
    expect(gateway.record.text()).not.toContain(cookieIn(stream).split('=')[1]);
  });
});
