import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway } from '../support/gateway.ts';

/** As browsers ask for an address. */
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';
const asBrowser = { headers: { Accept: BROWSER } };

/** `fetch` would say itself how it was sent. */
async function navigate(url: string, accept: string) {
  const followed = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', Accept: accept };
  const asked = request(url, { headers: followed }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.destroy();
  return { status: answer.statusCode, type: answer.headers['content-type'] };
}

describe('a browser', { timeout: 30_000 }, () => {
  it('finds the page again when it reloads an address with a query in it', async () => {
    await using gateway = await createTestGateway();
    const address = `${gateway.url}/graphql?query=${encodeURIComponent('{ scenarioRuns { nodes { id } } }')}`;
    const page = await fetch(address, asBrowser);
    const program = await fetch(address, { headers: { Accept: 'application/json, text/plain, */*' } });

    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('vary')).toContain('Accept');
    expect(await program.json()).toHaveProperty('data.scenarioRuns');
  });

  it('may reload what a link of another site led it to, which asks for the page alone', async () => {
    const search = `?query=${encodeURIComponent('{ scenarioRuns { nodes { id } } }')}`;
    await using gateway = await createTestGateway();
    const page = await navigate(`${gateway.url}/graphql${search}`, BROWSER);
    const data = await navigate(`${gateway.url}/graphql${search}`, '*/*');
    await using closed = await createTestGateway({ env: { GRAPHIQL: 'off' } });
    const without = await navigate(`${closed.url}/graphql${search}`, BROWSER);

    expect(page).toEqual({ status: 200, type: 'text/html; charset=utf-8' });
    expect([data.status, without.status]).toEqual([403, 403]);
    expect(closed.calls()).toEqual([]);
  });

  it('is redirected to GraphiQL from the address of the gateway, and a program gets the address of the graph', async () => {
    await using gateway = await createTestGateway();
    const led = await fetch(`${gateway.url}/`, { ...asBrowser, redirect: 'manual' });
    const program = await fetch(`${gateway.url}/`);
    await using closed = await createTestGateway({ env: { GRAPHIQL: 'off' } });
    const without = await fetch(`${closed.url}/`, asBrowser);

    expect([led.status, new URL(led.headers.get('location') ?? '', gateway.url).pathname]).toEqual([
      302,
      '/graphql',
    ]);
    expect(program.status).toBe(404);
    expect(await program.text()).toContain('the graph is at /graphql');
    expect(without.status).toBe(404);
  });

  it('finds an icon where it looks for one', async () => {
    await using gateway = await createTestGateway();
    const { status, headers } = await fetch(`${gateway.url}/favicon.ico`);

    expect([status, headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
  });

  it('opens the page with runs to compare and a run to follow, where no caller needs credentials', async () => {
    // Nothing times out while the clock stands still.
    await using gateway = await createTestGateway({ overrides: { clock: createFakeClock() } });
    const { insert } = gateway.world;
    const { id: benchmarkId } = insert.benchmark();
    const base = insert.benchmarkRun({ benchmark_id: benchmarkId, state: 'completed' });
    const head = insert.benchmarkRun({ benchmark_id: benchmarkId, state: 'completed' });
    const running = insert.benchmarkRun({ state: 'running' });
    const page = await (await fetch(`${gateway.url}/graphql`, asBrowser)).text();
    const [, json = ''] = /id="graphiql-options">([^<]*)</.exec(page) ?? [];
    const { defaultTabs } = JSON.parse(json) as { defaultTabs: { query: string; variables?: string }[] };
    const variablesOf = (name: string) =>
      JSON.parse(defaultTabs.find(({ query }) => query.includes(` ${name}(`))?.variables ?? '') as unknown;

    expect(variablesOf('Live')).toEqual({ id: running.id });
    expect([base.id, head.id].sort()).toEqual(
      Object.values(variablesOf('Compare') as Record<string, string>).sort(),
    );
  });

  it('opens the page without an id where callers have to say who they are, or the upstream is down', async () => {
    await using gateway = await createTestGateway({ env: { AUTH: 'passthrough' } });
    const { id } = gateway.world.insert.benchmarkRun({ state: 'running' });
    const page = await (await fetch(`${gateway.url}/graphql`, asBrowser)).text();
    await using down = await createTestGateway({ env: { UPSTREAM_RETRIES: '0' } });
    down.simulator.faults.add({ path: '/*', kind: 'status', status: 503 });
    const answer = await fetch(`${down.url}/graphql`, asBrowser);

    expect(page).toContain('subscription Live');
    expect(page).not.toContain(id);
    expect(gateway.calls()).toEqual([]);
    expect([answer.status, (await answer.text()).includes('subscription Live')]).toEqual([200, true]);
  });
});
