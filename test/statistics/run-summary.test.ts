import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../src/statistics/failure.ts';
import { meanOf, summarise } from '../../src/statistics/run-summary.ts';
import type { ScoringFunctionResult } from '../../src/upstream/types.ts';
import { scenarioRun } from '../support/entities.ts';
import { groupBy, hasErrored, hasPassed, isFinished, mean, randomRuns } from './random-runs.ts';

const found = (name: string, score: number, state: ScoringFunctionResult['state'] = 'complete') => ({
  name,
  score,
  state,
  output: '',
});

const scored = (score: number, ...functionResults: ScoringFunctionResult[]) => ({ score, functionResults });

describe('a summary', () => {
  it('of a benchmark run worked out by hand', () => {
    const summary = summarise(
      [
        scenarioRun({ id: 'scr_1', scenarioId: 'scn_a', state: 'running' }),
        scenarioRun({ id: 'scr_2', scenarioId: 'scn_b', state: 'scoring' }),
        scenarioRun({
          id: 'scr_3',
          scenarioId: 'scn_a',
          state: 'scored',
          durationMs: 3_000,
          scoringResult: scored(1, found('tests', 1)),
        }),
        scenarioRun({
          id: 'scr_4',
          scenarioId: 'scn_c',
          state: 'completed',
          durationMs: 1_000,
          scoringResult: scored(0.5, found('tests', 0.5), found('lint', 0.75)),
        }),
        scenarioRun({
          id: 'scr_5',
          scenarioId: 'scn_a',
          state: 'timeout',
          durationMs: 9_000,
          endedAtMs: 8_000,
        }),
      ],
      { isExhaustive: true },
    );

    expect(summary).toEqual({
      started: 5,
      running: 1,
      scoring: 1,
      finished: 3,
      passed: 1,
      failed: 1,
      errored: 1,
      terminal: 2,
      lastEndedAtMs: 8_000,
      scores: Float64Array.of(0.5, 1),
      durationsMs: Float64Array.of(1_000, 3_000, 9_000),
      scorers: [
        { name: 'tests', results: 2, passed: 1, errors: 0, meanScore: 0.75 },
        { name: 'lint', results: 1, passed: 0, errors: 0, meanScore: 0.75 },
      ],
      failures: [
        { reason: 'low_score', scorer: 'tests', runs: 1, examples: ['scr_4'] },
        { reason: 'timeout', scorer: null, runs: 1, examples: ['scr_5'] },
      ],
      scenarios: new Map([
        [
          'scn_a',
          {
            attempts: 2,
            passed: 1,
            errored: 1,
            broken: 1,
            goesOn: true,
            score: 0.5,
            scoredScore: 1,
            runIds: ['scr_3', 'scr_5'],
          },
        ],
        [
          'scn_c',
          {
            attempts: 1,
            passed: 0,
            errored: 0,
            broken: 0,
            goesOn: false,
            score: 0.5,
            scoredScore: 0.5,
            runIds: ['scr_4'],
          },
        ],
      ]),
      unfinishedScenarios: 1,
      isExhaustive: true,
    });
    expect(meanOf(summary.scores)).toBe(0.75);
  });

  it('of nothing is nothing, and no mean', () => {
    const summary = summarise([], { isExhaustive: true });

    expect(summary).toMatchObject({ started: 0, finished: 0, unfinishedScenarios: 0 });
    expect(meanOf(summary.scores)).toBeNull();
  });

  it('names ten runs of a group at most', () => {
    const runs = Array.from({ length: 30 }, (_, index) =>
      scenarioRun({ id: `scr_${String(index)}`, state: 'failed' }),
    );

    const [group] = summarise(runs, { isExhaustive: true }).failures;

    expect(group).toMatchObject({ runs: 30 });
    expect(group?.examples).toHaveLength(10);
  });

  it('equals what states and scores say, whatever the runs', () => {
    fc.assert(
      fc.property(randomRuns, (runs) => {
        const summary = summarise(runs, { isExhaustive: true });
        const finished = runs.filter(({ state }) => isFinished(state));
        const passed = finished.filter(hasPassed);
        const errored = finished.filter(hasErrored);

        expect(summary).toMatchObject({
          started: runs.length,
          running: runs.filter(({ state }) => state === 'running').length,
          scoring: runs.filter(({ state }) => state === 'scoring').length,
          finished: finished.length,
          passed: passed.length,
          errored: errored.length,
          failed: finished.length - passed.length - errored.length,
          terminal: finished.filter(({ state }) => state !== 'scored').length,
        });

        const scores = finished.flatMap(({ scoringResult }) => (scoringResult ? [scoringResult.score] : []));
        expect([...summary.scores]).toEqual([...scores].sort((a, b) => a - b));
        if (scores.length > 0) expect(meanOf(summary.scores)).toBeCloseTo(mean(scores)!, 12);

        const results = groupBy(
          finished.flatMap(({ scoringResult }) => scoringResult?.functionResults ?? []),
          ({ name }) => name,
        );
        expect(summary.scorers.map(({ name }) => name).sort()).toEqual([...results.keys()].sort());
        for (const { name, meanScore, passed, errors } of summary.scorers) {
          const own = results.get(name)!;
          const sound = own.filter(({ state }) => state !== 'error');
          if (sound.length === 0) expect(meanScore).toBeNull();
          else expect(meanScore).toBeCloseTo(mean(sound.map((result) => result.score))!, 12);
          expect(passed).toBe(sound.filter(({ score }) => score === 1).length);
          expect(errors).toBe(own.length - sound.length);
        }

        const scenarios = groupBy(finished, ({ scenarioId }) => scenarioId);
        expect([...summary.scenarios.keys()].sort()).toEqual([...scenarios.keys()].sort());
        for (const [id, scenario] of summary.scenarios) {
          const own = scenarios.get(id)!;
          expect(scenario).toMatchObject({
            attempts: own.length,
            passed: own.filter(hasPassed).length,
            errored: own.filter(hasErrored).length,
            broken: own.filter(({ state }) => state === 'failed' || state === 'timeout').length,
            goesOn: runs.some((run) => run.scenarioId === id && !isFinished(run.state)),
            runIds: own.map((run) => run.id),
          });
          expect(scenario.score).toBeCloseTo(
            mean(own.map(({ scoringResult }) => scoringResult?.score ?? 0))!,
            12,
          );
          const scoredRuns = own.filter((run) => !hasErrored(run));
          if (scoredRuns.length === 0) expect(scenario.scoredScore).toBeNull();
          else
            expect(scenario.scoredScore).toBeCloseTo(
              mean(scoredRuns.map(({ scoringResult }) => scoringResult!.score))!,
              12,
            );
        }
        const unfinished = new Set(runs.map(({ scenarioId }) => scenarioId)).size - scenarios.size;
        expect(summary.unfinishedScenarios).toBe(unfinished);
      }),
    );
  });

  it('has each run that did not pass in exactly one group', () => {
    fc.assert(
      fc.property(randomRuns, (runs) => {
        const { failures, failed, errored } = summarise(runs, { isExhaustive: true });

        expect(failures.reduce((sum, group) => sum + group.runs, 0)).toBe(failed + errored);
        expect(new Set(failures.map(({ reason, scorer }) => `${reason} ${scorer ?? ''}`)).size).toBe(
          failures.length,
        );
        for (const { reason, scorer, examples } of failures) {
          for (const id of examples) {
            expect(failureOf(runs.find((run) => run.id === id)!)).toEqual({ reason, scorer });
          }
        }
      }),
    );
  });

  it('does not depend on the order of the runs', () => {
    fc.assert(
      fc.property(randomRuns, (runs) => {
        const countsOf = (summary: ReturnType<typeof summarise>) => ({
          ...summary,
          scorers: summary.scorers.map(({ meanScore, ...scorer }) => ({
            ...scorer,
            meanScore: meanScore === null ? null : Math.round(meanScore * 1e9),
          })),
          failures: summary.failures.map(({ examples, ...group }) => ({ ...group, named: examples.length })),
          scenarios: new Map(
            [...summary.scenarios].map(([id, { attempts, passed, score }]) => [
              id,
              { attempts, passed, score: Math.round(score * 1e9) },
            ]),
          ),
        });

        expect(countsOf(summarise([...runs].reverse(), { isExhaustive: true }))).toEqual(
          countsOf(summarise(runs, { isExhaustive: true })),
        );
      }),
    );
  });
});

