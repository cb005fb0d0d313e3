/** `Attempts`: what several runs of the same scenarios say about how often, and how reliably, these are solved. */
import {
  type CountedAttempts,
  flakeRateOf,
  meanOver,
  passAtK,
  passHatK,
} from '../../src/statistics/attempts.ts';
import type { Ended } from '../../src/statistics/rates.ts';
import { howMany, within } from '../arguments.ts';
import { builder } from '../builder.ts';
import { Scenario } from '../scenario/type.ts';
import { rateFields } from './rates.ts';

/** The attempts at scenarios, by the scenario's id. */
export interface AttemptsByScenario {
  readonly scenarios: ReadonlyMap<string, CountedAttempts>;
  /** The benchmark that the scenarios belong to, where that is known: it helps to look them up together. */
  readonly benchmarkId: string | null;
}

interface FlakyScenario extends CountedAttempts {
  readonly scenarioId: string;
  readonly benchmarkId: string | null;
  readonly flakeRate: number;
}

/** More attempts than anybody makes. */
const K = { min: 1, max: 1_000 };
const FLAKY = howMany('first', { max: 100, default: 20 });

/** The argument of pass@k and pass^k. */
export const kArg = builder.args((t) => ({
  k: t.int({
    required: true,
    description: `How many attempts, ${String(K.min)} to ${String(K.max)}.`,
  }),
}));

/** The `k` that a client gives. */
export function attemptsIn({ k }: { readonly k: number }): number {
  return within('k', k, K);
}

const FlakyScenarioRef = builder.objectRef<FlakyScenario>('FlakyScenario').implement({
  description: 'A scenario whose attempts do not all go the same way.',
  fields: (t) => ({
    scenario: t.field({
      type: Scenario,
      nullable: true,
      description: 'The scenario; null when it is gone.',
      resolve: ({ scenarioId, benchmarkId }, _args, { loaders }) =>
        loaders.scenario.load(scenarioId, { benchmarkId }),
    }),
    attempts: t.exposeInt('attempts', { description: 'How many finished attempts there are.' }),
    passed: t.exposeInt('passed', { description: 'How many of them passed.' }),
    errored: t.exposeInt('errored', { description: 'How many of them errored, and so did not pass.' }),
    ...rateFields(t, { of: (attempts: FlakyScenario) => ended([attempts]), all: 'attempts' }),
    flakeRate: t.exposeFloat('flakeRate', {
      description: 'How probably two of its attempts disagree: `2 · c · (n − c) / (n · (n − 1))`.',
    }),
  }),
});

export const Attempts = builder.objectRef<AttemptsByScenario>('Attempts').implement({
  description:
    'What finished scenario runs say as attempts at their scenarios. An attempt that errored is one that did not pass. Estimators are unbiased.',
  fields: (t) => ({
    scenarios: t.int({
      description: 'How many scenarios have a finished attempt.',
      args: {
        attempts: t.arg.int({
          description:
            'Only those with this many finished attempts or more: those that `k` is answered from.',
        }),
      },
      resolve: ({ scenarios }, args) => {
        const least = within('attempts', args.attempts ?? 1, K);
        return [...scenarios.values()].filter(({ attempts }) => attempts >= least).length;
      },
    }),
    total: t.int({
      description: 'How many finished attempts there are, at all scenarios.',
      resolve: ({ scenarios }) => ended(scenarios.values()).finished,
    }),
    passed: t.int({
      description: 'How many of them passed.',
      resolve: ({ scenarios }) => ended(scenarios.values()).passed,
    }),
    errored: t.int({
      description: 'How many of them errored, and so did not pass.',
      resolve: ({ scenarios }) => ended(scenarios.values()).errored,
    }),
    ...rateFields(t, {
      of: ({ scenarios }: AttemptsByScenario) => ended(scenarios.values()),
      all: 'total',
    }),
    passAtK: t.float({
      nullable: true,
      description:
        'pass@k: how probably at least one of `k` attempts passes, `1 − C(n−c, k) / C(n, k)` for `c` of `n` attempts, as the mean over all scenarios with `k` attempts or more. Null when there is none.',
      args: kArg,
      resolve: ({ scenarios }, args) => {
        const k = attemptsIn(args);
        return meanOver(scenarios.values(), (attempts) => passAtK(attempts, k));
      },
    }),
    passHatK: t.float({
      nullable: true,
      description:
        'pass^k: how probably all of `k` attempts pass, `C(c, k) / C(n, k)` for `c` of `n` attempts, as the mean over all scenarios with `k` attempts or more. Null when there is none.',
      args: kArg,
      resolve: ({ scenarios }, args) => {
        const k = attemptsIn(args);
        return meanOver(scenarios.values(), (attempts) => passHatK(attempts, k));
      },
    }),
    flakeRate: t.float({
      nullable: true,
      description:
        'How probably two attempts at the same scenario disagree, one passed and one not: `2 · c · (n − c) / (n · (n − 1))`, as the mean over all scenarios with two attempts or more. Null when there is none.',
      resolve: ({ scenarios }) => meanOver(scenarios.values(), flakeRateOf),
    }),
    flaky: t.field({
      type: [FlakyScenarioRef],
      description: 'The scenarios whose attempts disagree, those that do so most first.',
      args: {
        first: t.arg.int({
          description: FLAKY.describe('How many at most'),
        }),
      },
      resolve: (attempts, { first }) => flakyOf(attempts).slice(0, FLAKY.read(first)),
    }),
  }),
});

/** All attempts together. */
function ended(all: Iterable<CountedAttempts>): Ended {
  let [finished, passed, errored] = [0, 0, 0];
  for (const each of all) {
    finished += each.attempts;
    passed += each.passed;
    errored += each.errored;
  }
  return { finished, passed, errored };
}

function flakyOf({ scenarios, benchmarkId }: AttemptsByScenario): readonly FlakyScenario[] {
  return Array.from(scenarios, ([scenarioId, { attempts, passed, errored }]) => ({
    scenarioId,
    benchmarkId,
    attempts,
    passed,
    errored,
    flakeRate: flakeRateOf({ attempts, passed }) ?? 0,
  }))
    .filter(({ flakeRate }) => flakeRate > 0)
    .sort((a, b) => b.flakeRate - a.flakeRate || (a.scenarioId < b.scenarioId ? -1 : 1));
}
