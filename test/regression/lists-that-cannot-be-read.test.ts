import { getNamedType, isListType, isNonNullType, isObjectType, type GraphQLOutputType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { FIELD_COSTS } from '../../src/security/cost/field-costs.ts';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { FAST_POLLS } from '../support/subscriptions.ts';

const FAILING = { kind: 'status', status: 501 } as const;

const PAGE = 'edges { cursor } nodes { __typename } pageInfo { hasNextPage }';
const NO_PAGE = { edges: null, nodes: null, pageInfo: null };

/** A scenario run in a benchmark run of a benchmark, and the address of the only list that fails. */
function insertWorld({ world }: TestGateway) {
  const scenario = world.insert.scenario();
  const benchmark = world.insert.benchmark({ scenarioIds: [scenario.id] });
  const run = world.insert.benchmarkRun({ benchmark_id: benchmark.id, name: 'nightly' });
  const scenarioRun = world.insert.scenarioRun({
    scenario_id: scenario.id,
    benchmark_run_id: run.id,
    state: 'completed',
    name: 'one',
  });
  return { scenario, benchmark, run, scenarioRun };
}

const told = (errors: readonly { readonly path?: readonly unknown[] }[]) =>
  errors.map(({ path }) => path?.join('.')).sort();

describe('a list that cannot be fetched', () => {
  it.each(['edges { cursor }', 'nodes { id }', 'pageInfo { hasNextPage }'])(
    'is one null and one error on its path, beside a name and a state that stand: %s',
    async (selection) => {
      await using gateway = await createTestGateway();
      const { run } = insertWorld(gateway);
      gateway.simulator.faults.add({ ...FAILING, path: '/v1/benchmark_runs/*/scenario_runs' });

      const { data, errors } = await gateway.query(
        `{ benchmarkRun(id: "${run.id}") { name state scenarioRuns { ${selection} } } }`,
      );

      const field = selection.split(' ')[0]!;
      expect(data).toEqual({
        benchmarkRun: { name: 'nightly', state: 'RUNNING', scenarioRuns: { [field]: null } },
      });
      expect(told(errors)).toEqual([`benchmarkRun.scenarioRuns.${field}`]);
    },
  );

  it('leaves progress and stats null, and everything else of the run as it is', async () => {
    await using gateway = await createTestGateway();
    const { run } = insertWorld(gateway);
    gateway.simulator.faults.add({ ...FAILING, path: '/v1/benchmark_runs/*/scenario_runs' });

    const { data, errors } = await gateway.query(`{
      benchmarkRun(id: "${run.id}") { name progress { started } stats { passed } benchmark { name } }
      benchmarkRuns { nodes { name progress { started } } totalCount }
    }`);

    expect(data).toEqual({
      benchmarkRun: { name: 'nightly', progress: null, stats: null, benchmark: { name: 'a benchmark' } },
      benchmarkRuns: { nodes: [{ name: 'nightly', progress: null }], totalCount: 1 },
    });
    expect(told(errors)).toEqual([
      'benchmarkRun.progress',
      'benchmarkRun.stats',
      'benchmarkRuns.nodes.0.progress',
    ]);
  });

  it('keeps no other list of the document from being answered, whatever it is a list of', async () => {
    await using gateway = await createTestGateway();
    const { scenario, benchmark, scenarioRun } = insertWorld(gateway);
    for (const path of [
      '/v1/scenarios',
      '/v1/scenarios/runs',
      '/v1/benchmarks/*/definitions',
      '/v1/benchmark_jobs',
      '/v1/devboxes/*/logs',
      '/v1/benchmark_runs',
    ])
      gateway.simulator.faults.add({ ...FAILING, path });

    // Asked for often enough to be compiled.
    const ask = () =>
      gateway.query(`{
      devboxes { nodes { status } }
      benchmarks { nodes { name } }
      scenarios { ${PAGE} }
      scenarioRuns { ${PAGE} }
      benchmarkRuns(filter: { minScore: 0.5 }) { ${PAGE} isExhaustive }
      benchmarkJobs { ${PAGE} }
      benchmark(id: "${benchmark.id}") { name scenarios { ${PAGE} } runs { ${PAGE} } }
      scenario(id: "${scenario.id}") { name runs { ${PAGE} } }
      scenarioRun(id: "${scenarioRun.id}") { state logs { ${PAGE} } }
    }`);
    const { data, errors } = await ask();

    expect(data).toEqual({
      devboxes: { nodes: [{ status: 'SHUTDOWN' }] },
      benchmarks: { nodes: [{ name: 'a benchmark' }] },
      scenarios: NO_PAGE,
      scenarioRuns: NO_PAGE,
      benchmarkRuns: { ...NO_PAGE, isExhaustive: false },
      benchmarkJobs: NO_PAGE,
      benchmark: { name: 'a benchmark', scenarios: NO_PAGE, runs: NO_PAGE },
      scenario: { name: 'a scenario', runs: NO_PAGE },
      scenarioRun: { state: 'COMPLETED', logs: NO_PAGE },
    });
    expect(errors).toHaveLength(8 * 3);
    for (let again = 0; again < 4; again++) expect((await ask()).data).toEqual(data);
  });

  it('still lets every event come, with the fields of the run', async () => {
    await using gateway = await createTestGateway({ env: FAST_POLLS });
    const { run } = insertWorld(gateway);
    gateway.simulator.faults.add({ ...FAILING, path: '/v1/devboxes/*/logs' });
    gateway.simulator.faults.add({ ...FAILING, path: '/v1/scenarios/runs' });
    using stream = await openEventStream(gateway.url, {
      query: `subscription { benchmarkRun(id: "${run.id}") { benchmarkRun {
        name
        stats { passed }
        scenarioRuns { nodes { name logs { nodes { message } } scenario { runs { pageInfo { hasNextPage } } } } }
      } } }`,
    });

    await stream.received(1);

    const { data, errors } = stream.events[0]!.data as {
      readonly data: unknown;
      readonly errors: readonly { readonly path: readonly unknown[] }[];
    };
    const row = { name: 'one', logs: { nodes: null }, scenario: { runs: { pageInfo: null } } };
    expect(data).toEqual({
      benchmarkRun: {
        benchmarkRun: { name: 'nightly', stats: { passed: 1 }, scenarioRuns: { nodes: [row] } },
      },
    });
    expect(told(errors)).toEqual([
      'benchmarkRun.benchmarkRun.scenarioRuns.nodes.0.logs.nodes',
      'benchmarkRun.benchmarkRun.scenarioRuns.nodes.0.scenario.runs.pageInfo',
    ]);
  });
});

describe('a benchmark that cannot be fetched', () => {
  it('leaves open whether figures are final, and lets the figures stand', async () => {
    await using gateway = await createTestGateway();
    const { benchmark, run } = insertWorld(gateway);
    gateway.simulator.faults.add({ ...FAILING, path: `/v1/benchmarks/${benchmark.id}` });

    const { data, errors } = await gateway.query(`{
      benchmarkRun(id: "${run.id}") { stats { passed isComplete } }
      compareBenchmarkRuns(base: "${run.id}", head: "${run.id}") { unchanged isComplete }
    }`);

    expect(data).toEqual({
      benchmarkRun: { stats: { passed: 1, isComplete: null } },
      compareBenchmarkRuns: { unchanged: 1, isComplete: null },
    });
    expect(told(errors)).toEqual(['benchmarkRun.stats.isComplete', 'compareBenchmarkRuns.isComplete']);
  });
});

describe('the schema', () => {
  const fieldAt = (coordinate: string) => {
    const [typeName = '', fieldName = ''] = coordinate.split('.');
    const type = schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    if (!field) throw new Error(`There is no ${coordinate}`);
    return field;
  };
  const connections = Object.keys(schema.getTypeMap()).filter((name) => name.endsWith('Connection'));

  it.each(connections)('lets the rows, the page and the count of a %s be null', (name) => {
    for (const field of ['edges', 'nodes', 'pageInfo', 'totalCount'])
      expect(isNonNullType(fieldAt(`${name}.${field}`).type)).toBe(false);
  });

  it('lets each field be null that may call the upstream, below the top', () => {
    const isConnection = (type: GraphQLOutputType) => connections.includes(getNamedType(type).name);
    // A list that costs nothing itself leads to what does.
    const isList = (type: GraphQLOutputType) => isNonNullType(type) && isListType(type.ofType);
    const stubborn = Object.keys(FIELD_COSTS)
      .filter((coordinate) => !/^(?:Query|Mutation|Subscription)\./.test(coordinate))
      .filter((coordinate) => {
        const { type } = fieldAt(coordinate);
        return isNonNullType(type) && !isConnection(type) && !isList(type);
      });

    expect(stubborn).toEqual([]);
  });
});
