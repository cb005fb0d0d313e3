import { describe, expect, it } from 'vitest';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { SCENARIO_RUN } from '../upstream/rows.ts';
import { inTurn, json, startStubServer } from '../upstream/stub-server.ts';

interface Connection {
  readonly nodes: readonly { readonly id: string }[];
  readonly isExhaustive: boolean;
  readonly totalCount?: number | null;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const PAGE = 'nodes { id } isExhaustive pageInfo { hasNextPage endCursor }';
const RUNS = `query($first: Int, $after: String, $filter: ScenarioRunFilter) {
  list: scenarioRuns(first: $first, after: $after, filter: $filter) { ${PAGE} }
}`;

async function page(gateway: TestGateway, document: string, variables: object = {}): Promise<Connection> {
  const { data, errors } = await gateway.query(document, { ...variables });
  expect(errors).toEqual([]);
  return (data as { list: Connection }).list;
}

async function idsOf(gateway: TestGateway, filter: object): Promise<string[]> {
  return (await page(gateway, RUNS, { filter })).nodes.map(({ id }) => id);
}

const at = (ms: number) => new Date(ms).toISOString();

describe('a filter that the upstream does not know', () => {
  it('filters scenario runs by states, metadata, outcome, score and start', async () => {
    await using gateway = await createTestGateway();
    const { insert } = gateway.world;
    const scored = (score: number) => ({
      state: 'completed' as const,
      scoring_contract_result: { score, scoring_function_results: [] },
    });
    const passed = insert.scenarioRun({ ...scored(1), metadata: { model: 'a' }, start_time_ms: 1_000 });
    const half = insert.scenarioRun({
      ...scored(0.5),
      metadata: { model: 'b', agent: 'x' },
      start_time_ms: 2_000,
    });
    const failed = insert.scenarioRun({ state: 'failed', metadata: { model: 'b' }, start_time_ms: 3_000 });
    const running = insert.scenarioRun({ state: 'running', start_time_ms: 4_000 });

    expect(await idsOf(gateway, { states: ['RUNNING', 'FAILED'] })).toEqual([running.id, failed.id]);
    expect(await idsOf(gateway, { metadata: [{ key: 'model', value: 'b' }] })).toEqual([failed.id, half.id]);
    expect(
      await idsOf(gateway, {
        metadata: [
          { key: 'model', value: 'b' },
          { key: 'agent', value: 'x' },
        ],
      }),
    ).toEqual([half.id]);
    expect(await idsOf(gateway, { outcome: 'PASSED' })).toEqual([passed.id]);
    expect(await idsOf(gateway, { outcome: 'ERRORED' })).toEqual([failed.id]);
    expect(await idsOf(gateway, { minScore: 0.5 })).toEqual([half.id, passed.id]);
    expect(await idsOf(gateway, { minScore: 0.5, maxScore: 0.9 })).toEqual([half.id]);
    expect(await idsOf(gateway, { startedAfter: at(2_000), startedBefore: at(4_000) })).toEqual([
      failed.id,
      half.id,
    ]);
  });

  it('filters benchmark runs, those of a benchmark, and the scenario runs of a run and of a scenario', async () => {
    await using gateway = await createTestGateway();
    const { insert } = gateway.world;
    const benchmark = insert.benchmark();
    const ended = insert.benchmarkRun({ state: 'completed', score: 0.4, benchmark_id: benchmark.id });
    const run = insert.benchmarkRun({ benchmark_id: benchmark.id, metadata: { model: 'a' } });
    insert.benchmarkRun({ state: 'failed', score: 0 });
    const scenario = insert.scenario();
    const of = { benchmark_run_id: run.id, scenario_id: scenario.id };
    insert.scenarioRun({ ...of, state: 'completed' });
    const lost = insert.scenarioRun({ ...of, state: 'timeout' });

    const { data, errors } = await gateway.query(
      `query($benchmark: ID!, $run: ID!, $scenario: ID!) {
        all: benchmarkRuns(filter: { states: [RUNNING, COMPLETED] }) { nodes { id } }
        good: benchmarkRuns(filter: { minScore: 0.1 }) { nodes { id } }
        benchmark(id: $benchmark) { runs(filter: { metadata: [{ key: "model", value: "a" }] }) { nodes { id } } }
        benchmarkRun(id: $run) { scenarioRuns(filter: { outcome: ERRORED }) { nodes { id } } }
        scenario(id: $scenario) { runs(filter: { states: [TIMEOUT, FAILED] }) { nodes { id } } }
      }`,
      { benchmark: benchmark.id, run: run.id, scenario: scenario.id },
    );

    expect(errors).toEqual([]);
    expect(data).toEqual({
      all: { nodes: [{ id: run.id }, { id: ended.id }] },
      good: { nodes: [{ id: ended.id }] },
      benchmark: { runs: { nodes: [{ id: run.id }] } },
      benchmarkRun: { scenarioRuns: { nodes: [{ id: lost.id }] } },
      scenario: { runs: { nodes: [{ id: lost.id }] } },
    });
  });

  it('says where it stopped, and goes on from there until everything was seen', async () => {
    await using gateway = await createTestGateway({ env: { FILTER_MAX_ROWS: '60', FILTER_MAX_CALLS: '1' } });
    const wanted: string[] = [];
    for (let index = 0; index < 200; index++) {
      const state = index % 90 === 0 ? 'failed' : 'running';
      const { id } = gateway.world.insert.scenarioRun({ state });
      if (state === 'failed') wanted.unshift(id);
    }

    const pages: Connection[] = [];
    let after: string | null = null;
    do {
      const next: Connection = await page(gateway, RUNS, {
        first: 2,
        after,
        filter: { states: ['FAILED', 'TIMEOUT'] },
      });
      pages.push(next);
      after = next.pageInfo.endCursor;
      if (pages.length === 1) gateway.world.insert.scenarioRun({ state: 'failed' });
    } while (pages.at(-1)?.pageInfo.hasNextPage);

    expect(pages.flatMap(({ nodes }) => nodes.map(({ id }) => id))).toEqual(wanted);
    expect(pages.map(({ isExhaustive }) => isExhaustive)).toEqual([false, false, false, true]);
    expect(pages[0]).toMatchObject({ nodes: [{}], pageInfo: { hasNextPage: true } });
  });

  it.each([
    [{ states: [] }, 'Expected `filter.states` to name at least one state, or to be absent'],
    [{ minScore: 1.01 }, 'Expected `filter.minScore` to be 0 to 1, got 1.01'],
    [
      { minScore: 0.5, maxScore: 0.4 },
      'Expected `filter.minScore` to be at most `filter.maxScore`, got 0.5 and 0.4',
    ],
    [
      { startedAfter: at(5), startedBefore: at(4) },
      'Expected `filter.startedAfter` to be earlier than `filter.startedBefore`',
    ],
    [{ metadata: [] }, 'Expected `filter.metadata` to hold 1 to 20 pairs, got 0'],
  ])('is refused as %o, before anything is asked', async (filter, message) => {
    await using gateway = await createTestGateway();

    const { errors } = await gateway.query(RUNS, { filter });

    expect(errors).toMatchObject([{ message, path: ['list'], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(gateway.calls()).toEqual([]);
  });
});

describe('a filter whose scan fails on the way', () => {
  it('shows no half page, and says what failed', async () => {
    const runs = Array.from({ length: 63 }, (_, index) => ({
      ...SCENARIO_RUN,
      id: `scr_${String(index)}`,
      state: index === 0 ? 'failed' : 'running',
    }));
    await using upstream = await startStubServer(inTurn(json({ runs, has_more: true }), json({}, 501)));
    await using gateway = await createTestGateway({
      env: { RUNLOOP_BASE_URL: upstream.url, UPSTREAM_RETRIES: '0' },
    });

    const { data, errors } = await gateway.query(RUNS, { filter: { states: ['FAILED', 'TIMEOUT'] } });

    expect(upstream.requests.map(({ url }) => url)).toEqual([
      '/v1/scenarios/runs?limit=63&include_total_count=false',
      '/v1/scenarios/runs?limit=252&starting_after=scr_62&include_total_count=false',
    ]);
    expect(data).toEqual({ list: { nodes: null, pageInfo: null, isExhaustive: false } });
    expect(errors.map(({ extensions }) => extensions.code)).toContain('UPSTREAM_ERROR');
  });
});

describe('the upstream calls of a filter', () => {
  it('are those of a plain list where the upstream knows it, one state of `states` included', async () => {
    await using gateway = await createTestGateway();

    const plain = await page(gateway, RUNS, {});
    const one = await page(gateway, RUNS, { filter: { states: ['FAILED'] } });

    expect([plain.isExhaustive, one.isExhaustive]).toEqual([true, true]);
    expect(gateway.calls()).toEqual([
      'GET /v1/scenarios/runs?limit=20&include_total_count=false',
      'GET /v1/scenarios/runs?state=failed&limit=20&include_total_count=false',
    ]);
  });

  it('are none for `isExhaustive` of a plain list', async () => {
    await using gateway = await createTestGateway();

    expect((await gateway.query('{ scenarioRuns { isExhaustive } }')).data).toEqual({
      scenarioRuns: { isExhaustive: true },
    });
    expect(gateway.calls()).toEqual([]);
  });

  it('are one small page where many rows match, and the wanted state goes upstream with it', async () => {
    await using gateway = await createTestGateway();
    for (let index = 0; index < 100; index++) gateway.world.insert.scenarioRun({ state: 'completed' });

    await page(gateway, RUNS, { filter: { state: 'COMPLETED', minScore: 0.5 } });

    expect(gateway.calls()).toEqual([
      'GET /v1/scenarios/runs?state=completed&limit=63&include_total_count=false',
    ]);
  });

  it('are one more for the count, unless the page is all there is', async () => {
    await using gateway = await createTestGateway();
    for (let index = 0; index < 30; index++) {
      gateway.world.insert.scenarioRun({ state: index % 3 === 0 ? 'running' : 'completed' });
    }
    const counted = RUNS.replace('nodes', 'totalCount nodes');
    const filter = { outcome: 'PASSED' };

    expect((await page(gateway, counted, { first: 100, filter })).totalCount).toBe(20);
    expect(gateway.calls()).toHaveLength(1);
    expect((await page(gateway, counted, { first: 5, filter })).totalCount).toBe(20);
    expect(gateway.calls()).toHaveLength(2);
  });

  it('never pretend to have counted what was not looked at', async () => {
    await using gateway = await createTestGateway({ env: { FILTER_MAX_ROWS: '10' } });
    for (let index = 0; index < 30; index++) gateway.world.insert.scenarioRun({ state: 'completed' });

    const { totalCount } = await page(gateway, RUNS.replace('nodes', 'totalCount nodes'), {
      first: 5,
      filter: { outcome: 'PASSED' },
    });

    expect(totalCount).toBeNull();
  });
});

describe('the seeded world', () => {
  it('lists runs in the order of their starts, as far as a filter on the start relies on it', async () => {
    await using gateway = await createTestGateway({ simulator: { size: { scenarioRuns: 1_000 } } });
    const { data } = await gateway.query('{ scenarioRuns(first: 100) { nodes { startedAt } } }');
    const starts = (data as { scenarioRuns: { nodes: { startedAt: string }[] } }).scenarioRuns.nodes.map(
      ({ startedAt }) => Date.parse(startedAt),
    );

    for (const [index, start] of starts.entries()) {
      expect(Math.max(...starts.slice(index))).toBeLessThanOrEqual(start + 3_600_000);
    }
  });
});
