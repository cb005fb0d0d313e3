import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarise } from '../../src/statistics/run-summary.ts';
import { poolRuns, standingsOf } from '../../src/statistics/standings.ts';
import type { ScenarioRun } from '../../src/upstream/types.ts';
import { benchmarkRun, scenarioRun } from '../support/entities.ts';
import { hasPassed, isFinished, mean, randomRuns } from './random-runs.ts';

interface Given {
  readonly model: string | null;
  readonly durationMs: number | null;
  readonly runs: readonly ScenarioRun[];
}

const summarised = ({ model, durationMs, runs }: Given, index = 0) => ({
  run: benchmarkRun({
    id: `bmr_${String(index)}`,
    durationMs,
    metadata: model === null ? [{ key: 'agent', value: 'x' }] : [{ key: 'model', value: model }],
  }),
  summary: summarise(runs, { isExhaustive: true }),
});

const scored = (scenarioId: string, ...scores: readonly number[]) =>
  scores.map((score, index) =>
    scenarioRun({
      id: `scr_${scenarioId}_${String(index)}`,
      scenarioId,
      state: 'completed',
      scoringResult: { score, functionResults: [] },
    }),
  );

describe('a leaderboard', () => {
  it('worked out by hand', () => {
    const given: readonly Given[] = [
      { model: 'opus', durationMs: 1_000, runs: [...scored('a', 1), ...scored('b', 0.5)] },
      { model: 'haiku', durationMs: null, runs: scored('a', 0.5) },
      { model: 'opus', durationMs: 2_000, runs: [...scored('a', 1), ...scored('b', 1)] },
      { model: null, durationMs: 5_000, runs: scored('a', 1) },
      { model: 'later', durationMs: null, runs: [scenarioRun({ id: 'scr_1' })] },
    ];

    expect(standingsOf(given.map(summarised), 'model')).toEqual({
      runsWithout: 1,
      rows: [
        {
          value: 'opus',
          pool: {
            runs: 2,
            finished: 4,
            passed: 3,
            errored: 0,
            meanScore: 0.875,
            totalDurationMs: 3_000,
            scenarios: new Map([
              ['a', { attempts: 2, passed: 2, errored: 0 }],
              ['b', { attempts: 2, passed: 1, errored: 0 }],
            ]),
          },
        },
        {
          value: 'haiku',
          pool: {
            runs: 1,
            finished: 1,
            passed: 0,
            errored: 0,
            meanScore: 0.5,
            totalDurationMs: null,
            scenarios: new Map([['a', { attempts: 1, passed: 0, errored: 0 }]]),
          },
        },
        {
          value: 'later',
          pool: {
            runs: 1,
            finished: 0,
            passed: 0,
            errored: 0,
            meanScore: null,
            totalDurationMs: null,
            scenarios: new Map(),
          },
        },
      ],
    });
  });

  it('ranks by the share that passed, then by the mean score, then by the value', () => {
    const given: readonly Given[] = [
      { model: 'b', durationMs: null, runs: scored('a', 0.25) },
      { model: 'a', durationMs: null, runs: scored('a', 0.25) },
      { model: 'better', durationMs: null, runs: scored('a', 0.75) },
      { model: 'best', durationMs: null, runs: [...scored('a', 1), ...scored('b', 0)] },
    ];

    expect(standingsOf(given.map(summarised), 'model').rows.map(({ value }) => value)).toEqual([
      'best',
      'better',
      'a',
      'b',
    ]);
  });

  it('equals what is counted over all scenario runs of each group', () => {
    const worlds = fc.array(
      fc.record({
        model: fc.option(fc.constantFrom('opus', 'sonnet', 'haiku', '')),
        durationMs: fc.option(fc.integer({ min: 0, max: 1e6 })),
        runs: randomRuns,
      }),
      { maxLength: 8 },
    );

    fc.assert(
      fc.property(worlds, (given) => {
        const { rows, runsWithout } = standingsOf(given.map(summarised), 'model');

        expect(runsWithout).toBe(given.filter(({ model }) => model === null).length);
        expect(new Set(rows.map(({ value }) => value))).toEqual(
          new Set(given.flatMap(({ model }) => (model === null ? [] : [model]))),
        );
        for (const { value, pool } of rows) {
          const own = given.filter(({ model }) => model === value);
          const finished = own.flatMap(({ runs }) => runs).filter(({ state }) => isFinished(state));
          const scores = finished.flatMap(({ scoringResult }) =>
            scoringResult ? [scoringResult.score] : [],
          );
          const durations = own.flatMap(({ durationMs }) => (durationMs === null ? [] : [durationMs]));
          expect(pool).toMatchObject({
            runs: own.length,
            finished: finished.length,
            passed: finished.filter(hasPassed).length,
            totalDurationMs: durations.length === 0 ? null : durations.reduce((sum, ms) => sum + ms, 0),
          });
          if (scores.length === 0) expect(pool.meanScore).toBeNull();
          else expect(pool.meanScore).toBeCloseTo(mean(scores)!, 12);
          for (const [id, { attempts, passed }] of pool.scenarios) {
            const attempted = finished.filter(({ scenarioId }) => scenarioId === id);
            expect([attempts, passed]).toEqual([attempted.length, attempted.filter(hasPassed).length]);
          }
        }
      }),
    );
  });

  it('does not change the runs that it pools', () => {
    const one = summarised({ model: 'a', durationMs: null, runs: scored('a', 1) });

    poolRuns([one, one]);

    expect(one.summary.scenarios.get('a')).toMatchObject({ attempts: 1, passed: 1, errored: 0 });
  });
});
