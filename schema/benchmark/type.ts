/** `Benchmark`: a named set of scenarios. */
import type {
  Benchmark as BenchmarkShape,
  BenchmarkStatus as BenchmarkStatusValue,
} from '../../src/upstream/types.ts';
import type { Context } from '../../src/context.ts';
import { BenchmarkRunConnection, BenchmarkRunState } from '../benchmark-run/type.ts';
import { builder, UNKNOWN_VALUE, upstreamEnum } from '../builder.ts';
import { conditionsOf, connect, type ConnectionArgs, connectionArgs, connectionOf } from '../connections.ts';
import { listAhead } from '../look-ahead.ts';
import { Node } from '../node.ts';
import { runConditions } from '../run-conditions.ts';
import { KeyValue, metadataArgs, metadataOf } from '../run-profile.ts';
import { ScenarioConnection } from '../scenario/type.ts';

const BenchmarkStatus = upstreamEnum<BenchmarkStatusValue>(
  'BenchmarkStatus',
  'Whether a benchmark is in use.',
  {
    active: 'It is listed and can be run.',
    archived: 'It is kept for its runs, but no longer listed.',
    unknown: UNKNOWN_VALUE,
  },
);

export const BenchmarkBenchmarkRunFilter = builder.inputType('BenchmarkBenchmarkRunFilter', {
  description: 'Which runs of a benchmark. Conditions add up.',
  fields: (t) => ({
    name: t.string({ description: 'Runs with this name.' }),
    search: t.string({ description: 'Runs whose id or name contains this text.' }),
    state: t.field({ type: BenchmarkRunState, description: 'Runs in this state.' }),
    ...runConditions(t, BenchmarkRunState),
  }),
});

interface RunsArgs extends ConnectionArgs {
  readonly filter?: typeof BenchmarkBenchmarkRunFilter.$inferInput | null | undefined;
}

const scenariosOf = (id: string, page: ConnectionArgs, loaders: Context['loaders']) =>
  connect(page, (range) => loaders.benchmarkScenarios.list({ benchmarkId: id }, range));

const runsOf = (id: string, { filter, ...page }: RunsArgs, loaders: Context['loaders']) =>
  connect(page, (range) => loaders.benchmarkRuns.list({ ...conditionsOf(filter), benchmarkId: id }, range));

export const Benchmark = builder.objectRef<BenchmarkShape>('Benchmark');

Benchmark.implement({
  description: 'A named set of scenarios, run together to measure an agent.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the benchmark.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What it measures; null when unsaid.',
    }),
    attribution: t.exposeString('attribution', {
      nullable: true,
      description: 'Who made it; null when unsaid.',
    }),
    status: t.expose('status', { type: BenchmarkStatus, description: 'Whether it is in use.' }),
    isPublic: t.exposeBoolean('isPublic', { description: 'Whether every account can run it.' }),
    metadata: t.field({
      type: [KeyValue],
      description: 'What the user attached to the benchmark.',
      args: metadataArgs,
      resolve: metadataOf,
    }),
    requiredEnvironmentVariables: t.exposeStringList('requiredEnvironmentVariables', {
      description: 'Environment variables without which its runs fail to start.',
    }),
    requiredSecretNames: t.exposeStringList('requiredSecretNames', {
      nullable: true,
      authScopes: { 'environment:read': true },
      description:
        'Secrets without which its runs fail to start; null, with an error on its path, for callers without the scope `environment:read`.',
    }),
    scenarioCount: t.int({
      description: 'How many scenarios the benchmark has.',
      resolve: ({ scenarioIds }) => scenarioIds.length,
    }),
    scenarios: t.field({
      type: ScenarioConnection,
      description: 'The scenarios of the benchmark.',
      args: connectionArgs,
      extensions: listAhead(scenariosOf),
      resolve: ({ id }, page, { loaders }) => scenariosOf(id, page, loaders),
    }),
    runs: t.field({
      type: BenchmarkRunConnection,
      description: 'The runs of the benchmark, newest first.',
      args: {
        ...connectionArgs,
        filter: t.arg({ type: BenchmarkBenchmarkRunFilter, description: 'Which runs; all when absent.' }),
      },
      extensions: listAhead(runsOf),
      resolve: ({ id }, args, { loaders }) => runsOf(id, args, loaders),
    }),
  }),
});

export const BenchmarkConnection = connectionOf(Benchmark, {
  plural: 'benchmarks',
  cursorOf: ({ id }) => id,
});
