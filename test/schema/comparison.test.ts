import { describe, expect, it } from 'vitest';
import type { World } from '../../src/simulator/simulator.ts';
import { COMPARISON } from '../support/canonical-queries.ts';
import { createTestGateway } from '../support/gateway.ts';

/** Long enough ago for what has ended since to be settled. */
const AN_HOUR_AGO = Date.now() - 3_600_000;

/** A benchmark run of these scenarios with these scores; null is a run that timed out. */
function insertRun(world: World, benchmarkId: string, scores: readonly (readonly [string, number | null])[]) {
  const run = world.insert.benchmarkRun({
    benchmark_id: benchmarkId,
    state: 'completed',
    start_time_ms: AN_HOUR_AGO,
  });
  const devbox = world.insert.devbox({ status: 'shutdown' });
  const runs = scores.map(([scenarioId, score]) =>
    world.insert.scenarioRun({
      scenario_id: scenarioId,
      benchmark_run_id: run.id,
      devbox_id: devbox.id,
      start_time_ms: AN_HOUR_AGO,
      state: score === null ? 'timeout' : 'completed',
      scoring_contract_result: score === null ? null : { score, scoring_function_results: [] },
    }),
  );
  return { id: run.id, runs };
}

function insertPair(world: World) {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => world.insert.scenario({ name }).id) as [
    string,
    string,
    string,
    string,
  ];
  const benchmark = world.insert.benchmark({ scenarioIds: [a, b, c, d] });
  const base = insertRun(world, benchmark.id, [
    [a, 1],
    [b, 1],
    [c, 0],
  ]);
  const head = insertRun(world, benchmark.id, [
    [a, 1],
    [a, 1],
    [b, null],
    [c, 1],
    [d, 0.5],
  ]);
  return { benchmark, base, head, scenarios: { a, b, c, d } };
}

const ANYTHING: unknown = expect.anything();

