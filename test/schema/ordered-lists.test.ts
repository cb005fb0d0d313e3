import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTestGateway, type TestGateway, UNCACHED } from '../support/gateway.ts';

interface Page {
  readonly nodes: readonly { readonly id: string }[];
  readonly edges: readonly { readonly cursor: string }[];
  readonly isExhaustive: boolean;
  readonly totalCount: number | null;
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

const ROWS = `nodes { id } edges { cursor } isExhaustive totalCount
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`;
const ALL = `query($first: Int, $after: String, $filter: ScenarioRunFilter, $orderBy: ScenarioRunOrder) {
  list: scenarioRuns(first: $first, after: $after, filter: $filter, orderBy: $orderBy) { ${ROWS} }
}`;

const ask = (gateway: TestGateway, variables: object) => gateway.query(ALL, { ...variables });

async function page(gateway: TestGateway, variables: object): Promise<Page> {
  const { data, errors } = await ask(gateway, variables);
  expect(errors).toEqual([]);
  return (data as { list: Page }).list;
}

async function idsOf(
  gateway: TestGateway,
  orderBy: object,
  variables: object = {},
): Promise<readonly string[]> {
  return (await page(gateway, { orderBy, ...variables })).nodes.map(({ id }) => id);
}

const run = (
  { world }: TestGateway,
  id: string,
  given: { ms?: number | undefined; score?: number | undefined; startedAtMs?: number },
) =>
  world.insert.scenarioRun({
    id: `scr_${id}`,
    state: given.ms === undefined ? 'running' : 'completed',
    duration_ms: given.ms ?? null,
    start_time_ms: given.startedAtMs ?? 1_000_000,
    scoring_contract_result:
      given.score === undefined ? null : { score: given.score, scoring_function_results: [] },
  });

describe('a list with orderBy', () => {
  it('is in the order of durations, scores or starts, with what has none last and ties by id', async () => {
    await using gateway = await createTestGateway();
    run(gateway, 'b', { ms: 20, score: 1, startedAtMs: 3_000 });
    run(gateway, 'd', { startedAtMs: 1_000 });
    run(gateway, 'a', { ms: 20, score: 0, startedAtMs: 2_000 });
    run(gateway, 'c', { ms: 5, startedAtMs: 4_000 });

    expect(await idsOf(gateway, { field: 'DURATION' })).toEqual(['scr_c', 'scr_a', 'scr_b', 'scr_d']);
    expect(await idsOf(gateway, { field: 'DURATION', direction: 'DESC' })).toEqual([
      'scr_a',
      'scr_b',
      'scr_c',
      'scr_d',
    ]);
    expect(await idsOf(gateway, { field: 'SCORE', direction: 'DESC' })).toEqual([
      'scr_b',
      'scr_a',
      'scr_c',
      'scr_d',
    ]);
    expect(await idsOf(gateway, { field: 'SCORE', direction: 'ASC' })).toEqual([
      'scr_a',
      'scr_b',
      'scr_c',
      'scr_d',
    ]);
    expect(await idsOf(gateway, { field: 'STARTED_AT' })).toEqual(['scr_d', 'scr_a', 'scr_b', 'scr_c']);
  });

  it('is there for the runs of a benchmark run, beside its look-up, and for those of a scenario', async () => {
    await using gateway = await createTestGateway();
    const { world } = gateway;
    const scenario = world.insert.scenario();
    const benchmarkRun = world.insert.benchmarkRun();
    const of = { scenario_id: scenario.id, benchmark_run_id: benchmarkRun.id, state: 'completed' } as const;
    for (const ms of [3, 1, 2]) world.insert.scenarioRun({ ...of, id: `scr_${String(ms)}`, duration_ms: ms });
    world.insert.scenarioRun();

    const { data, errors } = await gateway.query(
      `query($run: ID!, $scenario: ID!) {
        benchmarkRun(id: $run) { id scenarioRuns(first: 2, orderBy: { field: DURATION }) { nodes { id } isExhaustive totalCount } }
        scenario(id: $scenario) { id runs(orderBy: { field: DURATION, direction: DESC }) { nodes { id } isExhaustive totalCount } }
      }`,
      { run: benchmarkRun.id, scenario: scenario.id },
    );

    const nodes = (...ids: readonly string[]) => ids.map((id) => ({ id }));
    expect(errors).toEqual([]);
    expect(data).toEqual({
      benchmarkRun: {
        id: benchmarkRun.id,
        scenarioRuns: { nodes: nodes('scr_1', 'scr_2'), isExhaustive: true, totalCount: 3 },
      },
      scenario: {
        id: scenario.id,
        runs: { nodes: nodes('scr_3', 'scr_2', 'scr_1'), isExhaustive: true, totalCount: 3 },
      },
    });
    expect(gateway.calls().filter((call) => call.includes('/scenario_runs'))).toHaveLength(1);
  });

  it('costs as few calls as there are large pages, whichever page is asked for', async () => {
    await using gateway = await createTestGateway();
    for (let ms = 1; ms <= 120; ms++) run(gateway, String(ms), { ms });

    const first = await page(gateway, { first: 100, orderBy: { field: 'DURATION' } });
    expect(gateway.calls()).toHaveLength(1);
    const next = await page(gateway, {
      first: 100,
      after: first.pageInfo.endCursor,
      orderBy: { field: 'DURATION' },
    });

    expect(next.nodes.map(({ id }) => id)).toEqual(
      Array.from({ length: 20 }, (_, each) => `scr_${String(each + 101)}`),
    );
    expect([first.totalCount, next.totalCount]).toEqual([120, 120]);
    expect(next.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  it('orders what a filter leaves', async () => {
    await using gateway = await createTestGateway();
    run(gateway, 'a', { ms: 30, score: 1 });
    run(gateway, 'b', { ms: 10, score: 1 });
    run(gateway, 'c', { ms: 20, score: 0 });
    run(gateway, 'd', {});

    const list = await page(gateway, { orderBy: { field: 'DURATION' }, filter: { minScore: 0.5 } });

    expect(list).toMatchObject({
      nodes: [{ id: 'scr_b' }, { id: 'scr_a' }],
      totalCount: 2,
      isExhaustive: true,
    });
    expect(await idsOf(gateway, { field: 'SCORE' }, { filter: { state: 'RUNNING' } })).toEqual(['scr_d']);
    expect(
      await idsOf(gateway, { field: 'SCORE' }, { filter: { state: 'RUNNING', states: ['FAILED'] } }),
    ).toEqual([]);
  });

  it('says that it is not exhaustive where the list is longer than the bound, and orders its newest part', async () => {
    await using gateway = await createTestGateway({ env: { FILTER_MAX_ROWS: '3' } });
    for (const ms of [1, 5, 4, 3]) run(gateway, String(ms), { ms });

    const list = await page(gateway, { first: 2, orderBy: { field: 'DURATION' } });
    const rest = await page(gateway, {
      first: 2,
      after: list.pageInfo.endCursor,
      orderBy: { field: 'DURATION' },
    });
    const filtered = await page(gateway, { orderBy: { field: 'DURATION' }, filter: { minDurationMs: 0 } });

    expect(list).toMatchObject({
      nodes: [{ id: 'scr_3' }, { id: 'scr_4' }],
      isExhaustive: false,
      totalCount: 4,
    });
    expect(rest).toMatchObject({
      nodes: [{ id: 'scr_5' }],
      isExhaustive: false,
      pageInfo: { hasNextPage: false },
    });
    expect(filtered).toMatchObject({ isExhaustive: false, totalCount: null });
  });

  it('goes on where it stood, although the row of the cursor is gone and others have come', async () => {
    await using gateway = await createTestGateway({ env: UNCACHED });
    for (const ms of [10, 20, 30, 40]) run(gateway, String(ms), { ms });
    const orderBy = { field: 'DURATION' };
    const { pageInfo } = await page(gateway, { first: 2, orderBy });

    gateway.world.scenarioRuns.remove('scr_20');
    run(gateway, '15', { ms: 15 });
    run(gateway, '25', { ms: 25 });

    expect(await idsOf(gateway, orderBy, { after: pageInfo.endCursor })).toEqual([
      'scr_25',
      'scr_30',
      'scr_40',
    ]);
  });

  it('walks over every row once, whatever values are equal or absent and however large the pages are', async () => {
    await using gateway = await createTestGateway({ env: UNCACHED });
    const rows = fc.array(
      fc.record({
        ms: fc.option(fc.constantFrom(0, 1, 2), { nil: undefined }),
        score: fc.option(fc.constantFrom(0, 0.5, 1), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    const orders = fc.record({
      field: fc.constantFrom('DURATION', 'SCORE', 'STARTED_AT'),
      direction: fc.constantFrom('ASC', 'DESC'),
    });
    let world = 0;
    await fc.assert(
      fc.asyncProperty(rows, orders, fc.integer({ min: 1, max: 5 }), async (given, orderBy, first) => {
        const name = `world ${String(++world)}`;
        const filter = { name };
        for (const row of given)
          gateway.world.scenarioRuns.update(
            run(gateway, `w${String(world)}_${String(given.indexOf(row))}`, row).id,
            { name },
          );
        const whole = await idsOf(gateway, orderBy, { filter, first: 100 });
        const walked: string[] = [];
        let after: string | null = null;
        for (let hasNext = true; hasNext;) {
          const { nodes, edges, pageInfo }: Page = await page(gateway, { first, after, filter, orderBy });
          expect(pageInfo.startCursor).toBe(edges[0]?.cursor);
          walked.push(...nodes.map(({ id }) => id));
          after = pageInfo.endCursor;
          hasNext = pageInfo.hasNextPage;
        }
        expect(walked).toEqual(whole);
        expect(new Set(walked).size).toBe(given.length);
      }),
      { numRuns: 25 },
    );
  });

  it('refuses what is no cursor of this order, and says so without a call', async () => {
    await using gateway = await createTestGateway();
    for (const ms of [1, 2, 3]) run(gateway, String(ms), { ms });
    const orderBy = { field: 'DURATION', direction: 'ASC' };
    const { pageInfo } = await page(gateway, { first: 1, orderBy });
    gateway.calls();

    const other = { field: 'DURATION', direction: 'DESC' };
    const broken = Buffer.from('["duration","ascending",{},"scr_1"]').toString('base64url');
    for (const given of [
      { after: 'scr_1', orderBy },
      { after: '', orderBy },
      { after: broken, orderBy },
      { after: `${String(pageInfo.endCursor)}=`, orderBy },
      { after: pageInfo.endCursor, orderBy: other },
      { after: pageInfo.endCursor, orderBy: { field: 'SCORE' } },
    ]) {
      const document = `query($after: String, $orderBy: ScenarioRunOrder) {
        list: scenarioRuns(after: $after, orderBy: $orderBy) { nodes { id } isExhaustive }
      }`;
      const { data, errors } = await gateway.query(document, given);
      expect(data).toEqual({ list: { nodes: null, isExhaustive: false } });
      expect(errors).toMatchObject([
        {
          message: 'Expected `after` to be the cursor of a row on a page with the same `orderBy`',
          path: ['list', 'nodes'],
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ]);
    }
    expect(gateway.calls()).toEqual([]);
  });

  it('shows what is unreadable behind everything else', async () => {
    await using gateway = await createTestGateway();
    run(gateway, 'a', { ms: 3 });
    run(gateway, 'b', {});
    gateway.world.scenarioRuns.update('scr_a', { state: 7 as unknown as 'running' });
    run(gateway, 'c', { ms: 9 });

    const document = `query($after: String) {
      scenarioRuns(first: 2, after: $after, orderBy: { field: DURATION }) { nodes { id } pageInfo { endCursor hasNextPage } }
    }`;
    const first = await gateway.query(document, {});
    const { pageInfo, nodes } = (first.data as { scenarioRuns: Page }).scenarioRuns;
    const second = await gateway.query(document, { after: pageInfo.endCursor });

    expect(nodes).toEqual([{ id: 'scr_c' }, { id: 'scr_b' }]);
    expect((second.data as { scenarioRuns: Page }).scenarioRuns).toMatchObject({
      nodes: [null],
      pageInfo: { hasNextPage: false },
    });
    expect(second.errors).toMatchObject([
      { path: ['scenarioRuns', 'nodes', 0], extensions: { code: 'UPSTREAM_ERROR' } },
    ]);
  });
});

describe('a filter on durations', () => {
  it('finds runs that took so long, of scenario runs and benchmark runs', async () => {
    await using gateway = await createTestGateway();
    for (const ms of [10, 20, 30]) run(gateway, String(ms), { ms });
    run(gateway, 'active', {});
    const benchmarkRun = gateway.world.insert.benchmarkRun({ state: 'completed', duration_ms: 500 });
    gateway.world.insert.benchmarkRun({ state: 'completed', duration_ms: 900 });

    const found = async (filter: object) => (await page(gateway, { filter })).nodes.map(({ id }) => id);
    expect(await found({ minDurationMs: 20 })).toEqual(['scr_30', 'scr_20']);
    expect(await found({ maxDurationMs: 20 })).toEqual(['scr_20', 'scr_10']);
    expect(await found({ minDurationMs: 15, maxDurationMs: 25 })).toEqual(['scr_20']);
    const { data } = await gateway.query(
      '{ benchmarkRuns(filter: { maxDurationMs: 500 }) { nodes { id } } }',
    );
    expect(data).toEqual({ benchmarkRuns: { nodes: [{ id: benchmarkRun.id }] } });
  });

  it.each([
    [{ minDurationMs: -1 }, 'Expected `filter.minDurationMs` to be 0 or more milliseconds, got -1'],
    [
      { minDurationMs: 2, maxDurationMs: 1 },
      'Expected `filter.minDurationMs` to be at most `filter.maxDurationMs`, got 2 and 1',
    ],
  ])('refuses %j', async (filter, message) => {
    await using gateway = await createTestGateway();
    const { errors } = await ask(gateway, { filter });
    expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(gateway.calls()).toEqual([]);
  });
});
