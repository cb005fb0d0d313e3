import { describe, expect, it } from 'vitest';
import type { World } from '../../src/simulator/simulator.ts';
import { LEADERBOARD } from '../support/canonical-queries.ts';
import { createTestGateway } from '../support/gateway.ts';

/** A number that rounding may have moved. */
const near = (value: number, digits = 12): unknown => expect.closeTo(value, digits);

/** Long enough ago for what has ended since to be settled. */
const AN_HOUR_AGO = Date.now() - 3_600_000;

interface Given {
  readonly model?: string;
  readonly state?: 'running' | 'completed' | 'canceled';
  /** Of each scenario in turn; null is a run that failed. */
  readonly scores: readonly (number | null)[];
}

/** A benchmark with runs, the last given being the newest. */
function insertBenchmark(world: World, given: readonly Given[]) {
  const scenarioIds = ['a', 'b', 'c'].map((name) => world.insert.scenario({ name }).id);
  const benchmark = world.insert.benchmark({ scenarioIds });
  const devbox = world.insert.devbox({ status: 'shutdown' });
  const runs = given.map(({ model, state = 'completed', scores }) => {
    const run = world.insert.benchmarkRun({
      benchmark_id: benchmark.id,
      state,
      start_time_ms: AN_HOUR_AGO,
      duration_ms: state === 'running' ? null : 1_000,
      metadata: model === undefined ? {} : { model },
    });
    for (const [index, score] of scores.entries()) {
      world.insert.scenarioRun({
        scenario_id: scenarioIds[index]!,
        benchmark_run_id: run.id,
        devbox_id: devbox.id,
        start_time_ms: AN_HOUR_AGO,
        state: score === null ? 'failed' : 'completed',
        scoring_contract_result: score === null ? null : { score, scoring_function_results: [] },
        metadata: model === undefined ? {} : { model },
      });
    }
    return run.id;
  });
  return { benchmark, runs, scenarioIds };
}

const GIVEN: readonly Given[] = [
  { model: 'opus', scores: [1, 1, 0] },
  { model: 'haiku', scores: [0, 0.5, null] },
  { model: 'opus', scores: [1, 0, 0] },
  { scores: [1, 1, 1] },
];