describe('the reason of a failure', () => {
  it.each([
    ['none while it goes on', scenarioRun({ id: 'scr_1', state: 'running' }), null],
    ['none when it passed', scenarioRun({ id: 'scr_1', state: 'scored', scoringResult: scored(1) }), null],
    ['its state when it errored', scenarioRun({ id: 'scr_1', state: 'canceled' }), ['canceled', null]],
    ['that there is no score', scenarioRun({ id: 'scr_1', state: 'completed' }), ['no_score', null]],
    [
      'the scoring function that broke',
      scenarioRun({
        id: 'scr_1',
        state: 'completed',
        scoringResult: scored(0.2, found('lint', 0.1), found('judge', 0.5, 'error')),
      }),
      ['scorer_error', 'judge'],
    ],
    [
      'the scoring function that gave least, the first of equals',
      scenarioRun({
        id: 'scr_1',
        state: 'completed',
        scoringResult: scored(0.5, found('lint', 0.9), found('tests', 0), found('judge', 0)),
      }),
      ['low_score', 'tests'],
    ],
    [
      'unexplained when each gave the full score, or none says anything',
      scenarioRun({ id: 'scr_1', state: 'completed', scoringResult: scored(0.5, found('lint', 1)) }),
      ['unexplained', null],
    ],
  ])('is %s', (_fact, run, expected) => {
    const failure = failureOf(run);

    expect(failure && [failure.reason, failure.scorer]).toEqual(expected);
  });
});
