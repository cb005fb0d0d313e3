import { describe, expect, it } from 'vitest';
import type { World } from '../../src/simulator/simulator.ts';
import { createTestGateway, UNCACHED } from '../support/gateway.ts';

const FIGURES = `
  id
  progress { expected started running scoring finished pending fraction isExhaustive }
  stats {
    sampleSize isComplete passed failed errored meanScore
    passRate { value low high } scoredPassRate { value } coverage { value }
    scoreHistogram(buckets: 4) { count }
    duration { p50 max }
    scorers(first: 100) { name results meanScore }
    failures(first: 100) { reason scorer runs examples }
  }`;

interface Figures {
  readonly id: string;
  readonly progress: Readonly<Record<string, number | boolean | null>>;
  readonly stats: {
    readonly sampleSize: number;
    readonly meanScore: number | null;
    readonly passRate: { readonly value: number; readonly low: number; readonly high: number } | null;
    readonly scoredPassRate: { readonly value: number } | null;
    readonly coverage: { readonly value: number } | null;
    readonly scoreHistogram: readonly { readonly count: number }[];
    readonly duration: { readonly p50: number; readonly max: number } | null;
    readonly scorers: readonly {
      readonly name: string;
      readonly results: number;
      readonly meanScore: number;
    }[];
    readonly failures: readonly { readonly reason: string; readonly runs: number }[];
  };
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

/** What the upstream's own views say about a benchmark run, worked out from its wire rows alone. */
function countedIn(world: World, benchmarkRunId: string) {
  const runs = world.scenarioRuns.list({ benchmark_run_id: benchmarkRunId });
  const benchmarkId = world.benchmarkRuns.get(benchmarkRunId)?.benchmark_id;
  const finished = runs.filter(({ state }) => state !== 'running' && state !== 'scoring');
  const errored = finished.filter(
    ({ state, scoring_contract_result: result }) =>
      ['failed', 'timeout', 'canceled'].includes(state) || result === null,
  );
  const own = finished.filter((run) => !errored.includes(run));
  const passed = own.filter((run) => run.scoring_contract_result?.score === 1);
  const scores = finished.flatMap((run) =>
    run.scoring_contract_result ? [run.scoring_contract_result.score] : [],
  );
  const durations = finished
    .flatMap(({ duration_ms: ms }) => (ms === null ? [] : [ms]))
    .sort((a, b) => a - b);
  const results = finished.flatMap((run) => run.scoring_contract_result?.scoring_function_results ?? []);
  return {
    expected: world.benchmarks.get(benchmarkId ?? '')?.scenarioIds.length ?? null,
    started: runs.length,
    running: runs.filter(({ state }) => state === 'running').length,
    scoring: runs.filter(({ state }) => state === 'scoring').length,
    finished: finished.length,
    passed: passed.length,
    errored: errored.length,
    meanScore: mean(scores),
    quarters: [0, 1, 2, 3].map(
      (quarter) => scores.filter((score) => Math.min(3, Math.floor(score * 4)) === quarter).length,
    ),
    durations,
    results,
  };
}

/** Whether each scenario with a finished run has passed every one of them, by its id; null when each of them errored. */
function passesIn(world: World, benchmarkRunId: string): ReadonlyMap<string, boolean | null> {
  const passes = new Map<string, boolean | null>();
  for (const run of world.scenarioRuns.list({ benchmark_run_id: benchmarkRunId })) {
    if (run.state === 'running' || run.state === 'scoring') continue;
    const hasCome = run.state === 'scored' || run.state === 'completed';
    const earlier = passes.get(run.scenario_id) ?? null;
    const score = hasCome ? (run.scoring_contract_result?.score ?? null) : null;
    passes.set(run.scenario_id, score === null ? earlier : score === 1 && (earlier ?? true));
  }
  return passes;
}

describe('the figures of a benchmark run', () => {
  it('are what the upstream’s views count, in worlds that were played', async () => {
    for (const seed of [1, 2, 3]) {
      await using gateway = await createTestGateway({
        simulator: { seed, speed: 0, size: { scale: 0.1, scenarioRuns: 300, inProgress: 2 } },
      });
      const { world } = gateway;

      const { data, errors } = await gateway.query(`{ benchmarkRuns(first: 100) { nodes { ${FIGURES} } } }`);

      expect(errors).toEqual([]);
      const { nodes } = (data as { benchmarkRuns: { nodes: Figures[] } }).benchmarkRuns;
      expect(nodes.length).toBeGreaterThan(5);
      expect(nodes.some(({ progress }) => progress['running'] !== 0)).toBe(true);
      for (const { id, progress, stats } of nodes) {
        const counted = countedIn(world, id);
        const expected = Math.max(counted.expected ?? counted.started, counted.started);
        expect(progress).toEqual({
          expected,
          started: counted.started,
          running: counted.running,
          scoring: counted.scoring,
          finished: counted.finished,
          pending: expected - counted.started,
          fraction: counted.finished / expected,
          isExhaustive: true,
        });
        expect(stats).toMatchObject({
          sampleSize: counted.finished,
          passed: counted.passed,
          errored: counted.errored,
          failed: counted.finished - counted.passed - counted.errored,
          scoreHistogram: counted.quarters.map((count) => ({ count })),
        });
        if (counted.meanScore === null) expect(stats.meanScore).toBeNull();
        else expect(stats.meanScore).toBeCloseTo(counted.meanScore, 9);
        if (counted.finished === 0) expect(stats.passRate).toBeNull();
        else {
          const scored = counted.finished - counted.errored;
          expect(stats.passRate?.value).toBeCloseTo(counted.passed / counted.finished, 12);
          expect(stats.scoredPassRate?.value ?? 0).toBeCloseTo(
            scored === 0 ? 0 : counted.passed / scored,
            12,
          );
          expect(stats.coverage?.value).toBeCloseTo(scored / counted.finished, 12);
        }
        expect(stats.duration?.max).toBe(counted.durations.at(-1));
        expect(stats.scorers.reduce((sum, { results }) => sum + results, 0)).toBe(counted.results.length);
        for (const { name, meanScore } of stats.scorers) {
          const own = counted.results.filter(
            (result) => result.scoring_function_name === name && result.state !== 'error',
          );
          expect(meanScore).toBeCloseTo(mean(own.map(({ score }) => score)) ?? NaN, 9);
        }
        const failures = stats.failures.reduce((sum, { runs }) => sum + runs, 0);
        expect(failures).toBe(counted.finished - counted.passed);
      }
    }
  });

  it('are compared and ranked as the wire rows say, in worlds that were played', async () => {
    for (const seed of [4, 5]) {
      await using gateway = await createTestGateway({
        simulator: { seed, speed: 0, size: { scale: 0.1, scenarioRuns: 400, inProgress: 2 } },
      });
      const { world } = gateway;
      for (const benchmark of world.benchmarks.list()) {
        const runs = world.benchmarkRuns.list({ benchmark_id: benchmark.id });
        const { data, errors } = await gateway.query(
          'query($id: ID!) { benchmark(id: $id) { leaderboard(by: "agent") { runs runsWithout isExhaustive rows(first: 100) { value runs sampleSize passed } } } }',
          { id: benchmark.id },
        );
        expect(errors).toEqual([]);
        const { leaderboard } = (data as { benchmark: { leaderboard: { rows: { value: string }[] } } })
          .benchmark;
        const agents = new Set(runs.flatMap(({ metadata }) => metadata['agent'] ?? []));
        expect(leaderboard).toMatchObject({
          runs: runs.length,
          runsWithout: runs.filter(({ metadata }) => metadata['agent'] === undefined).length,
          isExhaustive: true,
        });
        expect(new Set(leaderboard.rows.map(({ value }) => value))).toEqual(agents);
        for (const row of leaderboard.rows) {
          const own = runs.filter(({ metadata }) => metadata['agent'] === row.value);
          const counts = own.map(({ id }) => countedIn(world, id));
          expect(row).toMatchObject({
            runs: own.length,
            sampleSize: counts.reduce((sum, { finished }) => sum + finished, 0),
            passed: counts.reduce((sum, { passed }) => sum + passed, 0),
          });
        }

        for (const [index, head] of runs.slice(0, -1).entries()) {
          const base = runs[index + 1]!;
          const { data: compared } = await gateway.query(
            'query($base: ID!, $head: ID!) { compareBenchmarkRuns(base: $base, head: $head) { regressed fixed unchanged erroredInBase erroredInHead onlyInBase onlyInHead } }',
            { base: base.id, head: head.id },
          );
          const [before, after] = [passesIn(world, base.id), passesIn(world, head.id)];
          const both = [...before.keys()].filter((id) => after.has(id));
          expect(compared).toEqual({
            compareBenchmarkRuns: {
              regressed: both.filter((id) => before.get(id) === true && after.get(id) === false).length,
              fixed: both.filter((id) => before.get(id) === false && after.get(id) === true).length,
              unchanged: both.filter((id) => before.get(id) !== null && before.get(id) === after.get(id))
                .length,
              erroredInBase: both.filter((id) => before.get(id) === null).length,
              erroredInHead: both.filter((id) => after.get(id) === null).length,
              onlyInBase: before.size - both.length,
              onlyInHead: after.size - both.length,
            },
          });
        }
      }
    }
  });

  it('of a run without scenario runs are empty, and no rate or mean is claimed', async () => {
    await using gateway = await createTestGateway();
    const benchmark = gateway.world.insert.benchmark({ scenarioIds: ['scn_1', 'scn_2'] });
    const run = gateway.world.insert.benchmarkRun({ benchmark_id: benchmark.id });

    const { data } = await gateway.query(`query($id: ID!) { benchmarkRun(id: $id) { ${FIGURES} } }`, {
      id: run.id,
    });

    expect(data).toMatchObject({
      benchmarkRun: {
        progress: { expected: 2, started: 0, finished: 0, pending: 2, fraction: 0, isExhaustive: true },
        stats: {
          sampleSize: 0,
          isComplete: false,
          meanScore: null,
          passRate: null,
          duration: null,
          scorers: [],
          failures: [],
        },
      },
    });
  });

  it('of a run without a benchmark claim no end while it goes on', async () => {
    await using gateway = await createTestGateway({ env: UNCACHED });
    const run = gateway.world.insert.benchmarkRun();
    gateway.world.insert.scenarioRun({ benchmark_run_id: run.id, state: 'completed' });
    const ask = async () => {
      const { data } = await gateway.query(`query($id: ID!) { benchmarkRun(id: $id) { ${FIGURES} } }`, {
        id: run.id,
      });
      return data;
    };

    expect(await ask()).toMatchObject({
      benchmarkRun: {
        progress: { expected: null, started: 1, finished: 1, pending: null, fraction: null },
        stats: { sampleSize: 1, isComplete: false },
      },
    });
    gateway.world.benchmarkRuns.update(run.id, { state: 'completed' });
    expect(await ask()).toMatchObject({
      benchmarkRun: { progress: { expected: 1, pending: 0, fraction: 1 }, stats: { isComplete: true } },
    });
  });

  it('of scenarios that run more than once expect as many as there are', async () => {
    await using gateway = await createTestGateway();
    const scenario = gateway.world.insert.scenario();
    const benchmark = gateway.world.insert.benchmark({ scenarioIds: [scenario.id] });
    const run = gateway.world.insert.benchmarkRun({ benchmark_id: benchmark.id });
    for (const state of ['completed', 'failed', 'running'] as const) {
      gateway.world.insert.scenarioRun({ benchmark_run_id: run.id, scenario_id: scenario.id, state });
    }

    const { data } = await gateway.query(`query($id: ID!) { benchmarkRun(id: $id) { ${FIGURES} } }`, {
      id: run.id,
    });

    expect(data).toMatchObject({
      benchmarkRun: { progress: { expected: 3, started: 3, finished: 2, pending: 0 } },
    });
  });

  it('count what could be read when one scenario run could not, and say so', async () => {
    await using gateway = await createTestGateway();
    const run = gateway.world.insert.benchmarkRun({ state: 'completed' });
    gateway.world.insert.scenarioRun({ benchmark_run_id: run.id, state: 'completed' });
    const odd = gateway.world.insert.scenarioRun({ benchmark_run_id: run.id, state: 'completed' });
    gateway.world.scenarioRuns.update(odd.id, { scenario_id: '' });

    const { data, errors } = await gateway.query(`query($id: ID!) { benchmarkRun(id: $id) { ${FIGURES} } }`, {
      id: run.id,
    });

    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      benchmarkRun: {
        progress: { started: 1, isExhaustive: false },
        stats: { sampleSize: 1, isComplete: false },
      },
    });
  });

