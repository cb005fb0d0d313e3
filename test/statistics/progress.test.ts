import { describe, expect, it } from 'vitest';
import { expectedOf, fractionOf, isCompleteWith, isFinal } from '../../src/statistics/progress.ts';
import { summarise } from '../../src/statistics/run-summary.ts';
import type { ScenarioRunState } from '../../src/upstream/types.ts';
import { scenarioRun } from '../support/entities.ts';

const GOES_ON = { isTerminal: false };
const IS_OVER = { isTerminal: true };

/** Attempts at scenarios, by the states of each. */
const attemptsAt = (...scenarios: readonly (readonly ScenarioRunState[])[]) =>
  summarise(
    scenarios.flatMap((states, scenario) =>
      states.map((state, index) =>
        scenarioRun({
          id: `scr_${String(scenario)}_${String(index)}`,
          scenarioId: `scn_${String(scenario)}`,
          state,
        }),
      ),
    ),
    { isExhaustive: true },
  );

const summaryOf = (...states: readonly ('running' | 'scored' | 'completed')[]) =>
  summarise(
    states.map((state, index) => scenarioRun({ id: `scr_${String(index)}`, state })),
    { isExhaustive: true },
  );

describe('what is expected', () => {
  it.each([
    ['as many as the benchmark has scenarios', { run: GOES_ON, started: 3, scenarioCount: 5 }, 5],
    ['also of a run that is over before all were started', { run: IS_OVER, started: 3, scenarioCount: 5 }, 5],
    ['as many as were started, where those are more', { run: GOES_ON, started: 7, scenarioCount: 5 }, 7],
    [
      'unknown of a run that goes on without a benchmark',
      { run: GOES_ON, started: 3, scenarioCount: null },
      null,
    ],
    [
      'what was started of one that is over without a benchmark',
      { run: IS_OVER, started: 3, scenarioCount: null },
      3,
    ],
  ])('is %s', (_fact, { run, started, scenarioCount }, expected) => {
    const summary = attemptsAt(...Array.from({ length: started }, () => ['running'] as const));

    expect(expectedOf(run, summary, { scenarioCount, retries: 0 })).toBe(expected);
  });

  it('has one scenario run for each scenario that has none, however often the others were run', () => {
    const summary = attemptsAt(['completed', 'running', 'scored'], ['failed']);

    expect(expectedOf(GOES_ON, summary, { scenarioCount: 3, retries: 0 })).toBe(5);
  });

  it.each<[string, readonly ScenarioRunState[], retries: number, owed: number]>([
    ['one more where it failed', ['failed'], 1, 1],
    ['one more where it timed out twice', ['timeout', 'failed'], 2, 1],
    ['none once it was tried often enough', ['failed', 'timeout'], 1, 0],
    ['none while the next one goes on', ['failed', 'running'], 3, 0],
    ['none once one came to its end', ['failed', 'completed'], 3, 0],
    ['none where it was canceled', ['canceled'], 3, 0],
    ['none where nothing is tried again', ['failed'], 0, 0],
  ])('of a scenario that a job tries again is %s', (_fact, states, retries, owed) => {
    const demand = { scenarioCount: 1, retries };

    expect(expectedOf(GOES_ON, attemptsAt(states), demand)).toBe(states.length + owed);
    expect(expectedOf(IS_OVER, attemptsAt(states), demand)).toBe(states.length);
  });
});

describe('the fraction', () => {
  it('is what is finished of what is expected, and unknown without that', () => {
    expect(fractionOf({ finished: 2 }, 8)).toBe(0.25);
    expect(fractionOf({ finished: 0 }, 0)).toBeNull();
    expect(fractionOf({ finished: 2 }, null)).toBeNull();
  });
});

describe('figures', () => {
  it('are complete when all that is expected is finished', () => {
    expect(isCompleteWith(GOES_ON, summaryOf('scored', 'completed'), 2)).toBe(true);
    expect(isCompleteWith(GOES_ON, summaryOf('scored', 'completed'), 3)).toBe(false);
    expect(isCompleteWith(GOES_ON, summaryOf('scored', 'running'), 2)).toBe(false);
    expect(isCompleteWith(GOES_ON, summaryOf('completed'), null)).toBe(false);
  });

  it('of a run that is over are complete when what was started is finished', () => {
    expect(isCompleteWith(IS_OVER, summaryOf('scored'), null)).toBe(true);
    expect(isCompleteWith(IS_OVER, summaryOf('running'), null)).toBe(false);
  });

  it('are never complete when some were not counted', () => {
    expect(isCompleteWith(IS_OVER, { ...summaryOf('completed'), isExhaustive: false }, 1)).toBe(false);
  });

  it('are final only when nothing of any scenario run can move any more', () => {
    const run = { isTerminal: true, endedAtMs: 1_000 };
    const later = { readAtMs: 20_000, settledAfterMs: 10_000 };

    expect(isFinal(run, summaryOf('completed'), later)).toBe(true);
    expect(isFinal(run, summaryOf(), later)).toBe(true);
    expect(isFinal(run, summaryOf('completed', 'scored'), later)).toBe(false);
    expect(isFinal({ ...run, isTerminal: false }, summaryOf('completed'), later)).toBe(false);
    expect(isFinal(run, { ...summaryOf('completed'), isExhaustive: false }, later)).toBe(false);
  });

  it('are not final while what has just ended may still be written down', () => {
    const at = (readAtMs: number) => ({ readAtMs, settledAfterMs: 10_000 });
    const summary = { ...summaryOf('completed'), lastEndedAtMs: 5_000 };

    expect(isFinal({ isTerminal: true, endedAtMs: 1_000 }, summary, at(15_000))).toBe(false);
    expect(isFinal({ isTerminal: true, endedAtMs: 1_000 }, summary, at(15_001))).toBe(true);
    expect(isFinal({ isTerminal: true, endedAtMs: 6_000 }, summary, at(15_001))).toBe(false);
    // Nobody says when it ended.
    expect(isFinal({ isTerminal: true, endedAtMs: null }, summary, at(1e15))).toBe(false);
  });
});
