import { getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { comparableRuns, graphiqlTabs, NO_EXAMPLES } from '../../src/server/graphiql/graphiql-tabs.ts';
import { createTestGateway } from '../support/gateway.ts';

const nameOf = (query: string) => getOperationAST(parse(query))?.name?.value ?? 'Running';

describe('every ready tab of GraphiQL', () => {
  it('answers something over a fresh world, without an error', async () => {
    await using gateway = await createTestGateway({ simulator: { size: { scenarioRuns: 400 } } });
    const completed = gateway.world.benchmarkRuns.list({ state: 'completed' });
    const compared = comparableRuns(
      completed.map(({ id, benchmark_id: benchmarkId }) => ({ id, benchmarkId: benchmarkId ?? null })),
    );
    const answers: Record<string, unknown> = {};

    for (const { query, variables = '{}' } of await graphiqlTabs({ ...NO_EXAMPLES, compared })) {
      const name = nameOf(query);
      // The last ones need an id for their subscription, and have a query to find one.
      if (name === 'Running') continue;
      const { data, errors } = await gateway.query(query, JSON.parse(variables) as Record<string, unknown>);
      expect([name, errors]).toEqual([name, []]);
      answers[name] = data;
    }

    expect(Object.keys(answers)).toEqual([
      'Dashboard',
      'Detail',
      'Board',
      'Progress',
      'Compare',
      'Leaderboard',
    ]);
    expect(answers).toMatchObject({
      Progress: { benchmarkRuns: { nodes: { 0: { progress: { started: expect.any(Number) as number } } } } },
      Compare: { compareBenchmarkRuns: { regressed: expect.any(Number) as number } },
      Leaderboard: { benchmarks: { nodes: { 0: { leaderboard: { rows: { 0: { passRate: {} } } } } } } },
    });
  });

  it('compares runs of one benchmark only, the newest with the one before', async () => {
    const runs = [
      { id: 'bmr_4', benchmarkId: null },
      { id: 'bmr_3', benchmarkId: 'bmd_1' },
      { id: 'bmr_2', benchmarkId: 'bmd_2' },
      { id: 'bmr_1', benchmarkId: 'bmd_1' },
      { id: 'bmr_0', benchmarkId: 'bmd_1' },
    ];

    expect(comparableRuns(runs)).toEqual({ base: 'bmr_1', head: 'bmr_3' });
    expect(comparableRuns(runs.slice(0, 3))).toBeNull();
    expect(
      (await graphiqlTabs(NO_EXAMPLES)).find(({ variables }) => variables?.includes('base'))?.variables,
    ).toContain('""');
  });
});
