/** `ComparedScenario`: one scenario in two benchmark runs, and what became of it. */
import type { Context } from '../../src/context.ts';
import type {
  ComparedResult,
  ComparedScenario as ComparedScenarioShape,
  ScenarioChange as ScenarioChangeValue,
} from '../../src/statistics/comparison.ts';
import type { BenchmarkRun, ScenarioRun as ScenarioRunShape } from '../../src/upstream/types.ts';
import { howMany } from '../arguments.ts';
import { builder, upstreamEnum } from '../builder.ts';
import { Scenario } from '../scenario/type.ts';
import { ScenarioRun } from '../scenario-run/type.ts';
import { Outcome } from '../scoring/result.ts';
import { rateFields } from '../statistics/rates.ts';

/** A scenario, and the two runs that it is compared in. */
export interface ScenarioInRuns extends ComparedScenarioShape {
  readonly runs: { readonly base: BenchmarkRun; readonly head: BenchmarkRun };
}

/** How a scenario went in one of the runs. */
type ResultShape = ComparedResult & { readonly benchmarkRunId: string };

const ATTEMPTS = howMany('first', { max: 100, default: 10 });

export const ScenarioChange = upstreamEnum<ScenarioChangeValue>(
  'ScenarioChange',
  'What became of a scenario from the base to the head. Only finished attempts count, and those that errored as the argument `errored` says; a scenario that was run more than once passes when each attempt that counts did.',
  {
    regressed: 'It passed in the base, and does not in the head.',
    fixed: 'It did not pass in the base, and does in the head.',
    unchanged: 'It passed in both, or in neither, whatever the scores.',
    errored_in_base:
      'Each finished attempt in the base errored, and not each in the head: infrastructure broke what there was to compare. Never with COUNT_AS_FAILED.',
    errored_in_head:
      'Each finished attempt in the head errored, and not each in the base. Never with COUNT_AS_FAILED.',
    errored_in_both:
      'Each finished attempt errored, in the base and in the head. Never with COUNT_AS_FAILED.',
    only_in_base: 'The head has no finished attempt at it.',
    only_in_head: 'The base has no finished attempt at it.',
  },
);

const ScenarioResult = builder.objectRef<ResultShape>('ScenarioResult').implement({
  description: 'How a scenario went in one benchmark run, over all finished attempts at it.',
  fields: (t) => ({
    score: t.exposeFloat('score', {
      nullable: true,
      description:
        'The mean score of the attempts that count, from 0 to 1; null when none does. With COUNT_AS_FAILED an attempt without a score counts 0, as in the score of a benchmark run.',
    }),
    outcome: t.expose('outcome', {
      type: Outcome,
      description: 'ERRORED when each attempt errored, PASSED when each that counts passed, else FAILED.',
    }),
    attempts: t.exposeInt('attempts', { description: 'How many finished attempts there are, mostly one.' }),
    passed: t.exposeInt('passed', { description: 'How many of them passed.' }),
    errored: t.exposeInt('errored', { description: 'How many of them errored.' }),
    ...rateFields(t, {
      of: ({ attempts: finished, passed, errored }: ResultShape) => ({ finished, passed, errored }),
      all: 'attempts',
    }),
    scenarioRuns: t.field({
      type: t.listRef(ScenarioRun, { nullable: true }),
      description: 'The attempts themselves. Null, with an error on its path, where one cannot be fetched.',
      args: {
        first: t.arg.int({
          description: ATTEMPTS.describe('How many at most'),
        }),
      },
      resolve: ({ runIds, benchmarkRunId }, { first }, { loaders }) =>
        Promise.all(runIds.slice(0, ATTEMPTS.read(first)).map((id) => loadRun(id, benchmarkRunId, loaders))),
    }),
  }),
});

/** An Error among the items fails that item alone: graphql reports it on the item's path. */
async function loadRun(
  id: string,
  benchmarkRunId: string,
  loaders: Context['loaders'],
): Promise<ScenarioRunShape | null> {
  try {
    return await loaders.scenarioRun.load(id, { benchmarkRunId });
  } catch (error) {
    return error as ScenarioRunShape;
  }
}

export const ComparedScenario = builder.objectRef<ScenarioInRuns>('ComparedScenario').implement({
  description: 'A scenario in two benchmark runs.',
  fields: (t) => ({
    scenario: t.field({
      type: Scenario,
      nullable: true,
      description: 'The scenario; null when it is gone.',
      resolve: ({ scenarioId, runs: { base, head } }, _args, { loaders }) =>
        loaders.scenario.load(scenarioId, { benchmarkId: head.benchmarkId ?? base.benchmarkId }),
    }),
    change: t.expose('change', { type: ScenarioChange, description: 'What became of it.' }),
    base: t.field({
      type: ScenarioResult,
      nullable: true,
      description: 'How it went in the base; null when that has no finished attempt at it.',
      resolve: ({ base, runs }) => base && { ...base, benchmarkRunId: runs.base.id },
    }),
    head: t.field({
      type: ScenarioResult,
      nullable: true,
      description: 'How it went in the head; null when that has no finished attempt at it.',
      resolve: ({ head, runs }) => head && { ...head, benchmarkRunId: runs.head.id },
    }),
    scoreDelta: t.exposeFloat('scoreDelta', {
      nullable: true,
      description: 'The score in the head less that in the base, from −1 to 1; null unless both have one.',
    }),
  }),
});