describe('comparing two benchmark runs', () => {
  it('tells scenario by scenario what changed', async () => {
    await using gateway = await createTestGateway();
    const { base, head } = insertPair(gateway.world);

    const { data, errors } = await gateway.query(COMPARISON, { base: base.id, head: head.id });

    expect(errors).toEqual([]);
    expect(data).toEqual({
      compareBenchmarkRuns: {
        base: { id: base.id, name: null, stats: { meanScore: 2 / 3, passRate: ANYTHING } },
        head: { id: head.id, name: null, stats: { meanScore: 0.875, passRate: ANYTHING } },
        regressed: 0,
        fixed: 1,
        unchanged: 1,
        erroredInBase: 0,
        erroredInHead: 1,
        onlyInBase: 0,
        onlyInHead: 1,
        scoreDelta: 0.5,
        pValue: 1,
        isComplete: true,
        isExhaustive: true,
        scenarios: [
          {
            scenario: { name: 'c' },
            change: 'FIXED',
            scoreDelta: 1,
            base: { score: 0, outcome: 'FAILED', attempts: 1, passed: 0 },
            head: { score: 1, outcome: 'PASSED', attempts: 1, passed: 1 },
          },
          {
            scenario: { name: 'b' },
            change: 'ERRORED_IN_HEAD',
            scoreDelta: null,
            base: { score: 1, outcome: 'PASSED', attempts: 1, passed: 1 },
            head: { score: null, outcome: 'ERRORED', attempts: 1, passed: 0 },
          },
          {
            scenario: { name: 'd' },
            change: 'ONLY_IN_HEAD',
            scoreDelta: null,
            base: null,
            head: { score: 0.5, outcome: 'FAILED', attempts: 1, passed: 0 },
          },
          {
            scenario: { name: 'a' },
            change: 'UNCHANGED',
            scoreDelta: 0,
            base: { score: 1, outcome: 'PASSED', attempts: 1, passed: 1 },
            head: { score: 1, outcome: 'PASSED', attempts: 2, passed: 2 },
          },
        ],
      },
    });
  });

  it('costs the look-up of both in one call, two lists, and the scenarios of the benchmark in one', async () => {
    await using gateway = await createTestGateway();
    const { base, head, benchmark } = insertPair(gateway.world);

    await gateway.query(COMPARISON, { base: base.id, head: head.id });

    expect(gateway.calls().sort()).toEqual(
      [
        'GET /v1/benchmark_runs?limit=100&include_total_count=false',
        `GET /v1/benchmark_runs/${base.id}/scenario_runs?limit=5000&include_total_count=false`,
        `GET /v1/benchmark_runs/${head.id}/scenario_runs?limit=5000&include_total_count=false`,
        `GET /v1/scenarios?benchmark_id=${benchmark.id}&limit=100&include_total_count=false`,
      ].sort(),
    );
  });

  it('costs the look-ups alone when both are finished and were counted before', async () => {
    await using gateway = await createTestGateway();
    const { base, head } = insertPair(gateway.world);
    const count = async () => {
      await gateway.query(
        'query($base: ID!, $head: ID!) { compareBenchmarkRuns(base: $base, head: $head) { regressed pValue } }',
        { base: base.id, head: head.id },
      );
      return gateway.calls().filter((call) => call.includes('/scenario_runs')).length;
    };

    expect([await count(), await count()]).toEqual([2, 0]);
  });

  it('filters and pages its scenarios', async () => {
    await using gateway = await createTestGateway();
    const { base, head, scenarios } = insertPair(gateway.world);
    const names = async (args: string) => {
      const { data, errors } = await gateway.query(
        `query($base: ID!, $head: ID!) { compareBenchmarkRuns(base: $base, head: $head) { scenarios${args} { scenario { name } } } }`,
        { base: base.id, head: head.id },
      );
      if (errors.length > 0) return errors[0]?.message;
      const { compareBenchmarkRuns } = data as {
        compareBenchmarkRuns: { scenarios: { scenario: { name: string } }[] };
      };
      return compareBenchmarkRuns.scenarios.map(({ scenario }) => scenario.name).join('');
    };

    expect(await names('(change: REGRESSED)')).toBe('');
    expect(await names('(change: ERRORED_IN_HEAD)')).toBe('b');
    expect(await names('(change: [FIXED, UNCHANGED])')).toBe('ca');
    expect(await names('(change: ONLY_IN_BASE)')).toBe('');
    expect(await names('(first: 2)')).toBe('cb');
    expect(await names(`(first: 2, after: "${scenarios.b}")`)).toBe('da');
    expect(await names(`(after: "${scenarios.a}")`)).toBe('');
    expect(await names('(after: "scn_nowhere")')).toContain('Expected `after`');
    expect(await names('(first: 501)')).toBe('Expected `first` to be 1 to 500, got 501');
  });

  it('shows the attempts themselves, without another call', async () => {
    await using gateway = await createTestGateway();
    const { base, head } = insertPair(gateway.world);

    const { data } = await gateway.query(
      `query($base: ID!, $head: ID!) { compareBenchmarkRuns(base: $base, head: $head) {
        scenarios(change: UNCHANGED) { head { scenarioRuns { id state benchmarkRun { id } } } }
      } }`,
      { base: base.id, head: head.id },
    );

    expect(data).toMatchObject({
      compareBenchmarkRuns: {
        scenarios: [
          {
            head: {
              scenarioRuns: [
                { id: head.runs[1]?.id, state: 'COMPLETED', benchmarkRun: { id: head.id } },
                { id: head.runs[0]?.id },
              ],
            },
          },
        ],
      },
    });
    // Both benchmark runs at once, and their lists.
    expect(gateway.calls()).toHaveLength(3);
  });

  it('is NOT_FOUND for an unknown id, and reads no list for an invalid one', async () => {
    await using gateway = await createTestGateway();
    const { base } = insertPair(gateway.world);

    const unknown = await gateway.query(COMPARISON, { base: base.id, head: 'bmr_nobody' });
    expect(unknown.errors).toMatchObject([
      { extensions: { code: 'NOT_FOUND' }, message: expect.stringContaining('bmr_nobody') as string },
    ]);
    gateway.calls();

    const hostile = await gateway.query(COMPARISON, { base: '../secrets', head: '../secrets' });
    expect(hostile.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(gateway.calls()).toEqual([]);
  });

  it('says that it is not complete while one of them goes on', async () => {
    await using gateway = await createTestGateway();
    const { base, head } = insertPair(gateway.world);
    gateway.world.benchmarkRuns.update(head.id, { state: 'running' });
    gateway.world.insert.scenarioRun({ benchmark_run_id: head.id });

    const { data } = await gateway.query(COMPARISON, { base: base.id, head: head.id });

    expect(data).toMatchObject({ compareBenchmarkRuns: { isComplete: false, isExhaustive: true } });
  });
});
