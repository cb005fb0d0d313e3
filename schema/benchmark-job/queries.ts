/** How benchmark jobs are found. */
import { builder } from '../builder.ts';
import { conditionsOf, connect, connectionArgs } from '../connections.ts';
import { BenchmarkJob, BenchmarkJobConnection } from './type.ts';

export const BenchmarkJobFilter = builder.inputType('BenchmarkJobFilter', {
  description: 'Which benchmark jobs. Conditions add up: a job has to meet all that are given.',
  fields: (t) => ({
    name: t.string({ description: 'Jobs with this name.' }),
    search: t.string({ description: 'Jobs whose id or name contains this text.' }),
  }),
});

builder.queryFields((t) => ({
  benchmarkJob: t.field({
    type: BenchmarkJob,
    nullable: true,
    authScopes: { 'runs:read': true },
    description: 'The benchmark job with this id; null when there is none.',
    args: { id: t.arg.id({ required: true, description: 'The id of a job, whatever its prefix.' }) },
    resolve: (_root, { id }, { loaders }) => loaders.benchmarkJob.load(id),
  }),
  benchmarkJobs: t.field({
    type: BenchmarkJobConnection,
    authScopes: { 'runs:read': true },
    description: 'The benchmark jobs of the account, newest first.',
    args: {
      ...connectionArgs,
      filter: t.arg({ type: BenchmarkJobFilter, description: 'Which jobs; all when absent.' }),
    },
    resolve: (_root, { filter, ...page }, { loaders }) =>
      connect(page, (range) => loaders.benchmarkJobs.list(conditionsOf(filter), range)),
  }),
}));
