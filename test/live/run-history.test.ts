import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScenarioRunChange } from '../../src/events/event.ts';
import { RunHistory } from '../../src/live/run-history.ts';
import type { ScenarioRun, ScenarioRunState } from '../../src/upstream/types.ts';
import { scenarioRun } from '../support/entities.ts';

/** The states that a run goes through, one a step; scores and durations are given when it is finished. */
const LIVES: readonly (readonly ScenarioRunState[])[] = [
  ['running', 'scoring', 'scored', 'completed'],
  ['running', 'timeout'],
  ['scoring', 'scored', 'canceled'],
  ['running', 'failed'],
];

function runAt(run: number, step: number, life: number): ScenarioRun {
  const state = LIVES[life]![step]!;
  const isFinished = state !== 'running' && state !== 'scoring';
  const isScored = isFinished && LIVES[life]!.includes('scored');
  return scenarioRun({
    id: `scr_${String(run)}`,
    state,
    durationMs: isFinished ? run * 1_000 : null,
    scoringResult: isScored ? { score: run % 2, functionResults: [] } : null,
  });
}

/** Histories: in each event some runs move on, or begin. */
const history = fc
  .record({
    lives: fc.array(fc.nat({ max: LIVES.length - 1 }), { minLength: 1, maxLength: 12 }),
    moves: fc.array(fc.array(fc.nat({ max: 11 }), { maxLength: 6 }), { maxLength: 20 }),
  })
  .map(({ lives, moves }) => {
    const steps = lives.map(() => -1);
    let runs = new Map<string, ScenarioRun>();
    const events: ScenarioRunChange[][] = [];
    const states = [runs];
    for (const moved of moves) {
      const changes: ScenarioRunChange[] = [];
      runs = new Map(runs);
      for (const index of new Set(moved)) {
        const life = lives[index];
        if (life === undefined || (steps[index] ?? 0) + 1 >= LIVES[life]!.length) continue;
        steps[index] = (steps[index] ?? 0) + 1;
        const run = runAt(index, steps[index], life);
        changes.push({ previousState: runs.get(run.id)?.state ?? null, scenarioRun: run });
        runs.set(run.id, run);
      }
      events.push(changes);
      states.push(runs);
    }
    return { events, states };
  });

const byId = (runs: Iterable<ScenarioRun>) => [...runs].sort((a, b) => (a.id < b.id ? -1 : 1));

describe('the history of runs', () => {
  it('shows the runs right after each event, wherever it begins and whatever it has forgotten', () => {
    fc.assert(
      fc.property(history, fc.nat(), fc.nat(), fc.nat(), ({ events, states }, ...picks) => {
        const [known, from, forgotten] = picks.map((pick) => pick % states.length) as [
          number,
          number,
          number,
        ];
        // What is known is how things are after the event `known`; the log may begin before that, or right after.
        const oldest = Math.min(known, from) + 1;
        const runs = new RunHistory(states[known]!.values(), known);
        for (let sequence = oldest; sequence <= events.length; sequence++) {
          runs.take(sequence, events[sequence - 1]!);
        }
        runs.forget(forgotten);

        for (let sequence = Math.max(oldest, forgotten) - 1; sequence <= events.length; sequence++) {
          expect(byId(runs.at(sequence))).toEqual(byId(states[sequence]!.values()));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('of which nothing is left to undo is as it is now', () => {
    const runs = new RunHistory([scenarioRun({ id: 'scr_1' })], 3);
    runs.take(4, [{ previousState: 'running', scenarioRun: scenarioRun({ id: 'scr_1', state: 'scoring' }) }]);
    runs.forget(5);

    expect([...runs.at(4)].map(({ state }) => state)).toEqual(['scoring']);
  });
});
