/** `BenchmarkRunComparison`: two benchmark runs compared scenario by scenario. */
import { GatewayError } from '../../src/errors.ts';
import type { Comparison, ScenarioChange as ScenarioChangeValue } from '../../src/statistics/comparison.ts';
import type { SummarisedRun } from '../../src/statistics/standings.ts';
import { howMany } from '../arguments.ts';
import { BenchmarkRun } from '../benchmark-run/type.ts';
import { builder } from '../builder.ts';
import { isComplete } from '../statistics/stats.ts';
import { ComparedScenario, ScenarioChange, type ScenarioInRuns } from './scenario.ts';

/** Two benchmark runs, and what changed from one to the other. */
export interface ComparedRuns {
  readonly base: SummarisedRun;
  readonly head: SummarisedRun;
  readonly comparison: Comparison;
}

const SCENARIOS = howMany('first', { max: 500, default: 100 });

export const BenchmarkRunComparison = builder.objectRef<ComparedRuns>('BenchmarkRunComparison').implement({
  description:
    'What changed from one benchmark run, the base, to another, the head. Scenarios are compared by their finished attempts, over all scenario runs of both.',
  fields: (t) => ({
    base: t.field({
      type: BenchmarkRun,
      description: 'What is compared with.',
      resolve: ({ base }) => base.run,
    }),
    head: t.field({ type: BenchmarkRun, description: 'What is compared.', resolve: ({ head }) => head.run }),
    scenarios: t.field({
      type: [ComparedScenario],
      description:
        'The scenarios with a finished attempt in either run: the regressed first, then the fixed, those that errored in the head, in the base, in both, those only in the base, those only in the head, the unchanged; among these, those first whose score moved most.',
      args: {
        change: t.arg({
          type: [ScenarioChange],
          description: 'Only scenarios that changed so; all when absent.',
        }),
        first: t.arg.int({
          description: SCENARIOS.describe('How many at most'),
        }),
        after: t.arg.id({
          description: 'The id of the scenario to start after: the last one of the page before.',
        }),
      },
      resolve: (runs, args) => pageOf(runs, args),
    }),
    regressed: t.int({
      description: 'How many scenarios passed in the base, and do not in the head.',
      resolve: ({ comparison }) => comparison.counts.regressed,
    }),
    fixed: t.int({
      description: 'How many scenarios did not pass in the base, and do in the head.',
      resolve: ({ comparison }) => comparison.counts.fixed,
    }),
    unchanged: t.int({
      description: 'How many scenarios passed in both, or in neither.',
      resolve: ({ comparison }) => comparison.counts.unchanged,
    }),
    erroredInBase: t.int({
      description:
        'How many scenarios with finished attempts in both runs errored at each attempt in the base, so that there is nothing to compare with: neither regressed nor fixed. 0 with COUNT_AS_FAILED.',
      resolve: ({ comparison: { counts } }) => counts.errored_in_base + counts.errored_in_both,
    }),
    erroredInHead: t.int({
      description:
        'How many scenarios with finished attempts in both runs errored at each attempt in the head: neither regressed nor fixed. 0 with COUNT_AS_FAILED.',
      resolve: ({ comparison: { counts } }) => counts.errored_in_head + counts.errored_in_both,
    }),
    erroredInBoth: t.int({
      description: 'How many scenarios are counted in `erroredInBase` and in `erroredInHead`.',
      resolve: ({ comparison: { counts } }) => counts.errored_in_both,
    }),
    onlyInBase: t.int({
      description: 'How many scenarios have a finished attempt in the base alone.',
      resolve: ({ comparison }) => comparison.counts.only_in_base,
    }),
    onlyInHead: t.int({
      description: 'How many scenarios have a finished attempt in the head alone.',
      resolve: ({ comparison }) => comparison.counts.only_in_head,
    }),
    scoreDelta: t.float({
      nullable: true,
      description:
        'The mean of the score deltas of the scenarios that have a score in both, from −1 to 1; null when none has.',
      resolve: ({ comparison }) => comparison.scoreDelta,
    }),
    pValue: t.float({
      nullable: true,
      description:
        "How probably chance alone changes outcomes at least as unevenly: McNemar's exact two-sided test over the scenarios that are regressed, fixed or unchanged, `min(1, 2 · Σ C(n, i) / 2ⁿ)` for `i` up to the smaller of `regressed` and `fixed`, `n` being their sum. 1 when nothing changed, null when there is no such scenario.",
      resolve: ({ comparison }) => comparison.pValue,
    }),
    isComplete: t.boolean({
      nullable: true,
      description:
        'Whether both runs are finished and counted in full, so that none of this changes any more. Null, with an error on its path, when a benchmark cannot be read that says what is expected.',
      resolve: async ({ base, head }, _args, context) => {
        const both = await Promise.all([isComplete(base, context), isComplete(head, context)]);
        return both.every(Boolean);
      },
    }),
    isExhaustive: t.boolean({
      description:
        'Whether every scenario run of both is counted. False when there are more than the gateway reads (STATISTICS_MAX_SCENARIO_RUNS), or the upstream sent one that is unreadable.',
      resolve: ({ base, head }) => base.summary.isExhaustive && head.summary.isExhaustive,
    }),
  }),
});

interface PageArgs {
  readonly change?: readonly ScenarioChangeValue[] | null | undefined;
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

function pageOf(
  { comparison, base, head }: ComparedRuns,
  { change, first, after }: PageArgs,
): readonly ScenarioInRuns[] {
  const limit = SCENARIOS.read(first);
  const { scenarios } = comparison;
  const wanted = change ? scenarios.filter((scenario) => change.includes(scenario.change)) : scenarios;
  const isFirstPage = after === undefined || after === null;
  const start = isFirstPage ? 0 : 1 + wanted.findIndex(({ scenarioId }) => scenarioId === after);
  if (!isFirstPage && start === 0) {
    throw new GatewayError('BAD_USER_INPUT', 'Expected `after` to be the id of a scenario of this list');
  }
  const runs = { base: base.run, head: head.run };
  return wanted.slice(start, start + limit).map((scenario) => ({ ...scenario, runs }));
}
