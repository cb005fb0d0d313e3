/** How two benchmark runs are compared. */
import type { Context } from '../../src/context.ts';
import { GatewayError } from '../../src/errors.ts';
import { compare } from '../../src/statistics/comparison.ts';
import type { BenchmarkRun } from '../../src/upstream/types.ts';
import { summarised } from '../benchmark-run/statistics.ts';
import { builder } from '../builder.ts';
import { ErroredAttempts } from './errored-attempts.ts';
import { BenchmarkRunComparison } from './type.ts';

builder.queryField('compareBenchmarkRuns', (t) =>
  t.field({
    type: BenchmarkRunComparison,
    authScopes: { 'runs:read': true },
    description:
      'What changed from one benchmark run to another, over all their scenario runs. Costs two look-ups and a call for each 5,000 scenario runs of each. An unknown id is a NOT_FOUND error.',
    args: {
      base: t.arg.id({ required: true, description: 'What to compare with: an id such as `bmr_…`.' }),
      head: t.arg.id({ required: true, description: 'What to compare: an id such as `bmr_…`.' }),
      errored: t.arg({
        type: ErroredAttempts,
        defaultValue: 'exclude',
        description: 'What attempts count as that errored.',
      }),
    },
    resolve: async (_root, { errored, ...ids }, context) => {
      // Both are there before a list of either is read.
      const runs = await Promise.all([find(ids.base, context), find(ids.head, context)]);
      const [base, head] = await Promise.all([summarised(runs[0], context), summarised(runs[1], context)]);
      return { base, head, comparison: compare(base.summary, head.summary, errored ?? 'exclude') };
    },
  }),
);

async function find(id: string, { loaders }: Context): Promise<BenchmarkRun> {
  const run = await loaders.benchmarkRun.load(id);
  if (!run) throw new GatewayError('NOT_FOUND', `Runloop does not know the benchmark run ${id}`);
  return run;
}
