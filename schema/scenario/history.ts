/** What the latest runs of a scenario say about how often, and how reliably, it is solved. */
import { type Attempts, flakeRateOf, passAtK, passHatK } from '../../src/statistics/attempts.ts';
import { meanOf, summarise, type RunSummary } from '../../src/statistics/run-summary.ts';
import type { Outcome as OutcomeValue, ScenarioRun } from '../../src/upstream/types.ts';
import { howMany } from '../arguments.ts';
import { builder } from '../builder.ts';
import { conditionsOf } from '../connections.ts';
import { Outcome } from '../scoring/result.ts';
import { attemptsIn, kArg } from '../statistics/attempts.ts';
import { rateFields } from '../statistics/rates.ts';
import { DurationStats } from '../statistics/stats.ts';
import { Scenario, ScenarioScenarioRunFilter } from './type.ts';

interface HistoryShape {
  readonly summary: RunSummary;
  /** Of the finished runs, newest first. */
  readonly outcomes: readonly OutcomeValue[];
}

const LAST = howMany('last', { max: 1_000, default: 100 });

const ScenarioHistory = builder.objectRef<HistoryShape>('ScenarioHistory').implement({
  description:
    'The latest runs of a scenario, taken as attempts at it. An attempt that errored is one that did not pass. Estimators are unbiased.',
  fields: (t) => ({
    sampleSize: t.int({
      description: 'How many of the runs are finished: `passed + failed + errored`.',
      resolve: ({ summary }) => summary.finished,
    }),
    passed: t.int({ description: 'How many passed.', resolve: ({ summary }) => summary.passed }),
    failed: t.int({ description: 'How many failed.', resolve: ({ summary }) => summary.failed }),
    errored: t.int({ description: 'How many errored.', resolve: ({ summary }) => summary.errored }),
    outcomes: t.field({
      type: [Outcome],
      description: 'How the finished runs ended, newest first.',
      resolve: ({ outcomes }) => outcomes,
    }),
    ...rateFields(t, { of: ({ summary }: HistoryShape) => summary, all: 'sampleSize' }),
    meanScore: t.float({
      nullable: true,
      description: 'The mean score of the finished runs that have one; null when none has.',
      resolve: ({ summary }) => meanOf(summary.scores),
    }),
    duration: t.field({
      type: DurationStats,
      nullable: true,
      description: 'How long the finished runs took that say so; null when none does.',
      resolve: ({ summary }) => (summary.durationsMs.length === 0 ? null : summary.durationsMs),
    }),
    passAtK: t.float({
      nullable: true,
      description:
        'pass@k: how probably at least one of `k` attempts passes, `1 − C(n−c, k) / C(n, k)` for `c` of `n` finished runs. Null when there are fewer than `k`.',
      args: kArg,
      resolve: (history, args) => passAtK(attemptsOf(history), attemptsIn(args)),
    }),
    passHatK: t.float({
      nullable: true,
      description:
        'pass^k: how probably all of `k` attempts pass, `C(c, k) / C(n, k)` for `c` of `n` finished runs. Null when there are fewer than `k`.',
      args: kArg,
      resolve: (history, args) => passHatK(attemptsOf(history), attemptsIn(args)),
    }),
    flakeRate: t.float({
      nullable: true,
      description:
        'How probably two of the finished runs disagree, one passed and one not: `2 · c · (n − c) / (n · (n − 1))`, from 0 (always the same) over about 0.5 (a coin). Null when there are fewer than two.',
      resolve: (history) => flakeRateOf(attemptsOf(history)),
    }),
    isExhaustive: t.boolean({
      description:
        'Whether these are all runs that meet the filter. False when there are older ones, or the upstream sent one that is unreadable.',
      resolve: ({ summary }) => summary.isExhaustive,
    }),
  }),
});

builder.objectField(Scenario, 'history', (t) =>
  t.field({
    type: ScenarioHistory,
    nullable: true,
    description:
      'The latest runs of the scenario, taken as attempts at it: how often it passes, and how reliably. Costs one call. Null, with an error on its path, when they cannot be read.',
    args: {
      last: t.arg.int({
        description: LAST.describe('How many runs at most, the newest ones'),
      }),
      filter: t.arg({
        type: ScenarioScenarioRunFilter,
        description: 'Which runs count, such as those of one model; all when absent.',
      }),
    },
    resolve: async ({ id }, { last, filter }, { loaders }) => {
      const first = LAST.read(last);
      const list = loaders.scenarioRuns.list({ ...conditionsOf(filter), scenarioId: id }, { first });
      const { rows, hasMore } = await list.rows();
      const runs = rows.filter((row): row is ScenarioRun => !(row instanceof Error));
      return {
        summary: summarise(runs, { isExhaustive: !hasMore && runs.length === rows.length }),
        outcomes: runs.flatMap(({ outcome }) => outcome ?? []),
      };
    },
  }),
);

function attemptsOf({ summary: { finished, passed } }: HistoryShape): Attempts {
  return { attempts: finished, passed };
}
