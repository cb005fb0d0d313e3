/** How benchmarks are found. */
import { builder } from '../builder.ts';
import { conditionsOf, connect, connectionArgs } from '../connections.ts';
import { lookUp } from '../look-ahead.ts';
import { Benchmark, BenchmarkConnection } from './type.ts';

const BenchmarkFilter = builder.inputType('BenchmarkFilter', {
  description: 'Which benchmarks. Conditions add up: a benchmark has to meet all that are given.',
  fields: (t) => ({
    name: t.string({ description: 'Benchmarks with this name.' }),
    search: t.string({ description: 'Benchmarks whose id or name contains this text.' }),
    isPublic: t.boolean({
      description: "True lists the public benchmarks; false or absent lists the account's own.",
    }),
  }),
});

builder.queryFields((t) => ({
  benchmark: t.field({
    type: Benchmark,
    nullable: true,
    authScopes: { 'runs:read': true },
    description: 'The benchmark with this id; null when there is none.',
    args: { id: t.arg.id({ required: true, description: 'An id such as `bmd_…`.' }) },
    resolve: (_root, { id }, context, info) => lookUp('benchmark', id, context, info),
  }),
  benchmarks: t.field({
    type: BenchmarkConnection,
    authScopes: { 'runs:read': true },
    description: 'The benchmarks of the account, newest first.',
    args: {
      ...connectionArgs,
      filter: t.arg({
        type: BenchmarkFilter,
        description: 'Which benchmarks; all of the account when absent.',
      }),
    },
    resolve: (_root, { filter, ...page }, { loaders }) =>
      connect(page, (range) => loaders.benchmarks.list(conditionsOf(filter), range)),
  }),
}));
