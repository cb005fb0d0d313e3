import { request } from 'node:http';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../src/simulator/simulator.ts';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway } from '../support/gateway.ts';
import { createReplicas } from '../support/replicas.ts';
import { labelsOf, scrape } from '../support/scrape.ts';
import { openSocket } from '../support/socket.ts';
import { complete, FAST_POLLS, FOLLOW_RUN } from '../support/subscriptions.ts';

const named = (name: string) => `runloop_graphql_${name}`;

/** The status of a request with headers that `fetch` does not send as they are. */
async function statusOf(url: string, headers: Readonly<Record<string, string>>, method = 'GET') {
  const sent = request(url, { headers, method }).end();
  const [response] = (await once(sent, 'response')) as [{ statusCode: number; resume(): void }];
  response.resume();
  return response.statusCode;
}

describe('metrics of what is followed', () => {
  it('count polls, appended events, and how long events took to be delivered', async () => {
    await using gateway = await createTestGateway({ env: { ...FAST_POLLS, METRICS: 'on' } });
    const { id } = gateway.world.insert.scenarioRun();
    using stream = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
    await stream.received(1);
    gateway.world.scenarioRuns.update(id, { state: 'scoring' });
    await stream.received(2);
    using late = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
    await late.received(1);

    const { sum } = await scrape(gateway.url);

    const kind = 'scenarioRun';
    expect(sum(named('poll_duration_seconds_count'), { kind, result: 'read' })).toBeGreaterThanOrEqual(1);
    expect(sum(named('event_log_events_appended_total'), { kind })).toBe(1);
    expect(
      sum(named('event_log_duration_seconds_count'), { action: 'append', result: 'appended' }),
    ).toBeGreaterThanOrEqual(1);
    // A snapshot is none that was appended, and neither is what who comes late is given.
    expect(sum(named('event_delivery_duration_seconds_count'), { kind, transport: 'event-stream' })).toBe(1);
    expect(sum(named('event_delivery_duration_seconds_sum'))).toBeLessThan(60);
    expect(sum(named('upstream_call_duration_seconds_count'), { cause: 'subscription', result: '200' })).toBe(
      1,
    );
    expect(
      sum(named('upstream_call_duration_seconds_count'), { cause: 'poll', result: '200' }),
    ).toBeGreaterThanOrEqual(1);
  });

  it('do not count what is replayed as delivered late', async () => {
    await using gateway = await createTestGateway({ env: FAST_POLLS });
    const { id } = gateway.world.insert.scenarioRun();
    const first = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
    await first.received(1);
    const cursor = first.events[0]?.id ?? '';
    complete(gateway.world, id);
    await first.ended;
    const before = await scrape(gateway.url);

    using back = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id, after: cursor } });
    await back.ended;

    const after = await scrape(gateway.url);
    expect(back.events).toHaveLength(2);
    const name = named('event_delivery_duration_seconds_count');
    expect(after.sum(name)).toBe(before.sum(name));
    expect(after.sum(named('subscriptions_started_total'), { start: 'resumed' })).toBe(1);
  });

  it('count sockets while they are open', async () => {
    await using gateway = await createTestGateway();
    using socket = await openSocket(gateway.url);
    await socket.init();

    expect((await scrape(gateway.url)).sum(named('websocket_connections'))).toBe(1);
    socket.socket.terminate();
    await expect
      .poll(async () => (await scrape(gateway.url)).series.get(named('websocket_connections')))
      .toBe(0);
  });
});

describe('metrics of replicas', () => {
  it('count leases, their hand-over, and what Redis answers', { timeout: 30_000 }, async () => {
    await using replicas = await createReplicas({ env: FAST_POLLS });
    const { a, b } = replicas;
    const { id } = a.world.insert.scenarioRun();
    const onA = await openEventStream(a.url, { query: FOLLOW_RUN, variables: { id } });
    await onA.received(1);
    await expect.poll(async () => (await scrape(a.url)).sum(named('leases'), { state: 'held' })).toBe(1);
    using onB = await openEventStream(b.url, { query: FOLLOW_RUN, variables: { id } });
    await onB.received(1);
    expect((await scrape(b.url)).sum(named('leases'), { state: 'elsewhere' })).toBe(1);

    const before = await scrape(a.url);
    expect(before.sum(named('lease_changes_total'), { change: 'won' })).toBe(1);
    expect(before.sum(named('redis_up'))).toBe(1);
    expect(
      before.sum(named('redis_command_duration_seconds_count'), { command: 'script', result: 'ok' }),
    ).toBeGreaterThan(0);
    onA[Symbol.dispose]();
    await a.shutDown();

    await expect
      .poll(async () => (await scrape(b.url)).sum(named('lease_changes_total'), { change: 'won' }), {
        timeout: 10_000,
      })
      .toBe(1);
  });

  it('say nothing of Redis where there is none', async () => {
    await using gateway = await createTestGateway();

    expect((await scrape(gateway.url)).series.has(named('redis_up'))).toBe(false);
  });
});

