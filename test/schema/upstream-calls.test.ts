import { describe, expect, it } from 'vitest';
import type { World } from '../../src/simulator/simulator.ts';
import { BOARD, DASHBOARD, DETAIL } from '../support/canonical-queries.ts';
import { createTestGateway, UNCACHED } from '../support/gateway.ts';

/** A benchmark run whose scenario runs each have a scenario and a devbox of their own. */
function insertBenchmarkRun(world: World, scenarioRuns: number) {
  const scenarios = Array.from({ length: scenarioRuns }, () => world.insert.scenario());
  const benchmark = world.insert.benchmark({ scenarioIds: scenarios.map(({ id }) => id) });
  const run = world.insert.benchmarkRun({ benchmark_id: benchmark.id });
  const runs = scenarios.map(({ id }) =>
    world.insert.scenarioRun({ scenario_id: id, benchmark_run_id: run.id }),
  );
  return { benchmark, run, runs };
}

/** How many calls there were to each route. */
function countByRoute(calls: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const call of calls) {
    const route = call.replace(/\?.*/, '').replace(/\/[a-z]{3}_[A-Za-z0-9]+/, '/{id}');
    counts[route] = (counts[route] ?? 0) + 1;
  }
  return counts;
}

describe('the dashboard', () => {
  it('costs a call for the run, one for its list, one for all scenarios and two for all devboxes', async () => {
    await using gateway = await createTestGateway();
    const { run } = insertBenchmarkRun(gateway.world, 60);

    const { errors } = await gateway.query(DASHBOARD, { id: run.id });

    expect(errors).toEqual([]);
    expect(countByRoute(gateway.calls())).toEqual({
      'GET /v1/benchmark_runs/{id}': 1,
      'GET /v1/benchmark_runs/{id}/scenario_runs': 1,
      'GET /v1/scenarios': 1,
      'GET /v1/devboxes': 1,
      'GET /v1/devboxes/{id}': 1,
    });
  });

  it('asks for a scenario once, however many runs there are of it', async () => {
    await using gateway = await createTestGateway();
    const scenario = gateway.world.insert.scenario();
    const run = gateway.world.insert.benchmarkRun();
    for (let runs = 0; runs < 10; runs++) {
      gateway.world.insert.scenarioRun({ scenario_id: scenario.id, benchmark_run_id: run.id });
    }

    await gateway.query(DASHBOARD, { id: run.id });

    expect(countByRoute(gateway.calls())).toMatchObject({
      'GET /v1/scenarios/{id}': 1,
      'GET /v1/devboxes/{id}': 1,
    });
  });

  it('costs a call for each scenario and devbox when no list may be guessed at', async () => {
    await using gateway = await createTestGateway({ env: { PLAN_MAX_ROWS: '0' } });
    const { run } = insertBenchmarkRun(gateway.world, 60);

    const { data } = await gateway.query(DASHBOARD, { id: run.id });

    expect(countByRoute(gateway.calls())).toEqual({
      'GET /v1/benchmark_runs/{id}': 1,
      'GET /v1/benchmark_runs/{id}/scenario_runs': 1,
      'GET /v1/scenarios/{id}': 50,
      'GET /v1/devboxes/{id}': 50,
    });
    await using guessing = await createTestGateway({ env: { RUNLOOP_BASE_URL: gateway.simulator.url } });
    expect((await guessing.query(DASHBOARD, { id: run.id })).data).toEqual(data);
  });

  it('finds devboxes among those of other runs that were started at the same time', async () => {
    await using gateway = await createTestGateway();
    const { run } = insertBenchmarkRun(gateway.world, 0);
    for (let index = 0; index < 50; index++) {
      gateway.world.insert.scenarioRun({ benchmark_run_id: run.id });
      if (index % 5 === 0) gateway.world.insert.scenarioRun();
    }

    const { errors } = await gateway.query(DASHBOARD, { id: run.id });

    expect(errors).toEqual([]);
    expect(countByRoute(gateway.calls())).toMatchObject({
      'GET /v1/devboxes': 1,
      'GET /v1/devboxes/{id}': 1,
    });
  });
});

describe('the board', () => {
  it('costs a call for the list, one for the scenario runs of each, and one for all benchmarks', async () => {
    await using gateway = await createTestGateway();
    const { benchmark } = insertBenchmarkRun(gateway.world, 2);
    for (let runs = 0; runs < 19; runs++) gateway.world.insert.benchmarkRun({ benchmark_id: benchmark.id });
    insertBenchmarkRun(gateway.world, 2);

    const { errors } = await gateway.query(BOARD);

    expect(errors).toEqual([]);
    expect(countByRoute(gateway.calls())).toEqual({
      'GET /v1/benchmark_runs': 1,
      'GET /v1/benchmark_runs/{id}/scenario_runs': 20,
      'GET /v1/benchmarks': 1,
    });
  });
});

describe('the detail', () => {
  it('costs a call for each thing that is shown', async () => {
    await using gateway = await createTestGateway();
    const { runs } = insertBenchmarkRun(gateway.world, 1);

    const { errors } = await gateway.query(DETAIL, { id: runs[0]?.id });

    expect(errors).toEqual([]);
    expect(countByRoute(gateway.calls())).toEqual({
      'GET /v1/scenarios/runs/{id}': 1,
      'GET /v1/scenarios/{id}': 1,
      'GET /v1/devboxes/{id}': 1,
      'GET /v1/benchmark_runs/{id}': 1,
    });
  });
});

