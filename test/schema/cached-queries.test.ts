import { describe, expect, it } from 'vitest';
import type { World } from '../../src/simulator/simulator.ts';
import { BOARD, DASHBOARD, DETAIL } from '../support/canonical-queries.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway, type TestGatewayOptions } from '../support/gateway.ts';

const DAY_MS = 86_400_000;

/** A gateway that keeps what it reads as it does by default, executes every query, and whose time stands still. */
async function startGateway(env: TestGatewayOptions['env'] = {}) {
  const clock = createFakeClock();
  const gateway = await createTestGateway({
    env: { CACHE_LIVE_MS: '1000', ANSWER_REUSE: 'off', ...env },
    overrides: { clock },
  });
  return Object.assign(gateway, { clock });
}

function insertRun({ insert }: World, state: 'completed' | 'running', scenarioRuns = 50) {
  const scenarios = Array.from({ length: scenarioRuns }, () => insert.scenario());
  const benchmark = insert.benchmark({ scenarioIds: scenarios.map(({ id }) => id) });
  const at = { start_time_ms: Date.UTC(2025, 0, 1) };
  const run = insert.benchmarkRun({ benchmark_id: benchmark.id, state, ...at });
  const runs = scenarios.map(({ id }) =>
    insert.scenarioRun({ scenario_id: id, benchmark_run_id: run.id, state, ...at }),
  );
  return { run, runs, scenarios };
}

describe('the canonical queries, with an empty cache', () => {
  it('cost no more calls than their bound', async () => {
    await using gateway = await startGateway();
    const { world } = gateway;
    for (let runs = 0; runs < 20; runs++) insertRun(world, 'running', 2);
    const { run, runs } = insertRun(world, 'running');

    const cold = async (document: string, variables: object) => {
      await using fresh = await startGateway({ RUNLOOP_BASE_URL: gateway.simulator.url });
      expect((await fresh.query(document, { ...variables })).errors).toEqual([]);
      return gateway.calls().length;
    };

    expect(await cold(DASHBOARD, { id: run.id })).toBeLessThanOrEqual(6);
    expect(await cold(BOARD, {})).toBeLessThanOrEqual(23);
    expect(await cold(DETAIL, { id: runs[0]?.id })).toBeLessThanOrEqual(4);
  });
});

describe('a finished benchmark run', () => {
  it('costs nothing when it is queried again, and later only what may have been edited: its scenarios and devboxes', async () => {
    await using gateway = await startGateway();
    const { run } = insertRun(gateway.world, 'completed');
    const first = await gateway.query(DASHBOARD, { id: run.id });
    expect(first.errors).toEqual([]);
    expect(gateway.calls()).toHaveLength(5);

    for (let times = 0; times < 3; times++) {
      await gateway.clock.advance(10_000);
      expect((await gateway.query(DASHBOARD, { id: run.id })).data).toEqual(first.data);
      expect(gateway.calls()).toEqual([]);
    }
    await gateway.clock.advance(DAY_MS);
    expect((await gateway.query(DASHBOARD, { id: run.id })).data).toEqual(first.data);
    expect(gateway.calls().map((call) => call.replace(/(_[^?]*)?\?.*|(\/dbx).*/, '$2'))).toEqual([
      'GET /v1/scenarios',
      'GET /v1/devboxes',
      'GET /v1/devboxes/dbx',
    ]);
  });

  it('of which a scenario run is still to be completed costs one call', async () => {
    await using gateway = await startGateway();
    const { run, runs } = insertRun(gateway.world, 'completed');
    const scenario = { scenario_id: runs[0]?.scenario_id ?? '', devbox_id: runs[0]?.devbox_id ?? '' };
    gateway.world.insert.scenarioRun({ ...scenario, benchmark_run_id: run.id, state: 'scored' });
    await gateway.query(DASHBOARD, { id: run.id });
    gateway.calls();

    await gateway.clock.advance(10_000);
    await gateway.query(DASHBOARD, { id: run.id });

    expect(gateway.calls()).toEqual([
      `GET /v1/benchmark_runs/${run.id}/scenario_runs?limit=50&include_total_count=false`,
    ]);
  });
});

describe('a query', () => {
  const NAME = 'query($id: ID!) { scenario(id: $id) { name status } }';

  it('sees what was edited elsewhere after a while, and at once with Cache-Control: no-cache, which refreshes the cache', async () => {
    await using gateway = await startGateway();
    const { id } = gateway.world.insert.scenario({ name: 'before' });
    const nameOf = async (headers = {}) =>
      ((await gateway.query(NAME, { id }, { headers })).data as { scenario: { name: string } }).scenario.name;
    const edit = async (name: string) => {
      const answer = await fetch(`${gateway.simulator.url}/v1/scenarios/${id}`, {
        method: 'POST',
        headers: { authorization: 'Bearer ak_test_key', 'content-type': 'application/json' },
        body: JSON.stringify({ name }),
      });
      expect(answer.status).toBe(200);
    };
    expect(await nameOf()).toBe('before');
    await edit('edited');
    expect(await nameOf()).toBe('before');
    expect(await nameOf({ 'cache-control': 'no-cache' })).toBe('edited');
    expect(await nameOf()).toBe('edited');
    await edit('edited again');
    await gateway.clock.advance(60_000);
    expect(await nameOf()).toBe('edited again');
  });

  it('shows scenarios that were archived, though no list does', async () => {
    await using gateway = await startGateway();
    const { run, scenarios } = insertRun(gateway.world, 'running', 5);
    await fetch(`${gateway.simulator.url}/v1/scenarios/${scenarios[2]?.id ?? ''}/archive`, {
      method: 'POST',
      headers: { authorization: 'Bearer ak_test_key' },
    });

    const { data, errors } = await gateway.query(
      'query($id: ID!) { benchmarkRun(id: $id) { scenarioRuns { nodes { scenario { id status } } } } }',
      { id: run.id },
    );

    expect(errors).toEqual([]);
    const { nodes } = (
      data as { benchmarkRun: { scenarioRuns: { nodes: { scenario: { id: string; status: string } }[] } } }
    ).benchmarkRun.scenarioRuns;
    expect(nodes.map(({ scenario }) => scenario.id)).toEqual(scenarios.map(({ id }) => id).reverse());
    expect(nodes.filter(({ scenario }) => scenario.status === 'ARCHIVED')).toEqual([
      { scenario: { id: scenarios[2]?.id, status: 'ARCHIVED' } },
    ]);
  });

  it('is answered nothing that was read with another key', async () => {
    await using gateway = await startGateway({ AUTH: 'passthrough', RUNLOOP_API_KEY: '' });
    const { id } = gateway.world.insert.scenario();
    for (const key of ['ak_ann', 'ak_bob', 'ak_ann']) {
      await gateway.query(NAME, { id }, { headers: { authorization: `Bearer ${key}` } });
    }
    expect(gateway.calls()).toHaveLength(2);
  });

  it('reads everything anew when the cache is off', async () => {
    await using gateway = await startGateway({ CACHE: 'off' });
    const { id } = gateway.world.insert.scenario();
    for (let times = 0; times < 3; times++) await gateway.query(NAME, { id });
    expect(gateway.calls()).toHaveLength(3);
  });
});
