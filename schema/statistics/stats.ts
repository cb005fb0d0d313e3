/** `RunStats`: how a benchmark run went, over all its finished scenario runs. */
import type { Context } from '../../src/context.ts';
import { histogramOf, type HistogramBucket } from '../../src/statistics/histogram.ts';
import { percentileOf } from '../../src/statistics/percentile.ts';
import { isCompleteWith } from '../../src/statistics/progress.ts';
import { meanOf, type ScorerSummary } from '../../src/statistics/run-summary.ts';
import type { SummarisedRun } from '../../src/statistics/standings.ts';
import { howMany } from '../arguments.ts';
import { builder } from '../builder.ts';
import { Attempts } from './attempts.ts';
import { FailureGroup } from './failures.ts';
import { rateFields } from './rates.ts';

const BUCKETS = howMany('buckets', { max: 100, default: 10 });
const GROUPS = howMany('first', { max: 100, default: 20 });

const ScoreBucket = builder.objectRef<HistogramBucket>('ScoreBucket').implement({
  description: 'How many scores lie in a range.',
  fields: (t) => ({
    from: t.exposeFloat('from', { description: 'The lower end, which belongs to the range.' }),
    to: t.exposeFloat('to', {
      description: 'The upper end, which belongs to the next range; the last range has its own.',
    }),
    count: t.exposeInt('count', { description: 'How many scores lie in the range.' }),
  }),
});

const ScorerStats = builder.objectRef<ScorerSummary>('ScorerStats').implement({
  description: 'What one scoring function found, over all finished scenario runs that have a result of it.',
  fields: (t) => ({
    name: t.exposeString('name', { description: "The function's name within its scoring contract." }),
    meanScore: t.exposeFloat('meanScore', {
      nullable: true,
      description: 'The mean score of its results that did not break; null when each did.',
    }),
    results: t.exposeInt('results', { description: 'How many results there are of it.' }),
    passed: t.exposeInt('passed', {
      description: 'How many of these have a score of exactly 1 and did not break.',
    }),
    errors: t.exposeInt('errors', { description: 'How many of these results broke: state ERROR.' }),
    ...rateFields(t, {
      of: ({ results: finished, passed, errors: errored }: ScorerSummary) => ({ finished, passed, errored }),
      all: 'results',
      brokenIs: 'state ERROR',
    }),
  }),
});

/** Durations in milliseconds, ascending. Never empty. */
export const DurationStats = builder.objectRef<Float64Array>('DurationStats').implement({
  description:
    'How long things took, in milliseconds. Percentiles are interpolated linearly between the two nearest values (the default of NumPy and of spreadsheets).',
  fields: (t) => ({
    p50: t.float({
      description: 'The median: half took no longer.',
      resolve: (durations) => percentileOf(durations, 0.5) ?? 0,
    }),
    p90: t.float({
      description: 'Nine of ten took no longer.',
      resolve: (durations) => percentileOf(durations, 0.9) ?? 0,
    }),
    max: t.float({
      description: 'The longest.',
      resolve: (durations) => percentileOf(durations, 1) ?? 0,
    }),
  }),
});

export const RunStats = builder.objectRef<SummarisedRun>('RunStats').implement({
  description:
    'How a benchmark run went, over all its finished scenario runs: those that are SCORED, COMPLETED, CANCELED, TIMEOUT or FAILED. While it goes on, these are the figures so far.',
  fields: (t) => ({
    sampleSize: t.int({
      description: 'How many scenario runs are finished: `passed + failed + errored`.',
      resolve: ({ summary }) => summary.finished,
    }),
    isComplete: t.boolean({
      nullable: true,
      description:
        'Whether these figures are final: every scenario run is finished and counted, and no more is expected. Null, with an error on its path, when the benchmark cannot be read that says what is expected.',
      resolve: (summarised, _args, context) => isComplete(summarised, context),
    }),
    passed: t.int({
      description: 'Those with a score of exactly 1: outcome PASSED.',
      resolve: ({ summary }) => summary.passed,
    }),
    failed: t.int({
      description: 'Those that came to their end with any other score: outcome FAILED.',
      resolve: ({ summary }) => summary.failed,
    }),
    errored: t.int({
      description:
        'Those in the state CANCELED, TIMEOUT or FAILED, and those that came to their end without a score: outcome ERRORED.',
      resolve: ({ summary }) => summary.errored,
    }),
    meanScore: t.float({
      nullable: true,
      description:
        'The mean score of the finished scenario runs that have one; null when none has. The `score` of a benchmark run counts those without one as 0.',
      resolve: ({ summary }) => meanOf(summary.scores),
    }),
    ...rateFields(t, { of: ({ summary }: SummarisedRun) => summary, all: 'sampleSize' }),
    scoreHistogram: t.field({
      type: [ScoreBucket],
      description:
        'How the scores of the finished scenario runs are spread over equally wide ranges from 0 to 1.',
      args: {
        buckets: t.arg.int({
          description: BUCKETS.describe('How many ranges'),
        }),
      },
      resolve: ({ summary }, { buckets }) => histogramOf(summary.scores, BUCKETS.read(buckets)),
    }),
    duration: t.field({
      type: DurationStats,
      nullable: true,
      description: 'How long the finished scenario runs took that say so; null when none does.',
      resolve: ({ summary }) => (summary.durationsMs.length === 0 ? null : summary.durationsMs),
    }),
    attempts: t.field({
      type: Attempts,
      description:
        'The finished scenario runs as attempts at their scenarios: telling when scenarios are run more than once.',
      resolve: ({ run: { benchmarkId }, summary: { scenarios } }) => ({ scenarios, benchmarkId }),
    }),
    scorers: t.field({
      type: [ScorerStats],
      description: 'Each scoring function by itself, those with most results first.',
      args: {
        first: t.arg.int({
          description: GROUPS.describe('How many functions at most'),
        }),
      },
      resolve: ({ summary }, { first }) => summary.scorers.slice(0, GROUPS.read(first)),
    }),
    failures: t.field({
      type: [FailureGroup],
      description:
        'Why scenario runs did not pass, the most frequent reason first. Each of them is in one group: all groups together have `failed + errored` runs.',
      args: {
        first: t.arg.int({
          description: GROUPS.describe('How many groups at most'),
        }),
      },
      resolve: ({ summary }, { first }) => summary.failures.slice(0, GROUPS.read(first)),
    }),
  }),
});

/** Of a run that is over nothing is expected any more, whatever its benchmark says. */
export async function isComplete(summarised: SummarisedRun, { loaders }: Context): Promise<boolean> {
  const { run, summary } = summarised;
  return isCompleteWith(run, summary, run.isTerminal ? null : await loaders.runTotals.expected(summarised));
}
