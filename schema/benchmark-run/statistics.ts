/** What a benchmark run says about all its scenario runs together. */
import type { Context } from '../../src/context.ts';
import type { SummarisedRun } from '../../src/statistics/standings.ts';
import type { BenchmarkRun as BenchmarkRunShape } from '../../src/upstream/types.ts';
import { builder } from '../builder.ts';
import { TOTALS_AHEAD } from '../look-ahead.ts';
import { RunProgress } from '../statistics/progress.ts';
import { RunStats } from '../statistics/stats.ts';
import { BenchmarkRun } from './type.ts';

builder.objectFields(BenchmarkRun, (t) => ({
  progress: t.field({
    type: RunProgress,
    nullable: true,
    description:
      'How far the run has come, over all its scenario runs. Costs a call for each 5,000 of them, shared with `stats`, and one for the benchmark; nothing in a subscription. Null, with an error on its path, when they cannot be read.',
    extensions: TOTALS_AHEAD,
    resolve: (run, _args, context) => summarised(run, context),
  }),
  stats: t.field({
    type: RunStats,
    nullable: true,
    description:
      'How the run went so far, over all its finished scenario runs. Costs a call for each 5,000 scenario runs, shared with `progress`; nothing in a subscription. Null, with an error on its path, when they cannot be read.',
    extensions: TOTALS_AHEAD,
    resolve: (run, _args, context) => summarised(run, context),
  }),
}));

/** What the `progress` and `stats` of a benchmark run are worked out from. */
export async function summarised(run: BenchmarkRunShape, { loaders }: Context): Promise<SummarisedRun> {
  const totals = await loaders.runTotals.load(run);
  return { run, summary: totals.summary() };
}