describe('a leaderboard', () => {
  it('ranks the groups of runs by what passed', async () => {
    await using gateway = await createTestGateway();
    const { benchmark } = insertBenchmark(gateway.world, GIVEN);

    const { data, errors } = await gateway.query(LEADERBOARD, { id: benchmark.id, by: 'model' });

    expect(errors).toEqual([]);
    expect(data).toEqual({
      benchmark: {
        name: benchmark.name,
        leaderboard: {
          by: 'model',
          runs: 4,
          runsWithout: 1,
          isExhaustive: true,
          rows: [
            {
              value: 'opus',
              runs: 2,
              sampleSize: 6,
              passed: 3,
              passRate: { value: 0.5, low: near(0.1876, 4), high: near(0.8124, 4) },
              scoredPassRate: { value: 0.5, low: near(0.1876, 4), high: near(0.8124, 4) },
              coverage: { value: 1, low: near(0.6097, 4), high: 1 },
              meanScore: 0.5,
              totalDurationMs: 2_000,
              attempts: { passAtK: near(2 / 3), passHatK: near(1 / 3) },
            },
            {
              value: 'haiku',
              runs: 1,
              sampleSize: 3,
              passed: 0,
              passRate: { value: 0, low: 0, high: near(0.5615, 4) },
              // Of three runs one timed out.
              scoredPassRate: { value: 0, low: 0, high: near(0.6576, 4) },
              coverage: { value: 2 / 3, low: near(0.2077, 4), high: near(0.9385, 4) },
              meanScore: 0.25,
              totalDurationMs: 1_000,
              attempts: { passAtK: null, passHatK: null },
            },
          ],
        },
      },
    });
  });

  it('costs a list for the runs and one for each of them, shared with the attempts beside it, and none again', async () => {
    await using gateway = await createTestGateway();
    const { benchmark, runs } = insertBenchmark(gateway.world, GIVEN);
    const ask = () =>
      gateway.query(
        `query($id: ID!) { benchmark(id: $id) {
          leaderboard(by: "model") { runs }
          agents: leaderboard(by: "agent") { runsWithout }
          attempts { runs attempts { total } }
        } }`,
        { id: benchmark.id },
      );

    const { data } = await ask();
    expect(data).toEqual({
      benchmark: {
        leaderboard: { runs: 4 },
        agents: { runsWithout: 4 },
        attempts: { runs: 4, attempts: { total: 12 } },
      },
    });
    expect(gateway.calls().slice(1).sort()).toEqual(
      [
        `GET /v1/benchmark_runs?benchmark_id=${benchmark.id}&limit=100&include_total_count=false`,
        ...runs.map(
          (id) => `GET /v1/benchmark_runs/${id}/scenario_runs?limit=5000&include_total_count=false`,
        ),
      ].sort(),
    );
    await ask();
    expect(gateway.calls().filter((call) => call.includes('/scenario_runs'))).toEqual([]);
  });

  it('counts the newest runs up to its bounds, and says where it stops', async () => {
    await using gateway = await createTestGateway({ env: { STATISTICS_MAX_BENCHMARK_RUNS: '2' } });
    const { benchmark } = insertBenchmark(gateway.world, GIVEN);
    const ask = async (args: string) => {
      const { data, errors } = await gateway.query(
        `query($id: ID!) { benchmark(id: $id) { leaderboard(by: "model"${args}) { runs runsWithout isExhaustive } } }`,
        { id: benchmark.id },
      );
      return errors[0]?.message ?? (data as { benchmark: { leaderboard: unknown } }).benchmark.leaderboard;
    };

    expect(await ask('')).toEqual({ runs: 2, runsWithout: 1, isExhaustive: false });
    expect(await ask(', last: 1')).toEqual({ runs: 1, runsWithout: 1, isExhaustive: false });
    expect(await ask(', last: 3')).toBe('Expected `last` to be 1 to 2, got 3');
  });

  it('stops when it has counted enough scenario runs', async () => {
    await using gateway = await createTestGateway({ env: { STATISTICS_MAX_POOLED_SCENARIO_RUNS: '3' } });
    const { benchmark } = insertBenchmark(gateway.world, [...GIVEN, ...GIVEN, ...GIVEN]);

    const { data } = await gateway.query(
      'query($id: ID!) { benchmark(id: $id) { leaderboard(by: "model") { runs isExhaustive } } }',
      { id: benchmark.id },
    );

    // They are read eight at a time.
    expect(data).toEqual({ benchmark: { leaderboard: { runs: 8, isExhaustive: false } } });
  });

  it('counts only the runs that meet its filter', async () => {
    await using gateway = await createTestGateway();
    const { benchmark } = insertBenchmark(gateway.world, [
      ...GIVEN,
      { model: 'opus', state: 'canceled', scores: [0] },
    ]);
    const rowsWith = async (filter: string) => {
      const { data } = await gateway.query(
        `query($id: ID!) { benchmark(id: $id) { leaderboard(by: "model", filter: ${filter}) { rows { value runs } isExhaustive } } }`,
        { id: benchmark.id },
      );
      return (data as { benchmark: { leaderboard: unknown } }).benchmark.leaderboard;
    };

    expect(await rowsWith('{ state: COMPLETED }')).toEqual({
      rows: [
        { value: 'opus', runs: 2 },
        { value: 'haiku', runs: 1 },
      ],
      isExhaustive: true,
    });
    expect(await rowsWith('{ metadata: [{ key: "model", value: "haiku" }] }')).toMatchObject({
      rows: [{ value: 'haiku', runs: 1 }],
    });
  });

  it('that cannot be read is null with an error on its path, and the rest stands', async () => {
    await using gateway = await createTestGateway({ env: { UPSTREAM_RETRIES: '0' } });
    const { benchmark, runs } = insertBenchmark(gateway.world, GIVEN);
    gateway.simulator.faults.add({
      path: `/v1/benchmark_runs/${runs[0]!}/scenario_runs`,
      kind: 'status',
      status: 500,
    });

    const { data, errors } = await gateway.query(LEADERBOARD, { id: benchmark.id, by: 'model' });

    expect(data).toEqual({ benchmark: { name: benchmark.name, leaderboard: null } });
    expect(errors).toMatchObject([{ path: ['benchmark', 'leaderboard'] }]);
  });
});