  it('stand without what needs the benchmark when that cannot be fetched', async () => {
    await using gateway = await createTestGateway({ env: { UPSTREAM_RETRIES: '0' } });
    const benchmark = gateway.world.insert.benchmark({ scenarioIds: ['scn_1'] });
    const run = gateway.world.insert.benchmarkRun({ benchmark_id: benchmark.id });
    gateway.simulator.faults.add({ path: `/v1/benchmarks/${benchmark.id}`, kind: 'status', status: 500 });

    const { data, errors } = await gateway.query(
      'query($id: ID!) { benchmarkRun(id: $id) { progress { expected started } } }',
      { id: run.id },
    );

    expect(data).toEqual({ benchmarkRun: { progress: { expected: null, started: 0 } } });
    expect(errors).toMatchObject([{ path: ['benchmarkRun', 'progress', 'expected'] }]);
  });

  it.each([
    ['scoreHistogram(buckets: 0) { count }', 'Expected `buckets` to be 1 to 100, got 0'],
    ['scoreHistogram(buckets: 101) { count }', 'Expected `buckets` to be 1 to 100, got 101'],
    ['scorers(first: 0) { name }', 'Expected `first` to be 1 to 100, got 0'],
    ['failures(first: 101) { runs }', 'Expected `first` to be 1 to 100, got 101'],
  ])('refuse %s', async (selection, message) => {
    await using gateway = await createTestGateway();
    const run = gateway.world.insert.benchmarkRun();

    const { errors } = await gateway.query(
      `query($id: ID!) { benchmarkRun(id: $id) { stats { ${selection} } } }`,
      { id: run.id },
    );

    expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
