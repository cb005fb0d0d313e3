import { isListType, isNonNullType, isObjectType, type GraphQLOutputType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';

const RATES =
  'scored passRate { value low high } scoredPassRate { value low high } coverage { value low high }';

/** Wilson's 95 % interval, from its textbook form. */
function share(part: number, whole: number) {
  const [z, p] = [1.959963984540054, part / whole];
  const middle = p + (z * z) / (2 * whole);
  const spread = z * Math.sqrt((p * (1 - p)) / whole + (z * z) / (4 * whole * whole));
  const scale = 1 + (z * z) / whole;
  return {
    value: p,
    low: expect.closeTo((middle - spread) / scale, 10) as number,
    high: expect.closeTo((middle + spread) / scale, 10) as number,
  };
}

/** Two passed, one failed, one timed out, one has no score: of one scenario, in one run of one benchmark. */
const EXPECTED = {
  scored: 3,
  passRate: share(2, 5),
  scoredPassRate: share(2, 3),
  coverage: share(3, 5),
};

function insertRuns({ world }: TestGateway) {
  const scenario = world.insert.scenario();
  const benchmark = world.insert.benchmark({ scenarioIds: [scenario.id] });
  const run = world.insert.benchmarkRun({
    benchmark_id: benchmark.id,
    state: 'completed',
    metadata: { agent: 'a' },
  });
  const ends = [
    {},
    {},
    { scoring_contract_result: { score: 0.5, scoring_function_results: [] } },
    { state: 'timeout', scoring_contract_result: null },
    { scoring_contract_result: null },
  ] as const;
  for (const end of ends)
    world.insert.scenarioRun({
      scenario_id: scenario.id,
      benchmark_run_id: run.id,
      state: 'completed',
      ...end,
    });
  return { scenario, benchmark, run };
}

describe('wherever a rate stands', () => {
  it('it is of all, and beside it of what was scored, and of how much that is', async () => {
    await using gateway = await createTestGateway();
    const { scenario, benchmark, run } = insertRuns(gateway);
    gateway.world.insert.benchmarkJob({
      in_progress_runs: [
        {
          benchmark_run_id: run.id,
          start_time_ms: run.start_time_ms,
          state: 'completed',
          agent_config: null,
          duration_ms: 1,
        },
      ],
    });

    const { data, errors } = await gateway.query(`{
      benchmarkRun(id: "${run.id}") { stats { ${RATES} attempts { ${RATES} flaky { ${RATES} } } } }
      benchmarkJobs { nodes { agents { stats { ${RATES} } } } }
      benchmark(id: "${benchmark.id}") {
        leaderboard(by: "agent") { rows { ${RATES} attempts { ${RATES} } } }
        attempts { attempts { passed errored ${RATES} } }
      }
      scenario(id: "${scenario.id}") { history { ${RATES} } }
      compareBenchmarkRuns(base: "${run.id}", head: "${run.id}") { scenarios {
        base { ${RATES} } head { ${RATES} }
      } }
    }`);

    expect(errors).toEqual([]);
    expect(data).toEqual({
      benchmarkRun: { stats: { ...EXPECTED, attempts: { ...EXPECTED, flaky: [EXPECTED] } } },
      benchmarkJobs: { nodes: [{ agents: [{ stats: EXPECTED }] }] },
      benchmark: {
        leaderboard: { rows: [{ ...EXPECTED, attempts: EXPECTED }] },
        attempts: { attempts: { passed: 2, errored: 2, ...EXPECTED } },
      },
      scenario: { history: EXPECTED },
      compareBenchmarkRuns: { scenarios: [{ base: EXPECTED, head: EXPECTED }] },
    });
  });

  it('is null, not 0, of nothing', async () => {
    await using gateway = await createTestGateway();
    const { id } = gateway.world.insert.benchmarkRun();

    const { data } = await gateway.query(`{ benchmarkRun(id: "${id}") { stats { ${RATES} } } }`);

    expect(data).toEqual({
      benchmarkRun: { stats: { scored: 0, passRate: null, scoredPassRate: null, coverage: null } },
    });
  });

  it('has all three in the schema, on every type that counts what passed', () => {
    const bare = (type: GraphQLOutputType): GraphQLOutputType =>
      isNonNullType(type) || isListType(type) ? bare(type.ofType as GraphQLOutputType) : type;
    const counting = Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .filter((type) => 'passed' in type.getFields());

    expect(counting.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['RunStats', 'ScorerStats', 'LeaderboardRow', 'ScenarioHistory', 'Attempts']),
    );
    for (const type of counting)
      for (const rate of ['passRate', 'scoredPassRate', 'coverage'])
        expect([`${type.name}.${rate}`, String(bare(type.getFields()[rate]!.type))]).toEqual([
          `${type.name}.${rate}`,
          'Proportion',
        ]);
  });
});
