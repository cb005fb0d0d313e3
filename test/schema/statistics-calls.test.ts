import { describe, expect, it } from 'vitest';
import type { World } from '../../src/simulator/simulator.ts';
import { PROGRESS } from '../support/canonical-queries.ts';
import { createTestGateway } from '../support/gateway.ts';

/** Long enough ago for what has ended since to be settled. */
const AN_HOUR_AGO = Date.now() - 3_600_000;

/** What is remembered of answers and of what was read would answer as well. */
const NOTHING_ELSE_KEPT = { CACHE: 'off', ANSWER_REUSE: 'off' } as const;

interface Shape {
  readonly scenarioRuns: number;
  readonly state?: 'running' | 'completed';
}

/** A benchmark run of scenario runs that share few scenarios and one devbox: what is counted is the runs. */
function insertRun(world: World, { scenarioRuns, state = 'completed' }: Shape) {
  const scenarioIds = Array.from({ length: 10 }, () => world.insert.scenario().id);
  const devbox = world.insert.devbox({ status: 'shutdown' });
  const benchmark = world.insert.benchmark({ scenarioIds });
  const run = world.insert.benchmarkRun({
    benchmark_id: benchmark.id,
    state,
    start_time_ms: AN_HOUR_AGO,
  });
  for (let index = 0; index < scenarioRuns; index++) {
    world.insert.scenarioRun({
      scenario_id: scenarioIds[index % scenarioIds.length]!,
      benchmark_run_id: run.id,
      devbox_id: devbox.id,
      state,
      start_time_ms: AN_HOUR_AGO,
    });
  }
  return { benchmark, run };
}

const listOf = (id: string, limit = 5_000) =>
  `GET /v1/benchmark_runs/${id}/scenario_runs?limit=${String(limit)}&include_total_count=false`;

