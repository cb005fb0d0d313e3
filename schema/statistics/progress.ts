/** `RunProgress`: how far a benchmark run has come, over all its scenario runs. */
import { fractionOf } from '../../src/statistics/progress.ts';
import type { SummarisedRun } from '../../src/statistics/standings.ts';
import { builder } from '../builder.ts';

export const RunProgress = builder.objectRef<SummarisedRun>('RunProgress').implement({
  description:
    'How far a benchmark run has come: counts over all its scenario runs, not over a page of them. One in a state that this version does not know is started and nothing else.',
  fields: (t) => ({
    expected: t.int({
      nullable: true,
      description:
        'How many scenario runs there are in the end, as far as is known now: those that were started, and one for each scenario of the benchmark that has none. Under `JobAgent`, the scenarios are those of the job, and a further attempt is expected at each that failed or timed out, as often as the job tries again. Null when the run was made from no benchmark and goes on, so that nobody knows.',
      resolve: (summarised, _args, { loaders }) => loaders.runTotals.expected(summarised),
    }),
    started: t.int({
      description: 'How many scenario runs there are by now.',
      resolve: ({ summary }) => summary.started,
    }),
    running: t.int({
      description: 'Those whose agent works, or whose devbox boots: state RUNNING.',
      resolve: ({ summary }) => summary.running,
    }),
    scoring: t.int({
      description: 'Those that are being scored: state SCORING.',
      resolve: ({ summary }) => summary.scoring,
    }),
    finished: t.int({
      description: 'Those whose result is known: SCORED, COMPLETED, CANCELED, TIMEOUT or FAILED.',
      resolve: ({ summary }) => summary.finished,
    }),
    pending: t.int({
      nullable: true,
      description:
        '`expected − started`: those that are not started, and of a run that is terminal never will be. Null when `expected` is.',
      resolve: async (summarised, _args, { loaders }) => {
        const expected = await loaders.runTotals.expected(summarised);
        return expected === null ? null : expected - summarised.summary.started;
      },
    }),
    fraction: t.float({
      nullable: true,
      description: '`finished / expected`, from 0 to 1; null when `expected` is null or 0.',
      resolve: async (summarised, _args, { loaders }) =>
        fractionOf(summarised.summary, await loaders.runTotals.expected(summarised)),
    }),
    isExhaustive: t.boolean({
      description:
        'Whether every scenario run that was started is counted. False when there are more than the gateway reads (STATISTICS_MAX_SCENARIO_RUNS, in a subscription LIVE_MAX_SCENARIO_RUNS: the newest), or the upstream sent one that is unreadable.',
      resolve: ({ summary }) => summary.isExhaustive,
    }),
  }),
});