describe('metrics of the upstream', () => {
  it('show the rate that was learnt, and count retries', async () => {
    await using gateway = await createTestGateway({ env: { UPSTREAM_RETRY_BASE_MS: '1' } });
    const { id } = gateway.world.insert.scenarioRun();
    expect((await scrape(gateway.url)).series.has(named('upstream_learnt_calls_per_second'))).toBe(false);
    gateway.simulator.faults.add({ path: '/v1/scenarios/runs/*', kind: 'status', status: 429, times: 1 });

    await gateway.query('query($id: ID!) { scenarioRun(id: $id) { id } }', { id });

    const { sum, series } = await scrape(gateway.url);
    expect(sum(named('upstream_retries_total'), { method: 'GET' })).toBe(1);
    expect(series.get(named('upstream_accounts_limited'))).toBe(1);
    expect(series.get(named('upstream_learnt_calls_per_second'))).toBeGreaterThan(0);
    expect(series.get(named('upstream_calls_waiting{priority="interactive"}'))).toBe(0);
  });

  it('count the calls that lists in the place of look-ups have saved', async () => {
    await using gateway = await createTestGateway();
    const ids = Array.from({ length: 20 }, () => gateway.world.insert.benchmarkRun().id);
    const fields = ids.map((id, index) => `r${String(index)}: benchmarkRun(id: "${id}") { id }`);
    gateway.calls();

    await gateway.query(`{ ${fields.join(' ')} }`);

    const { sum } = await scrape(gateway.url);
    const kind = 'benchmarkRun';
    expect(gateway.calls()).toHaveLength(1);
    expect(sum(named('planner_lists_total'), { kind })).toBe(1);
    expect(sum(named('planner_look_ups_answered_total'), { kind })).toBe(20);
    expect(sum(named('planner_calls_saved_total'), { kind })).toBe(19);
  });

  it('tell what changes from what reads', async () => {
    await using gateway = await createTestGateway();
    const { id } = gateway.world.insert.scenarioRun({ state: 'running' });

    await gateway.query('mutation($id: ID!) { cancelScenarioRun(id: $id) { __typename } }', { id });

    const { sum } = await scrape(gateway.url);
    expect(sum(named('upstream_call_duration_seconds_count'), { cause: 'mutation', method: 'POST' })).toBe(1);
  });
});

describe('metrics of requests', () => {
  it('count each by its route, and what is no route together', async () => {
    await using gateway = await createTestGateway();
    await gateway.query('{ __typename }');
    await fetch(`${gateway.url}/health`);
    await fetch(`${gateway.url}/export/benchmark-runs/bmr_unknown.csv`);
    for (const path of ['/a', '/b', '/graphql/../c']) await fetch(gateway.url + path);
    await statusOf(`${gateway.url}/health`, {}, 'PROPFIND');

    const { sum } = await scrape(gateway.url);

    const count = (labels: Readonly<Record<string, string>>) =>
      sum(named('http_request_duration_seconds_count'), labels);
    expect(count({ method: 'POST', route: '/graphql', status: '200' })).toBe(1);
    expect(count({ method: 'GET', route: '/health', status: '200' })).toBe(1);
    expect(count({ method: 'other', route: '/health' })).toBe(1);
    expect(count({ route: '/export/benchmark-runs/{id}.csv' })).toBe(1);
    expect(count({ route: 'none', status: '404' })).toBe(3);
  });

  it('count what budgets and bounds refuse by the setting that says so', async () => {
    await using gateway = await createTestGateway({ env: { CALLER_CALLS_PER_MINUTE: '1' } });
    for (const first of [1, 2, 3])
      await gateway.query(`{ scenarioRuns(first: ${String(first)}) { nodes { id } } }`);

    const { sum } = await scrape(gateway.url);

    expect(sum(named('refusals_total'), { setting: 'CALLER_CALLS_PER_MINUTE' })).toBe(2);
    expect(sum(named('errors_total'), { code: 'RATE_LIMITED' })).toBe(2);
  });

  it('have few values for each label, whatever clients send', { timeout: 30_000 }, async () => {
    await using gateway = await createTestGateway({ simulator: { size: sizeOf(200) } });
    const { data } = await gateway.query('{ scenarioRuns(first: 100) { nodes { id } } }');
    const { nodes } = (data as { scenarioRuns: { nodes: { id: string }[] } }).scenarioRuns;
    for (const { id } of nodes)
      await gateway.query('query($id: ID!) { scenarioRun(id: $id) { id } }', { id });
    for (let number = 0; number < 100; number++) {
      const name = `name${String(number)}`;
      await fetch(`${gateway.url}/${name}`);
      await statusOf(`${gateway.url}/health`, { 'X-Request-Id': name }, 'GET');
      await gateway.query(`query ${name} { scenarioRun(id: "${name}") { id } }`);
      await gateway.query(`{ ${name} }`);
    }

    const { series } = await scrape(gateway.url);
    const values = new Map<string, Set<string>>();
    for (const printed of series.keys())
      for (const [label, value] of Object.entries(labelsOf(printed)))
        values.set(label, (values.get(label) ?? new Set()).add(value));

    for (const [label, distinct] of values)
      expect(distinct.size, `${label}: ${[...distinct].slice(0, 5).join(', ')}`).toBeLessThanOrEqual(
        label === 'operation' ? 201 : 40,
      );
    expect([...series.keys()].filter((printed) => /"(?:scr|bmr|dbx)_/.test(printed))).toEqual([]);
  });
});

describe('metrics on a port of their own', () => {
  const otherName = { Host: 'gateway.monitoring.svc:9464' };

  it.each([
    ['the names of this machine alone where it listens there alone', {}, 403],
    ['any name where it listens for others, too', { METRICS_HOST: '0.0.0.0' }, 200],
    ['any name to who brings the token', { METRICS_TOKEN: 'a-token-of-16-characters' }, 200],
  ])('answer to %s', async (_name, env, status) => {
    await using gateway = await createTestGateway({ env: { METRICS_PORT: '0', ...env } });
    const url = `${(gateway.metricsUrl ?? '').replace('0.0.0.0', '127.0.0.1')}/metrics`;
    const headers = 'METRICS_TOKEN' in env ? { Authorization: `Bearer ${env.METRICS_TOKEN}` } : {};

    expect(await statusOf(url, headers)).toBe(200);
    expect(await statusOf(url, { ...headers, ...otherName })).toBe(status);
  });
});