describe('progress and stats', () => {
  it('cost one list and the benchmark, beside the run itself, however many scenario runs there are', async () => {
    await using gateway = await createTestGateway();
    const { benchmark, run } = insertRun(gateway.world, { scenarioRuns: 5_000 });

    const { data, errors } = await gateway.query(PROGRESS, { id: run.id });

    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      benchmarkRun: {
        progress: { expected: 5_000, started: 5_000, finished: 5_000, pending: 0, fraction: 1 },
        stats: { sampleSize: 5_000, passed: 5_000, isComplete: true },
      },
    });
    expect(gateway.calls().sort()).toEqual([
      `GET /v1/benchmark_runs/${run.id}`,
      listOf(run.id),
      `GET /v1/benchmarks/${benchmark.id}`,
    ]);
  });

  it('cost no benchmark when nothing is measured against it', async () => {
    await using gateway = await createTestGateway();
    const { run } = insertRun(gateway.world, { scenarioRuns: 3 });

    await gateway.query(
      `query($id: ID!) { benchmarkRun(id: $id) {
        progress { started running finished }
        stats { isComplete passed meanScore passRate { value } }
      } }`,
      { id: run.id },
    );

    // They go out side by side.
    expect(gateway.calls().sort()).toEqual([`GET /v1/benchmark_runs/${run.id}`, listOf(run.id)]);
  });

  it('share their list with the scenario runs that are shown beside them', async () => {
    await using gateway = await createTestGateway();
    const { run } = insertRun(gateway.world, { scenarioRuns: 30, state: 'running' });

    const { data, errors } = await gateway.query(
      `query($id: ID!) { benchmarkRun(id: $id) {
        progress { started running }
        stats { sampleSize }
        scenarioRuns(first: 10) { totalCount nodes { id benchmarkRun { id } } pageInfo { hasNextPage endCursor } }
        all: scenarioRuns(first: 100) { nodes { id } pageInfo { hasNextPage } }
      } }`,
      { id: run.id },
    );

    expect(errors).toEqual([]);
    // They go out side by side.
    expect(gateway.calls().sort()).toEqual([`GET /v1/benchmark_runs/${run.id}`, listOf(run.id)]);
    const { scenarioRuns, all } = (
      data as {
        benchmarkRun: Record<
          'scenarioRuns' | 'all',
          {
            totalCount?: number;
            nodes: { id: string }[];
            pageInfo: { hasNextPage: boolean; endCursor?: string };
          }
        >;
      }
    ).benchmarkRun;
    expect(scenarioRuns).toMatchObject({ totalCount: 30, pageInfo: { hasNextPage: true } });
    expect(all.pageInfo.hasNextPage).toBe(false);
    expect(all.nodes).toHaveLength(30);
    expect(scenarioRuns.nodes.map(({ id }) => id)).toEqual(all.nodes.slice(0, 10).map(({ id }) => id));

    // The page after is the same one, whoever answers it.
    const next = (selection: string) =>
      gateway.query(
        `query($id: ID!, $after: String) { benchmarkRun(id: $id) { ${selection} scenarioRuns(first: 5, after: $after) { nodes { id } pageInfo { hasNextPage hasPreviousPage } } } }`,
        { id: run.id, after: scenarioRuns.pageInfo.endCursor },
      );
    const [alone, beside] = [await next(''), await next('progress { started }')];
    expect(beside.data).toMatchObject(alone.data as object);
  });

  it('of many benchmark runs cost a list each', async () => {
    await using gateway = await createTestGateway();
    const runs = Array.from({ length: 3 }, () => insertRun(gateway.world, { scenarioRuns: 2 }).run);

    await gateway.query('{ benchmarkRuns { nodes { progress { finished } stats { passed } } } }');

    expect(gateway.calls().slice(1).sort()).toEqual(runs.map(({ id }) => listOf(id)).sort());
  });

  it('read a list that is longer than a page to its end, and say where they stop', async () => {
    await using gateway = await createTestGateway({ env: { STATISTICS_MAX_SCENARIO_RUNS: '6000' } });
    const { run } = insertRun(gateway.world, { scenarioRuns: 6_001 });

    const { data } = await gateway.query(PROGRESS, { id: run.id });

    expect(data).toMatchObject({
      benchmarkRun: {
        progress: { started: 6_000, isExhaustive: false },
        stats: { sampleSize: 6_000, isComplete: false },
      },
    });
    const lists = gateway.calls().filter((call) => call.includes('/scenario_runs'));
    expect(lists).toHaveLength(2);
    expect(lists[1]).toContain('limit=1000&starting_after=scr_');
  });

  it('of what is final cost no list again, and of what is not are read anew', async () => {
    await using gateway = await createTestGateway({ env: NOTHING_ELSE_KEPT });
    const over = insertRun(gateway.world, { scenarioRuns: 3 });
    const active = insertRun(gateway.world, { scenarioRuns: 3, state: 'running' });
    const listsOf = async (id: string) => {
      await gateway.query(PROGRESS, { id });
      return gateway.calls().filter((call) => call.includes('/scenario_runs')).length;
    };

    expect([await listsOf(over.run.id), await listsOf(over.run.id)]).toEqual([1, 0]);
    expect([await listsOf(active.run.id), await listsOf(active.run.id)]).toEqual([1, 1]);
  });

  it('of what has just ended, and for who wants no cache, are read anew', async () => {
    await using gateway = await createTestGateway({ env: NOTHING_ELSE_KEPT });
    const { run } = insertRun(gateway.world, { scenarioRuns: 3 });
    const listsOf = async (headers: Readonly<Record<string, string>> = {}) => {
      await gateway.query(PROGRESS, { id: run.id }, { headers });
      return gateway.calls().filter((call) => call.includes('/scenario_runs')).length;
    };

    gateway.world.benchmarkRuns.update(run.id, {
      duration_ms: gateway.world.now() - run.start_time_ms,
    });
    expect([await listsOf(), await listsOf()]).toEqual([1, 1]);
    gateway.world.benchmarkRuns.update(run.id, { duration_ms: 60_000 });
    expect([await listsOf(), await listsOf()]).toEqual([1, 0]);
    expect([await listsOf({ 'cache-control': 'no-cache' }), await listsOf()]).toEqual([1, 0]);
  });

  it('that are cached are shared with no other account', async () => {
    await using gateway = await createTestGateway({
      env: { ...NOTHING_ELSE_KEPT, AUTH: 'passthrough', RUNLOOP_API_KEY: '' },
    });
    const { run } = insertRun(gateway.world, { scenarioRuns: 3 });
    const listsAs = async (key: string) => {
      await gateway.query(PROGRESS, { id: run.id }, { headers: { authorization: `Bearer ${key}` } });
      return gateway.calls().filter((call) => call.includes('/scenario_runs')).length;
    };

    expect([await listsAs('ak_one'), await listsAs('ak_one'), await listsAs('ak_two')]).toEqual([1, 0, 1]);
  });

  it('are cached up to their bound, the least recently used evicted first', async () => {
    await using gateway = await createTestGateway({
      env: { ...NOTHING_ELSE_KEPT, STATISTICS_CACHED_SCENARIO_RUNS: '8' },
    });
    const runs = Array.from({ length: 3 }, () => insertRun(gateway.world, { scenarioRuns: 3 }).run.id);
    const listsOf = async (index: number) => {
      await gateway.query(PROGRESS, { id: runs[index] });
      return gateway.calls().filter((call) => call.includes('/scenario_runs')).length;
    };

    // Two fit; using the first again makes the second the one that gives way to the third.
    expect([await listsOf(0), await listsOf(1), await listsOf(0), await listsOf(2)]).toEqual([1, 1, 0, 1]);
    expect([await listsOf(0), await listsOf(1)]).toEqual([0, 1]);
  });
});