describe('a list', () => {
  it('primes the look-ups by id', async () => {
    await using gateway = await createTestGateway();
    insertBenchmarkRun(gateway.world, 3);

    await gateway.query('{ scenarioRuns { nodes { benchmarkRun { scenarioRuns { nodes { id } } } } } }');
    const [list, ...rest] = gateway.calls();

    expect(list).toBe('GET /v1/scenarios/runs?limit=20&include_total_count=false');
    expect(countByRoute(rest)).toEqual({
      'GET /v1/benchmark_runs/{id}': 1,
      'GET /v1/benchmark_runs/{id}/scenario_runs': 1,
    });
  });

  it('that was read answers a look-up by id without a call', async () => {
    await using gateway = await createTestGateway();
    const { runs } = insertBenchmarkRun(gateway.world, 1);

    await gateway.query(
      '{ benchmarkRuns { nodes { scenarioRuns { nodes { benchmarkRun { id scenarioRuns(first: 5) { nodes { id } } } } } } } }',
    );

    expect(runs).toHaveLength(1);
    expect(countByRoute(gateway.calls())).toEqual({
      'GET /v1/benchmark_runs': 1,
      // The second list has another page size, so it is another list; the run itself came with the first.
      'GET /v1/benchmark_runs/{id}/scenario_runs': 2,
    });
  });

  it('asked for twice is read once', async () => {
    await using gateway = await createTestGateway();
    insertBenchmarkRun(gateway.world, 1);

    const { data } = await gateway.query(
      '{ a: scenarioRuns(first: 5) { nodes { id } } b: scenarioRuns(first: 5) { nodes { id } pageInfo { endCursor } } }',
    );

    expect(data).toMatchObject({ a: { nodes: [{}] }, b: { nodes: [{}] } });
    expect(gateway.calls()).toHaveLength(1);
  });

  it('is counted in the same call, and only when the count is selected', async () => {
    await using gateway = await createTestGateway();
    insertBenchmarkRun(gateway.world, 30);

    await gateway.query('{ scenarioRuns(first: 5) { nodes { id } } }');
    const { data } = await gateway.query('{ scenarioRuns(first: 5) { totalCount nodes { id } } }');

    expect(data).toMatchObject({ scenarioRuns: { totalCount: 30 } });
    expect(gateway.calls()).toEqual([
      'GET /v1/scenarios/runs?limit=5&include_total_count=false',
      'GET /v1/scenarios/runs?limit=5&include_total_count=true',
    ]);
  });

  it('of which only the count is selected is counted without reading a row', async () => {
    await using gateway = await createTestGateway();
    insertBenchmarkRun(gateway.world, 30);

    const { data } = await gateway.query('{ scenarioRuns { totalCount } }');

    expect(data).toEqual({ scenarioRuns: { totalCount: 30 } });
    expect(gateway.calls()).toEqual(['GET /v1/scenarios/runs?limit=0&include_total_count=true']);
  });

  it('of which nothing is selected costs nothing', async () => {
    await using gateway = await createTestGateway();

    const { data } = await gateway.query('{ scenarioRuns { __typename } }');

    expect(data).toEqual({ scenarioRuns: { __typename: 'ScenarioRunConnection' } });
    expect(gateway.calls()).toEqual([]);
  });
});

describe('a heavy field', () => {
  it('costs its call only when it is selected', async () => {
    await using gateway = await createTestGateway({ env: UNCACHED });
    const devbox = gateway.world.insert.devbox();

    await gateway.query('query($id: ID!) { devbox(id: $id) { status } }', { id: devbox.id });
    expect(gateway.calls()).toHaveLength(1);
    await gateway.query(
      'query($id: ID!) { devbox(id: $id) { usage { vcpuSec } logs { totalCount nodes { message } } } }',
      {
        id: devbox.id,
      },
    );

    expect(countByRoute(gateway.calls())).toEqual({
      'GET /v1/devboxes/{id}': 1,
      'GET /v1/devboxes/{id}/usage': 1,
      'GET /v1/devboxes/{id}/logs': 1,
    });
  });
});

describe('the outcomes of a job', () => {
  it('cost a call for all scenario runs of a benchmark run, and one for all scenarios', async () => {
    await using gateway = await createTestGateway();
    const { run, runs } = insertBenchmarkRun(gateway.world, 10);
    const job = gateway.world.insert.benchmarkJob({
      state: 'completed',
      benchmark_outcomes: [
        {
          benchmark_run_id: run.id,
          agent_name: 'claude-code',
          model_name: null,
          n_completed: 10,
          n_failed: 0,
          n_timeout: 0,
          average_score: 1,
          duration_ms: 1,
          scenario_outcomes: runs.map(({ id, scenario_id }) => ({
            scenario_run_id: id,
            scenario_definition_id: scenario_id,
            scenario_name: 'a scenario',
            state: 'COMPLETED',
            score: 1,
            duration_ms: 1,
            failure_reason: null,
          })),
        },
      ],
    });

    const { errors } = await gateway.query(
      `query($id: ID!) { benchmarkJob(id: $id) { outcomes {
        benchmarkRun { name } scenarioOutcomes { scenarioRun { state } scenario { name } }
      } } }`,
      { id: job.id },
    );

    expect(errors).toEqual([]);
    expect(countByRoute(gateway.calls())).toEqual({
      'GET /v1/benchmark_jobs/{id}': 1,
      'GET /v1/benchmark_runs/{id}': 1,
      'GET /v1/benchmark_runs/{id}/scenario_runs': 1,
      'GET /v1/scenarios': 1,
    });
  });
});
