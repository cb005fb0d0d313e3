/** Scenario runs as they may come, and what they add up to worked out from their states and scores alone. */
import fc from 'fast-check';
import type { ScenarioRun, ScenarioRunState } from '../../src/upstream/types.ts';
import { scenarioRun } from '../support/entities.ts';

const STATES: readonly ScenarioRunState[] = [
  'running',
  'scoring',
  'scored',
  'completed',
  'canceled',
  'timeout',
  'failed',
  'unknown',
];

const score = fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true }));

const functionResult = fc.record({
  name: fc.constantFrom('tests', 'lint', 'judge'),
  score,
  state: fc.constantFrom('complete' as const, 'error' as const, 'unknown' as const),
  output: fc.constant(''),
});

/** Runs of few scenarios, so that some run more than once. Only those that can have a score do. */
export const randomRuns: fc.Arbitrary<readonly ScenarioRun[]> = fc
  .array(
    fc.record({
      state: fc.constantFrom(...STATES),
      scenario: fc.integer({ min: 1, max: 12 }),
      durationMs: fc.option(fc.integer({ min: 0, max: 1e7 })),
      result: fc.option(fc.record({ score, functionResults: fc.array(functionResult, { maxLength: 3 }) })),
    }),
    { maxLength: 60 },
  )
  .map((rows) =>
    rows.map(({ state, scenario, durationMs, result }, index) =>
      scenarioRun({
        id: `scr_${String(index)}`,
        state,
        scenarioId: `scn_${String(scenario)}`,
        durationMs: isFinished(state) ? durationMs : null,
        scoringResult: isFinished(state) ? result : null,
      }),
    ),
  );

/** As the official views count. */
export function isFinished(state: ScenarioRunState): boolean {
  return ['scored', 'completed', 'canceled', 'timeout', 'failed'].includes(state);
}

export function hasErrored({ state, scoringResult }: ScenarioRun): boolean {
  return ['canceled', 'timeout', 'failed'].includes(state) || (isFinished(state) && scoringResult === null);
}

export function hasPassed(run: ScenarioRun): boolean {
  return isFinished(run.state) && !hasErrored(run) && run.scoringResult?.score === 1;
}

export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
