import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, type ScenarioChange } from '../../src/statistics/comparison.ts';
import { mcnemarExact } from '../../src/statistics/mcnemar.ts';
import { type ScenarioResult, summarise } from '../../src/statistics/run-summary.ts';
import type { ScenarioRun, ScenarioRunState } from '../../src/upstream/types.ts';
import { scenarioRun } from '../support/entities.ts';
import { groupBy, hasErrored, hasPassed, isFinished, mean, randomRuns } from './random-runs.ts';

/** One finished run of a scenario, by its score, or by the state it errored or is active in. */
type Case = number | ScenarioRunState;

function runsOf(cases: Readonly<Record<string, readonly Case[]>>): readonly ScenarioRun[] {
  return Object.entries(cases).flatMap(([scenarioId, each]) =>
    each.map((given, index) =>
      scenarioRun({
        id: `scr_${scenarioId}_${String(index)}`,
        scenarioId,
        ...(typeof given === 'number'
          ? { state: 'completed', scoringResult: { score: given, functionResults: [] } }
          : { state: given }),
      }),
    ),
  );
}

const summaryOf = (runs: readonly ScenarioRun[]) => summarise(runs, { isExhaustive: true });

const compared = (base: Record<string, Case[]>, head: Record<string, Case[]>) =>
  compare(summaryOf(runsOf(base)), summaryOf(runsOf(head)), 'count_as_failed');

describe('a comparison that counts what errored as failed', () => {
  it('worked out by hand', () => {
    const comparison = compared(
      { a: [1], b: [1], c: [0], d: [0.5], e: [1], f: [1], g: ['running'] },
      { a: [1], b: [0.5], c: [1], d: [0.25], e: ['timeout'], f: ['running'], h: [0] },
    );

    expect(
      comparison.scenarios.map(({ scenarioId, change, scoreDelta }) => [scenarioId, change, scoreDelta]),
    ).toEqual([
      ['e', 'regressed', -1],
      ['b', 'regressed', -0.5],
      ['c', 'fixed', 1],
      // Unfinished in the head is not there yet, and unfinished in both is nowhere.
      ['f', 'only_in_base', null],
      ['h', 'only_in_head', null],
      ['d', 'unchanged', -0.25],
      ['a', 'unchanged', 0],
    ]);
    expect(comparison.counts).toEqual({
      regressed: 2,
      fixed: 1,
      unchanged: 2,
      errored_in_base: 0,
      errored_in_head: 0,
      errored_in_both: 0,
      only_in_base: 1,
      only_in_head: 1,
    });
    expect(comparison.scoreDelta).toBeCloseTo((-1 - 0.5 + 1 - 0.25 + 0) / 5, 12);
    // 2 · (1 + 3) / 2³
    expect(comparison.pValue).toBe(1);
  });

  it.each<[string, [base: Case[], head: Case[]], ScenarioChange, number]>([
    [
      'passes only when each attempt does',
      [
        [1, 1, 1],
        [1, 1, 0],
      ],
      'regressed',
      -1 / 3,
    ],
    [
      'counts by the mean of its scores',
      [
        [0.25, 0.75],
        [1, 1],
      ],
      'fixed',
      0.5,
    ],
    [
      'leaves out attempts that go on',
      [
        [1, 'running'],
        [1, 'scoring'],
      ],
      'unchanged',
      0,
    ],
    ['counts an attempt that errored as 0', [[1, 'failed'], [1]], 'fixed', 0.5],
  ])('of a scenario that was run more than once %s', (_fact, [base, head], change, scoreDelta) => {
    const { scenarios } = compared({ a: base }, { a: head });

    expect(scenarios).toMatchObject([{ change }]);
    expect(scenarios[0]?.scoreDelta).toBeCloseTo(scoreDelta, 12);
  });

  it('of runs with nothing in common claims no difference', () => {
    expect(compared({ a: [1] }, { b: [1] })).toMatchObject({ scoreDelta: null, pValue: null });
    expect(compared({}, {})).toMatchObject({ scenarios: [], scoreDelta: null, pValue: null });
  });

  it('of a run with itself has no change', () => {
    expect(compared({ a: [1], b: [0] }, { a: [1], b: [0] })).toMatchObject({
      counts: { regressed: 0, fixed: 0, unchanged: 2 },
      scoreDelta: 0,
      pValue: 1,
    });
  });

  it('equals what is counted scenario by scenario, whatever the runs', () => {
    fc.assert(
      fc.property(randomRuns, randomRuns, (base, head) => {
        const comparison = compare(summaryOf(base), summaryOf(head), 'count_as_failed');
        const [before, after] = [base, head].map((runs) =>
          groupBy(
            runs.filter(({ state }) => isFinished(state)),
            ({ scenarioId }) => scenarioId,
          ),
        ) as [Map<string, ScenarioRun[]>, Map<string, ScenarioRun[]>];
        const scoreOf = (runs: readonly ScenarioRun[]) =>
          mean(runs.map(({ scoringResult }) => scoringResult?.score ?? 0))!;
        const ids = new Set([...before.keys(), ...after.keys()]);
        const deltas: number[] = [];
        const counts: Record<string, number> = {};

        expect(new Set(comparison.scenarios.map(({ scenarioId }) => scenarioId))).toEqual(ids);
        expect(comparison.scenarios).toHaveLength(ids.size);
        for (const { scenarioId, change, scoreDelta } of comparison.scenarios) {
          const [old, now] = [before.get(scenarioId), after.get(scenarioId)];
          const expected = !now
            ? 'only_in_base'
            : !old
              ? 'only_in_head'
              : old.every(hasPassed) === now.every(hasPassed)
                ? 'unchanged'
                : now.every(hasPassed)
                  ? 'fixed'
                  : 'regressed';
          expect(change).toBe(expected);
          counts[change] = (counts[change] ?? 0) + 1;
          if (old && now) {
            deltas.push(scoreOf(now) - scoreOf(old));
            expect(scoreDelta).toBeCloseTo(scoreOf(now) - scoreOf(old), 12);
          } else {
            expect(scoreDelta).toBeNull();
          }
        }
        expect(comparison.counts).toMatchObject(counts);
        if (deltas.length === 0) expect(comparison.scoreDelta).toBeNull();
        else expect(comparison.scoreDelta).toBeCloseTo(mean(deltas)!, 12);
        expect(comparison.pValue).toBe(
          deltas.length === 0 ? null : mcnemarExact(counts['regressed'] ?? 0, counts['fixed'] ?? 0),
        );
      }),
    );
  });

  it('the other way round has every change reversed', () => {
    fc.assert(
      fc.property(randomRuns, randomRuns, (base, head) => {
        const there = compare(summaryOf(base), summaryOf(head), 'exclude');
        const back = compare(summaryOf(head), summaryOf(base), 'exclude');

        expect(back.counts).toEqual({
          regressed: there.counts.fixed,
          fixed: there.counts.regressed,
          unchanged: there.counts.unchanged,
          errored_in_base: there.counts.errored_in_head,
          errored_in_head: there.counts.errored_in_base,
          errored_in_both: there.counts.errored_in_both,
          only_in_base: there.counts.only_in_head,
          only_in_head: there.counts.only_in_base,
        });
        expect(back.pValue).toBe(there.pValue);
      }),
    );
  });
});

