import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { ConfigError } from '../../src/config/config-error.ts';
import type { Environment } from '../../src/settings/environment.ts';
import { sizeOf } from '../../src/simulator/simulator.ts';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { startProcess } from '../support/process.ts';
import { scrape } from '../support/scrape.ts';

const METRICS_URL = /"metricsUrl":"([^"]+)"/;

describe('metrics', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await createTestGateway({ simulator: { size: sizeOf(100) } });
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });

  it('count queries by their name, how they were answered, and whether they failed', async () => {
    const document = 'query Newest { scenarioRuns(first: 1) { nodes { id state } } }';
    await gateway.query(document);
    await gateway.query(document);
    await gateway.query('query Broken { scenarioRun(id: "no id!") { id } }');

    const { series, headers } = await scrape(gateway.url);

    expect(headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const count = (operation: string, by: string) =>
      series.get(
        `runloop_graphql_operation_duration_seconds_count{operation="${operation}",type="query",answered_by="${by}"}`,
      );
    expect(count('Newest', 'execution')).toBe(1);
    expect(count('Newest', 'cache')).toBe(1);
    expect(series.get('runloop_graphql_operations_failed_total{operation="Broken",type="query"}')).toBe(1);
    expect(series.get('runloop_graphql_errors_total{code="BAD_USER_INPUT"}')).toBe(1);
  });

  it('tell at most 200 names of operations apart', async () => {
    for (let number = 0; number < 250; number += 1)
      await gateway.query(`query Name${String(number)} { __typename }`);

    const { text, series } = await scrape(gateway.url);

    const names = new Set([...text.matchAll(/_count\{operation="([^"]+)"/g)].map(([, name]) => name));
    expect(names.size).toBe(201);
    expect(
      series.get(
        'runloop_graphql_operation_duration_seconds_count{operation="other",type="query",answered_by="execution"}',
      ),
    ).toBeGreaterThanOrEqual(50);
  });

  it('count calls by their route, and reads that the cache has answered', async () => {
    const { series } = await scrape(gateway.url);

    expect(
      series.get(
        'runloop_graphql_upstream_call_duration_seconds_count{method="GET",route="/v1/scenarios/runs",cause="query",result="200"}',
      ),
    ).toBeGreaterThanOrEqual(1);
    expect([...series.keys()].filter((name) => name.includes('scr_'))).toEqual([]);
    expect(series.get('runloop_graphql_cache_bytes')).toBeGreaterThan(0);
    expect(series.get('runloop_graphql_cache_reads_total{kind="scenarioRun",result="miss"}')).toBeDefined();
  });

  it('count subscriptions while they are open, what they were sent, and why they ended', async () => {
    const { data } = await gateway.query(
      '{ scenarioRuns(first: 1, filter: { state: RUNNING }) { nodes { id } } }',
    );
    const [run] = (data as { scenarioRuns: { nodes: { id: string }[] } }).scenarioRuns.nodes;
    const query = 'subscription($id: ID!) { scenarioRun(id: $id) { cursor } }';
    const stream = await openEventStream(gateway.url, { query, variables: { id: run?.id } });
    await stream.received(1);
    const labels = 'kind="scenarioRun",transport="event-stream"';

    const open = await scrape(gateway.url);
    stream[Symbol.dispose]();

    expect(open.series.get(`runloop_graphql_subscriptions_active{${labels}}`)).toBe(1);
    expect(open.series.get('runloop_graphql_watchers')).toBe(1);
    expect(open.series.get(`runloop_graphql_subscriptions_started_total{${labels},start="new"}`)).toBe(1);
    expect(open.series.get(`runloop_graphql_subscription_events_sent_total{${labels}}`)).toBe(1);
    await expect
      .poll(async () =>
        (await scrape(gateway.url)).series.get(`runloop_graphql_subscriptions_active{${labels}}`),
      )
      .toBe(0);
    const { series } = await scrape(gateway.url);
    expect(series.get(`runloop_graphql_subscriptions_ended_total{${labels},reason="left"}`)).toBe(1);
  });

  it('have names and labels by the conventions of Prometheus, and say what they mean', async () => {
    const { text, series } = await scrape(gateway.url);
    const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]));
    const ours = [...types].filter(([name]) => name?.startsWith('runloop_graphql_'));

    expect(ours.length).toBeGreaterThan(15);
    for (const [name, type] of ours) {
      expect(name, type).toMatch(/^[a-z]+(_[a-z]+)+$/);
      if (type === 'counter') expect(name).toMatch(/_total$/);
      if (type === 'histogram') expect(name).toMatch(/_seconds$/);
      expect(text).toMatch(new RegExp(`^# HELP ${String(name)} \\S`, 'm'));
    }
    expect(series.size).toBeGreaterThan(0);
    const page = await readFile(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+)` +\| (\w+) /gm)].map(([, name, type]) => [name, type]);
    expect(rows.sort()).toEqual(ours.sort());
    expect([...types.keys()]).toEqual(
      expect.arrayContaining(['nodejs_eventloop_lag_seconds', 'process_resident_memory_bytes']),
    );
  });
});

describe('who may read metrics', () => {
  const problemsOf = (env: Environment) => {
    try {
      return loadConfig(env).metrics;
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
  };

  it.each<[string, Environment, unknown]>([
    ['whoever works on this machine', {}, { token: null, listen: null }],
    ['nobody in production, unless it is said who', { NODE_ENV: 'production', UPSTREAM: 'simulator' }, null],
    ['nobody where others may reach it', { HOST: '0.0.0.0' }, null],
    ['nobody where callers bring keys', { AUTH: 'passthrough' }, null],
    [
      'whoever has the token',
      { HOST: '0.0.0.0', METRICS_TOKEN: 'a-token-of-16-characters' },
      { token: 'a-token-of-16-characters', listen: null },
    ],
    [
      'whoever reaches its port',
      { HOST: '0.0.0.0', METRICS_PORT: '9464', METRICS_HOST: '127.0.0.1' },
      { token: null, listen: { host: '127.0.0.1', port: 9464 } },
    ],
    ['nobody when it is off', { METRICS: 'off', METRICS_PORT: '9464' }, null],
    [
      'not everybody',
      { HOST: '0.0.0.0', METRICS: 'on' },
      [
        'METRICS is "on" with the HOST "0.0.0.0", expected METRICS_TOKEN or METRICS_PORT beside it: everybody could read them',
      ],
    ],
  ])('is %s', (_who, env, expected) => {
    expect(problemsOf(env)).toEqual(expected);
  });

  it('is told by the status', async () => {
    const token = 'a-token-of-16-characters';
    await using guarded = await createTestGateway({ env: { METRICS_TOKEN: token } });
    await using closed = await createTestGateway({ env: { METRICS: 'off' } });

    const refused = await scrape(guarded.url, { Authorization: `Bearer ${token}x` });

    expect(refused).toMatchObject({ status: 401 });
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect((await scrape(guarded.url)).status).toBe(401);
    expect((await scrape(guarded.url, { Authorization: `Bearer ${token}` })).status).toBe(200);
    expect((await scrape(closed.url)).status).toBe(404);
  });

  it('is whoever reaches a port of its own, which answers nothing else', { timeout: 30_000 }, async () => {
    await using gateway = startProcess({ PORT: '0', SIMULATOR_PORT: '0', METRICS_PORT: '0' });
    const url = await gateway.ready();
    const metricsUrl = METRICS_URL.exec(gateway.output())?.[1] ?? '';

    expect((await scrape(metricsUrl)).series.get('runloop_graphql_watchers')).toBe(0);
    expect((await fetch(`${metricsUrl}/graphql?query={__typename}`)).status).toBe(404);
    expect((await scrape(url)).status).toBe(404);
  });
});
