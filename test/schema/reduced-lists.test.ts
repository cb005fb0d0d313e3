import { describe, expect, it } from 'vitest';
import { DASHBOARD } from '../support/canonical-queries.ts';
import { createTestGateway } from '../support/gateway.ts';
import { startReducedLists } from '../support/reduced-lists.ts';

const QUERY = `query($id: ID!) {
  benchmarkRun(id: $id) {
    scenarioRuns(first: 5) { nodes { id devbox { id stateTransitions { status } } scenario { name referenceOutput } } }
  }
}`;

/** A gateway in front of a world, and another one that gets the same world without some fields in its lists. */
async function startBoth(fields: readonly string[]) {
  const gateway = await createTestGateway();
  const { insert } = gateway.world;
  const scenarios = Array.from({ length: 5 }, () => insert.scenario({ reference_output: 'the answer' }));
  const benchmark = insert.benchmark({ scenarioIds: scenarios.map(({ id }) => id) });
  const run = insert.benchmarkRun({ benchmark_id: benchmark.id });
  for (const { id } of scenarios)
    insert.scenarioRun({ scenario_id: id, benchmark_run_id: run.id, state: 'completed' });
  const lists = await startReducedLists(gateway.simulator.url, fields);
  const behind = await createTestGateway({ env: { RUNLOOP_BASE_URL: lists.url } });
  return {
    gateway,
    behind,
    id: run.id,
    async [Symbol.asyncDispose]() {
      await behind[Symbol.asyncDispose]();
      await lists[Symbol.asyncDispose]();
      await gateway[Symbol.asyncDispose]();
    },
  };
}

describe('an upstream whose lists leave fields out', () => {
  it.each([
    [['state_transitions']],
    [['reference_output', 'launch_parameters']],
    [['reference_output', 'state_transitions']],
  ])(
    'as %j is asked for each thing by its id, first and later: no look-up shows less than get-by-id has',
    async (fields) => {
      await using both = await startBoth(fields);
      const { gateway, behind, id } = both;
      const { data } = await gateway.query(QUERY, { id });
      for (let times = 0; times < 3; times++) {
        expect((await behind.query(QUERY, { id })).data).toEqual(data);
      }
    },
  );

  it('does not teach the node of a row what the row lacks', async () => {
    await using both = await startBoth(['scoring_contract_result']);
    const { gateway, behind, id } = both;
    const { data } = await gateway.query(DASHBOARD, { id });
    const [run] = (data as { benchmarkRun: { scenarioRuns: { nodes: { id: string }[] } } }).benchmarkRun
      .scenarioRuns.nodes;
    await behind.query(DASHBOARD, { id });

    const single = await behind.query('query($id: ID!) { scenarioRun(id: $id) { score } }', { id: run?.id });

    expect(single.data).toEqual({ scenarioRun: { score: 1 } });
  });
});
