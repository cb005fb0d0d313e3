import { describe, expect, it } from 'vitest';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';

type End = 'passed' | 'failed' | 'timeout' | 'no score' | 'running';

/** How each scenario ended in the base and in the head. */
const SCENARIOS: readonly (readonly [base: End, head: End])[] = [
  ['passed', 'timeout'],
  ['passed', 'no score'],
  ['timeout', 'passed'],
  ['timeout', 'timeout'],
  ['passed', 'failed'],
  ['failed', 'passed'],
  ['passed', 'passed'],
  ['timeout', 'running'],
];

function insertRuns({ world }: TestGateway) {
  const sides = [world.insert.benchmarkRun(), world.insert.benchmarkRun()];
  const scenarioIds = SCENARIOS.map((ends) => {
    const { id } = world.insert.scenario();
    for (const [side, end] of ends.entries())
      world.insert.scenarioRun({
        scenario_id: id,
        benchmark_run_id: sides[side]!.id,
        state: end === 'timeout' || end === 'running' ? end : 'completed',
        ...(end === 'no score' ? { scoring_contract_result: null } : {}),
        ...(end === 'failed'
          ? { scoring_contract_result: { score: 0.5, scoring_function_results: [] } }
          : {}),
      });
    return id;
  });
  return { ids: `base: "${sides[0]!.id}", head: "${sides[1]!.id}"`, scenarioIds };
}

const COUNTS =
  'regressed fixed unchanged erroredInBase erroredInHead erroredInBoth onlyInBase onlyInHead scoreDelta pValue';

describe('a comparison of benchmark runs', () => {
  it('takes what infrastructure broke for no change of the agent', async () => {
    await using gateway = await createTestGateway();
    const { ids, scenarioIds } = insertRuns(gateway);

    const { data, errors } = await gateway.query(`{
      plain: compareBenchmarkRuns(${ids}) { ${COUNTS} scenarios { scenario { id } change } }
      told: compareBenchmarkRuns(${ids}, errored: EXCLUDE) { ${COUNTS} }
      broken: compareBenchmarkRuns(${ids}) {
        scenarios(change: [ERRORED_IN_HEAD]) { scenario { id } scoreDelta base { score } head { score outcome } }
      }
    }`);

    expect(errors).toEqual([]);
    const counts = {
      regressed: 1,
      fixed: 1,
      unchanged: 1,
      erroredInBase: 2,
      erroredInHead: 3,
      erroredInBoth: 1,
      onlyInBase: 1,
      onlyInHead: 0,
      scoreDelta: 0,
      pValue: 1,
    };
    const answer = data as {
      readonly plain: { readonly scenarios: readonly { scenario: { id: string }; change: string }[] };
    };
    const { scenarios, ...plain } = answer.plain;
    expect(plain).toEqual(counts);
    expect(data).toMatchObject({ told: counts });
    const changes = new Map(scenarios.map(({ scenario, change }) => [scenario.id, change]));
    expect(scenarioIds.map((id) => changes.get(id))).toEqual([
      'ERRORED_IN_HEAD',
      'ERRORED_IN_HEAD',
      'ERRORED_IN_BASE',
      'ERRORED_IN_BOTH',
      'REGRESSED',
      'FIXED',
      'UNCHANGED',
      'ONLY_IN_BASE',
    ]);
    const broken = { scoreDelta: null, base: { score: 1 }, head: { score: null, outcome: 'ERRORED' } };
    expect(data).toMatchObject({
      broken: {
        scenarios: scenarioIds
          .slice(0, 2)
          .sort()
          .map((id) => ({ scenario: { id }, ...broken })),
      },
    });
  });

  it('counts it as failed for who asks for that', async () => {
    await using gateway = await createTestGateway();
    const { ids } = insertRuns(gateway);

    const { data, errors } = await gateway.query(
      `{ compareBenchmarkRuns(${ids}, errored: COUNT_AS_FAILED) { ${COUNTS} } }`,
    );

    expect(errors).toEqual([]);
    expect(data).toEqual({
      compareBenchmarkRuns: {
        regressed: 3,
        fixed: 2,
        unchanged: 2,
        erroredInBase: 0,
        erroredInHead: 0,
        erroredInBoth: 0,
        onlyInBase: 1,
        onlyInHead: 0,
        scoreDelta: expect.closeTo((-1 - 1 + 1 + 0 - 0.5 + 0.5 + 0) / 7, 12) as number,
        pValue: 1,
      },
    });
  });

  it('judges a scenario by the attempts that did not error', async () => {
    await using gateway = await createTestGateway();
    const { world } = gateway;
    const scenario_id = world.insert.scenario().id;
    const [base, head] = [world.insert.benchmarkRun().id, world.insert.benchmarkRun().id];
    for (const [benchmark_run_id, state] of [
      [base, 'completed'],
      [base, 'failed'],
      [head, 'completed'],
    ] as const)
      world.insert.scenarioRun({ scenario_id, benchmark_run_id, state });
    const ask = (mode: string) =>
      `compareBenchmarkRuns(base: "${base}", head: "${head}", errored: ${mode}) {
        fixed unchanged scenarios { base { outcome score attempts errored } }
      }`;

    const { data } = await gateway.query(`{ pure: ${ask('EXCLUDE')} all: ${ask('COUNT_AS_FAILED')} }`);

    const attempts = { attempts: 2, errored: 1 };
    expect(data).toEqual({
      pure: { fixed: 0, unchanged: 1, scenarios: [{ base: { outcome: 'PASSED', score: 1, ...attempts } }] },
      all: { fixed: 1, unchanged: 0, scenarios: [{ base: { outcome: 'FAILED', score: 0.5, ...attempts } }] },
    });
  });
});
