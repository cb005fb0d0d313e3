/** What the runs of a benchmark say together: attempts over all of them, and a leaderboard of groups of them. */
import type { Context } from '../../src/context.ts';
import type { CountedRuns } from '../../src/loaders/run-totals-loader.ts';
import {
  poolRuns,
  type PooledRuns,
  type Standing,
  type Standings,
  standingsOf,
} from '../../src/statistics/standings.ts';
import type { Benchmark as BenchmarkShape, BenchmarkRun } from '../../src/upstream/types.ts';
import { howMany, within } from '../arguments.ts';
import { builder } from '../builder.ts';
import { conditionsOf } from '../connections.ts';
import { Attempts } from '../statistics/attempts.ts';
import { rateFields } from '../statistics/rates.ts';
import { Benchmark, BenchmarkBenchmarkRunFilter } from './type.ts';

type PoolShape = PooledRuns & Pick<CountedRuns, 'isExhaustive'> & { readonly benchmarkId: string };
type RowShape = Standing & { readonly benchmarkId: string };
type LeaderboardShape = Omit<Standings, 'rows'> &
  Pick<CountedRuns, 'isExhaustive'> & {
    readonly by: string;
    readonly runs: number;
    readonly rows: readonly RowShape[];
  };

const ROWS = howMany('first', { max: 100, default: 20 });

const LeaderboardRow = builder.objectRef<RowShape>('LeaderboardRow').implement({
  description:
    'The runs of a benchmark that have the same value under the key of a leaderboard. Each scenario run counts the same; rows whose intervals overlap may well differ by chance.',
  fields: (t) => ({
    value: t.exposeString('value', { description: 'What they have under the key.' }),
    runs: t.int({ description: 'How many benchmark runs they are.', resolve: ({ pool }) => pool.runs }),
    sampleSize: t.int({
      description: 'How many of their scenario runs are finished.',
      resolve: ({ pool }) => pool.finished,
    }),
    passed: t.int({ description: 'How many of these passed.', resolve: ({ pool }) => pool.passed }),
    errored: t.int({ description: 'How many of these errored.', resolve: ({ pool }) => pool.errored }),
    ...rateFields(t, { of: ({ pool }: RowShape) => pool, all: 'sampleSize' }),
    meanScore: t.float({
      nullable: true,
      description: 'The mean score of the finished scenario runs that have one; null when none has.',
      resolve: ({ pool }) => pool.meanScore,
    }),
    totalDurationMs: t.float({
      nullable: true,
      description:
        'How long the benchmark runs took that have ended, together, in milliseconds; null when none has.',
      resolve: ({ pool }) => pool.totalDurationMs,
    }),
    attempts: t.field({
      type: Attempts,
      description: 'Their scenario runs as attempts at the scenarios, over all runs of the row.',
      resolve: ({ pool: { scenarios }, benchmarkId }) => ({ scenarios, benchmarkId }),
    }),
  }),
});

const IS_EXHAUSTIVE =
  'Whether every scenario run of every run that meets the filter is counted. False when there are older runs, or more scenario runs, than the gateway reads.';

const Leaderboard = builder.objectRef<LeaderboardShape>('Leaderboard').implement({
  description: 'How groups of runs of a benchmark rank: by agent, by model, by whatever their metadata says.',
  fields: (t) => ({
    by: t.exposeString('by', { description: 'The key of the metadata that groups the runs.' }),
    rows: t.field({
      type: [LeaderboardRow],
      description: 'A row for each value, the highest pass rate first, then the highest mean score.',
      args: {
        first: t.arg.int({
          description: ROWS.describe('How many rows at most'),
        }),
      },
      resolve: ({ rows }, { first }) => rows.slice(0, ROWS.read(first)),
    }),
    runs: t.exposeInt('runs', { description: 'How many benchmark runs are counted, in rows or not.' }),
    runsWithout: t.exposeInt('runsWithout', {
      description: 'How many of them have nothing under the key, and are in no row.',
    }),
    isExhaustive: t.exposeBoolean('isExhaustive', { description: IS_EXHAUSTIVE }),
  }),
});

const BenchmarkAttempts = builder.objectRef<PoolShape>('BenchmarkAttempts').implement({
  description: 'Several runs of a benchmark, taken as attempts at its scenarios.',
  fields: (t) => ({
    runs: t.exposeInt('runs', { description: 'How many benchmark runs are counted.' }),
    isExhaustive: t.exposeBoolean('isExhaustive', { description: IS_EXHAUSTIVE }),
    attempts: t.field({
      type: Attempts,
      description: 'Their scenario runs as attempts at the scenarios.',
      resolve: ({ scenarios, benchmarkId }) => ({ scenarios, benchmarkId }),
    }),
  }),
});

const poolArgs = builder.args((t) => ({
  last: t.int({
    description:
      'How many runs at most, the newest ones; as many as the gateway counts together (STATISTICS_MAX_BENCHMARK_RUNS) when absent.',
  }),
  filter: t.field({
    type: BenchmarkBenchmarkRunFilter,
    description:
      'Which runs count; all when absent, whatever their state. What is unfinished counts once it is finished.',
  }),
}));

builder.objectFields(Benchmark, (t) => ({
  leaderboard: t.field({
    type: Leaderboard,
    nullable: true,
    description:
      'How groups of the runs rank that have the same value under a key of their metadata. Costs a call for the runs and one for each 5,000 scenario runs of each; nothing for those of a finished run that was counted before. Null, with an error on its path, when these cannot be read.',
    args: {
      by: t.arg.string({
        required: true,
        description: 'The key of the metadata, such as `agent` or `model`.',
      }),
      ...poolArgs,
    },
    resolve: async (benchmark, { by, ...which }, context) => {
      const { runs, isExhaustive } = await countRuns(benchmark, which, context);
      const { rows, runsWithout } = standingsOf(runs, by);
      const { id: benchmarkId } = benchmark;
      return {
        by,
        runs: runs.length,
        runsWithout,
        isExhaustive,
        rows: rows.map((row) => ({ ...row, benchmarkId })),
      };
    },
  }),
  attempts: t.field({
    type: BenchmarkAttempts,
    nullable: true,
    description:
      'The runs taken together as attempts at the scenarios: pass@k, pass^k and flakiness. Costs what a leaderboard of the same runs does, and shares it. Null, with an error on its path, when these cannot be read.',
    args: poolArgs,
    resolve: async (benchmark, which, context) => {
      const { runs, isExhaustive } = await countRuns(benchmark, which, context);
      return { ...poolRuns(runs), isExhaustive, benchmarkId: benchmark.id };
    },
  }),
}));

interface Which {
  readonly last?: number | null | undefined;
  readonly filter?: typeof BenchmarkBenchmarkRunFilter.$inferInput | null | undefined;
}

/** The newest runs of a benchmark that meet a filter, with what their scenario runs add up to. */
async function countRuns(
  { id }: BenchmarkShape,
  { last, filter }: Which,
  { loaders }: Context,
): Promise<CountedRuns> {
  const { maxBenchmarkRuns } = loaders.runTotals;
  const first = within('last', last ?? maxBenchmarkRuns, { min: 1, max: maxBenchmarkRuns });
  const { rows, hasMore } = await loaders.benchmarkRuns
    .list({ ...conditionsOf(filter), benchmarkId: id }, { first })
    .rows();
  const runs = rows.filter((row): row is BenchmarkRun => !(row instanceof Error));
  const counted = await loaders.runTotals.loadEach(runs);
  return {
    ...counted,
    isExhaustive: counted.isExhaustive && !hasMore && runs.length === rows.length,
  };
}
