/** How benchmark runs are found. */
import { builder } from '../builder.ts';
import { conditionsOf, connect, connectionArgs } from '../connections.ts';
import { lookUp } from '../look-ahead.ts';
import { runConditions } from '../run-conditions.ts';
import { BenchmarkRun, BenchmarkRunConnection, BenchmarkRunState } from './type.ts';

export const BenchmarkRunFilter = builder.inputType('BenchmarkRunFilter', {
  description: 'Which benchmark runs. Conditions add up: a run has to meet all that are given.',
  fields: (t) => ({
    name: t.string({ description: 'Runs with this name.' }),
    search: t.string({ description: 'Runs whose id or name contains this text.' }),
    state: t.field({ type: BenchmarkRunState, description: 'Runs in this state.' }),
    ...runConditions(t, BenchmarkRunState),
    benchmarkId: t.id({ description: 'Runs of this benchmark.' }),
  }),
});

builder.queryFields((t) => ({
  benchmarkRun: t.field({
    type: BenchmarkRun,
    nullable: true,
    authScopes: { 'runs:read': true },
    description: 'The benchmark run with this id; null when there is none.',
    args: { id: t.arg.id({ required: true, description: 'An id such as `bmr_…`.' }) },
    resolve: (_root, { id }, context, info) => lookUp('benchmarkRun', id, context, info),
  }),
  benchmarkRuns: t.field({
    type: BenchmarkRunConnection,
    authScopes: { 'runs:read': true },
    description: 'The benchmark runs of the account, newest first.',
    args: {
      ...connectionArgs,
      filter: t.arg({ type: BenchmarkRunFilter, description: 'Which runs; all when absent.' }),
    },
    resolve: (_root, { filter, ...page }, { loaders }) =>
      connect(page, (range) => loaders.benchmarkRuns.list(conditionsOf(filter), range)),
  }),
}));
