import { describe, expect, it } from 'vitest';
import { createTestGateway } from '../support/gateway.ts';

describe('UNKNOWN as a filter', () => {
  it('finds the runs whose state this version does not know', async () => {
    await using gateway = await createTestGateway();
    const { insert } = gateway.world;
    const state = 'hibernating' as 'running';
    const run = insert.benchmarkRun({ state });
    insert.benchmarkRun({ state: 'running' });
    const found = insert.scenarioRun({ benchmark_run_id: run.id, state });
    insert.scenarioRun({ benchmark_run_id: run.id, state: 'running' });

    const { data, errors } = await gateway.query(`{
      scenarioRuns(filter: { state: UNKNOWN }) { nodes { id state } totalCount isExhaustive }
      benchmarkRuns(filter: { state: UNKNOWN }) { nodes { id scenarioRuns(filter: { state: UNKNOWN }) { nodes { id } } } }
      none: scenarioRuns(filter: { state: UNKNOWN, states: [RUNNING] }) { nodes { id } totalCount }
    }`);

    expect(errors).toEqual([]);
    expect(data).toEqual({
      scenarioRuns: { nodes: [{ id: found.id, state: 'UNKNOWN' }], totalCount: 1, isExhaustive: true },
      benchmarkRuns: { nodes: [{ id: run.id, scenarioRuns: { nodes: [{ id: found.id }] } }] },
      none: { nodes: [], totalCount: 0 },
    });
  });

  it('that only Runloop could judge is a clear error, and nulls nothing beside its rows', async () => {
    await using gateway = await createTestGateway();
    gateway.world.insert.devbox({ name: 'box' });
    gateway.calls();

    const { data, errors } = await gateway.query(`{
      devboxes(filter: { status: UNKNOWN }) { nodes { name } totalCount }
      scenarios(filter: { validationType: UNKNOWN }) { edges { node { name } } isExhaustive }
      all: devboxes { nodes { name } }
    }`);

    expect(data).toEqual({
      devboxes: { nodes: null, totalCount: null },
      scenarios: { edges: null, isExhaustive: true },
      all: { nodes: [{ name: 'box' }] },
    });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual([
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
    ]);
    expect(errors[0]?.message).toContain('UNKNOWN stands for');
    expect(gateway.calls()).toHaveLength(1);
  });
});

describe('a mount', () => {
  it('is exactly one of its kinds, which the schema says', async () => {
    await using gateway = await createTestGateway();
    const start = (mount: string) =>
      gateway.query(`mutation {
        startScenarioRun(input: { scenarioId: "scn_1", mounts: [${mount}] }) { __typename }
      }`);

    const both = await start(
      '{ file: { path: "/a", content: "" }, code: { repoOwner: "a", repoName: "b" } }',
    );
    const { data } = await gateway.query('{ __type(name: "MountInput") { isOneOf } }');

    expect(data).toEqual({ __type: { isOneOf: true } });
    expect(both.errors.map(({ extensions }) => extensions.code)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });
});
