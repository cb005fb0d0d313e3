/** `BenchmarkRun`: one pass over a benchmark, made of a scenario run per scenario. */
import type { Context } from '../../src/context.ts';
import type {
  BenchmarkRun as BenchmarkRunShape,
  BenchmarkRunState as BenchmarkRunStateValue,
} from '../../src/upstream/types.ts';
import { Benchmark } from '../benchmark/type.ts';
import { builder, UNKNOWN_VALUE, upstreamEnum } from '../builder.ts';
import { conditionsOf, connect, type ConnectionArgs, connectionArgs, connectionOf } from '../connections.ts';
import { listAhead } from '../look-ahead.ts';
import { Node } from '../node.ts';
import { promised } from '../promised.ts';
import { outcomeCondition, runConditions } from '../run-conditions.ts';
import { EnvironmentVariable, KeyValue, metadataArgs, metadataOf, SecretReference } from '../run-profile.ts';
import { ORDER_BY, ScenarioRunOrder } from '../scenario-run/order.ts';
import { ScenarioRunConnection, ScenarioRunState } from '../scenario-run/type.ts';

export const BenchmarkRunState = upstreamEnum<BenchmarkRunStateValue>(
  'BenchmarkRunState',
  'Where a benchmark run is in its life.',
  {
    running: 'Scenario runs are active, or still to be started.',
    completed: 'Every scenario run has ended and the score is known. Terminal.',
    canceled: 'Canceled, together with every scenario run that was active. Terminal.',
    failed: 'Ended by the platform because something broke. Terminal.',
    unknown: UNKNOWN_VALUE,
  },
);

const BenchmarkRunScenarioRunFilter = builder.inputType('BenchmarkRunScenarioRunFilter', {
  description: 'Which scenario runs of a benchmark run. Conditions add up.',
  fields: (t) => ({
    search: t.string({ description: 'Runs whose id or name contains this text.' }),
    state: t.field({
      type: ScenarioRunState,
      description:
        'Runs in this state. FAILED finds runs that broke; `outcome: FAILED` those that were scored below 1.',
    }),
    ...runConditions(t, ScenarioRunState),
    outcome: outcomeCondition(t),
  }),
});

interface ScenarioRunsArgs extends ConnectionArgs {
  readonly filter?: typeof BenchmarkRunScenarioRunFilter.$inferInput | null | undefined;
  readonly orderBy?: typeof ScenarioRunOrder.$inferInput | null | undefined;
}

const scenarioRunsOf = (
  id: string,
  { filter, orderBy, ...page }: ScenarioRunsArgs,
  { benchmarkRunScenarioRuns: lists }: Context['loaders'],
) =>
  connect(page, (range) =>
    lists.list({ ...conditionsOf(filter), benchmarkRunId: id }, range, orderBy ?? undefined),
  );

export const BenchmarkRun = builder.objectRef<BenchmarkRunShape>('BenchmarkRun');

BenchmarkRun.implement({
  description:
    'One pass over a benchmark: a scenario run for each of its scenarios, and the mean of their scores.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', {
      nullable: true,
      description: 'The display name; null when none was given.',
    }),
    state: t.expose('state', { type: BenchmarkRunState, description: 'Where the run is in its life.' }),
    isTerminal: t.exposeBoolean('isTerminal', {
      description: 'Whether nothing of the run changes any more: it is completed, canceled or failed.',
    }),
    score: t.exposeFloat('score', {
      nullable: true,
      description:
        'The sum of the scenario scores divided by the number of scenario runs, from 0 to 1; null until the run is completed.',
    }),
    purpose: t.exposeString('purpose', {
      nullable: true,
      description: 'What the run was made for; null when unsaid.',
    }),
    startedAt: t.field({
      type: 'DateTime',
      description: 'When the run was started.',
      resolve: ({ startedAtMs }) => promised(startedAtMs, 'start of a benchmark run'),
    }),
    endedAt: t.expose('endedAtMs', {
      type: 'DateTime',
      nullable: true,
      description: 'The start plus the duration; null while the run is active.',
    }),
    durationMs: t.exposeFloat('durationMs', {
      nullable: true,
      description: 'How long the run took, in milliseconds; null while it is active.',
    }),
    metadata: t.field({
      type: [KeyValue],
      description: 'What the user attached to the run.',
      args: metadataArgs,
      resolve: metadataOf,
    }),
    environmentVariables: t.expose('environmentVariables', {
      type: [EnvironmentVariable],
      description: 'The environment variables that the run was started with.',
    }),
    secretsProvided: t.expose('secretsProvided', {
      type: [SecretReference],
      description: "Which of the account's secrets fill which environment variables of the scenario runs.",
    }),
    benchmark: t.field({
      type: Benchmark,
      nullable: true,
      description: 'The benchmark that is run; null when the run was not made from one, or it is gone.',
      resolve: ({ benchmarkId }, _args, { loaders }) =>
        benchmarkId === null ? null : loaders.benchmark.load(benchmarkId),
    }),
    scenarioRuns: t.field({
      type: ScenarioRunConnection,
      description:
        'The scenario runs that have been started so far, newest first unless `orderBy` says otherwise.',
      args: {
        ...connectionArgs,
        filter: t.arg({ type: BenchmarkRunScenarioRunFilter, description: 'Which runs; all when absent.' }),
        orderBy: t.arg({ type: ScenarioRunOrder, description: ORDER_BY }),
      },
      extensions: listAhead(scenarioRunsOf),
      resolve: ({ id }, args, { loaders }) => scenarioRunsOf(id, args, loaders),
    }),
  }),
});

export const BenchmarkRunConnection = connectionOf(BenchmarkRun, {
  plural: 'benchmark runs',
  cursorOf: ({ id }) => id,
});