describe('the attempts at a benchmark', () => {
  it('are pooled over its runs, scenario by scenario', async () => {
    await using gateway = await createTestGateway();
    const { benchmark } = insertBenchmark(gateway.world, GIVEN);

    const { data, errors } = await gateway.query(
      `query($id: ID!) { benchmark(id: $id) { attempts {
        runs isExhaustive
        attempts {
          scenarios four: scenarios(attempts: 4) five: scenarios(attempts: 5) total
          one: passAtK(k: 1) two: passAtK(k: 2) all: passHatK(k: 2) none: passAtK(k: 5)
          flakeRate
          flaky(first: 2) { scenario { name } attempts passed flakeRate }
        }
      } } }`,
      { id: benchmark.id },
    );

    expect(errors).toEqual([]);
    // Of four attempts each, a passed 3, b 2 and c 1.
    expect(data).toEqual({
      benchmark: {
        attempts: {
          runs: 4,
          isExhaustive: true,
          attempts: {
            scenarios: 3,
            four: 3,
            five: 0,
            total: 12,
            one: near(6 / 12),
            // 1 − C(1, 2)/6, 1 − C(2, 2)/6, 1 − C(3, 2)/6
            two: near((1 + 5 / 6 + 3 / 6) / 3),
            all: near((3 / 6 + 1 / 6 + 0) / 3),
            none: null,
            flakeRate: near((6 / 12 + 8 / 12 + 6 / 12) / 3),
            flaky: [
              { scenario: { name: 'b' }, attempts: 4, passed: 2, flakeRate: near(2 / 3) },
              expect.objectContaining({ attempts: 4, flakeRate: 0.5 }),
            ],
          },
        },
      },
    });
  });

  it('within one benchmark run tell when scenarios run more than once', async () => {
    await using gateway = await createTestGateway();
    const scenario = gateway.world.insert.scenario();
    const run = gateway.world.insert.benchmarkRun();
    for (const state of ['completed', 'completed', 'timeout', 'running'] as const) {
      gateway.world.insert.scenarioRun({ scenario_id: scenario.id, benchmark_run_id: run.id, state });
    }

    const { data } = await gateway.query(
      'query($id: ID!) { benchmarkRun(id: $id) { stats { attempts { total passAtK(k: 2) passHatK(k: 2) flakeRate } } } }',
      { id: run.id },
    );

    expect(data).toEqual({
      benchmarkRun: {
        stats: {
          attempts: {
            total: 3,
            passAtK: 1,
            passHatK: near(1 / 3),
            flakeRate: near(2 / 3),
          },
        },
      },
    });
  });

  it.each(['passAtK(k: 0)', 'passHatK(k: 1001)', 'scenarios(attempts: 0)', 'flaky(first: 0) { passed }'])(
    'refuse %s',
    async (selection) => {
      await using gateway = await createTestGateway();
      const { benchmark } = insertBenchmark(gateway.world, GIVEN);

      const { errors } = await gateway.query(
        `query($id: ID!) { benchmark(id: $id) { attempts { attempts { ${selection} } } } }`,
        { id: benchmark.id },
      );

      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    },
  );
});

describe('the history of a scenario', () => {
  const HISTORY = `
    sampleSize passed failed errored outcomes meanScore isExhaustive flakeRate
    passRate { value } duration { max }
    two: passAtK(k: 2) all: passHatK(k: 2) none: passAtK(k: 9)`;

  it('says how often it passes and how reliably, in one call', async () => {
    await using gateway = await createTestGateway();
    const { scenarioIds } = insertBenchmark(gateway.world, GIVEN);
    gateway.world.insert.scenarioRun({ scenario_id: scenarioIds[2]!, state: 'running' });

    const { data, errors } = await gateway.query(
      `query($id: ID!) { scenario(id: $id) { history { ${HISTORY} } } }`,
      { id: scenarioIds[2] },
    );

    expect(errors).toEqual([]);
    expect(data).toEqual({
      scenario: {
        history: {
          sampleSize: 4,
          passed: 1,
          failed: 2,
          errored: 1,
          outcomes: ['PASSED', 'FAILED', 'ERRORED', 'FAILED'],
          meanScore: near(1 / 3),
          isExhaustive: true,
          passRate: { value: 0.25 },
          duration: { max: 60_000 },
          // 1 − C(3, 2)/C(4, 2), then C(1, 2) = 0, then too few
          two: 0.5,
          all: 0,
          none: null,
          flakeRate: 0.5,
        },
      },
    });
    expect(gateway.calls()).toEqual([
      `GET /v1/scenarios/${scenarioIds[2]!}`,
      `GET /v1/scenarios/runs?scenario_id=${scenarioIds[2]!}&limit=100&include_total_count=false`,
    ]);
  });

  it('is of the last runs, and of those that meet a filter', async () => {
    await using gateway = await createTestGateway();
    const { scenarioIds } = insertBenchmark(gateway.world, GIVEN);
    const ask = async (args: string) => {
      const { data, errors } = await gateway.query(
        `query($id: ID!) { scenario(id: $id) { history(${args}) { outcomes isExhaustive } } }`,
        { id: scenarioIds[1] },
      );
      return errors[0]?.message ?? (data as { scenario: { history: unknown } }).scenario.history;
    };

    expect(await ask('last: 2')).toEqual({ outcomes: ['PASSED', 'FAILED'], isExhaustive: false });
    expect(await ask('filter: { metadata: [{ key: "model", value: "opus" }] }')).toEqual({
      outcomes: ['FAILED', 'PASSED'],
      isExhaustive: true,
    });
    expect(await ask('last: 0')).toBe('Expected `last` to be 1 to 1000, got 0');
  });
});