describe('a comparison that leaves out what errored', () => {
  const pure = (base: Record<string, Case[]>, head: Record<string, Case[]>) =>
    compare(summaryOf(runsOf(base)), summaryOf(runsOf(head)), 'exclude');

  it('worked out by hand', () => {
    const comparison = pure(
      { a: [1], b: ['failed'], c: ['timeout'], d: [1], e: [1], f: ['canceled'], g: [1, 'failed'] },
      { a: ['failed'], b: [1], c: ['completed'], d: [0], e: ['running'], g: [1] },
    );

    expect(
      comparison.scenarios.map(({ scenarioId, change, scoreDelta }) => [scenarioId, change, scoreDelta]),
    ).toEqual([
      ['d', 'regressed', -1],
      ['a', 'errored_in_head', null],
      ['b', 'errored_in_base', null],
      ['c', 'errored_in_both', null],
      // Nothing was to be compared, whether it errored or not.
      ['e', 'only_in_base', null],
      ['f', 'only_in_base', null],
      ['g', 'unchanged', 0],
    ]);
    expect(comparison.scoreDelta).toBe(-0.5);
    // Of one regressed and none fixed.
    expect(comparison.pValue).toBe(1);
  });

  it('is that of the runs without their attempts that errored, beside what is left of nothing', () => {
    fc.assert(
      fc.property(randomRuns, randomRuns, (base, head) => {
        const sound = (runs: readonly ScenarioRun[]) => runs.filter((run) => !hasErrored(run));
        const all = compare(summaryOf(base), summaryOf(head), 'exclude');
        const [before, after] = [summaryOf(base).scenarios, summaryOf(head).scenarios];
        const left = compare(summaryOf(sound(base)), summaryOf(sound(head)), 'count_as_failed');

        for (const change of ['regressed', 'fixed', 'unchanged'] as const)
          expect(all.counts[change]).toBe(left.counts[change]);
        expect(all.pValue).toBe(left.pValue);
        if (left.scoreDelta === null) expect(all.scoreDelta).toBeNull();
        else expect(all.scoreDelta).toBeCloseTo(left.scoreDelta, 12);
        const broken = [...before].filter(([id]) => after.has(id));
        const isBroken = ({ attempts, errored }: ScenarioResult) => attempts === errored;
        expect(all.counts.errored_in_base + all.counts.errored_in_both).toBe(
          broken.filter(([, result]) => isBroken(result)).length,
        );
        expect(all.counts.errored_in_head + all.counts.errored_in_both).toBe(
          broken.filter(([id]) => isBroken(after.get(id)!)).length,
        );
      }),
    );
  });
});
