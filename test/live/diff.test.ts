import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { BenchmarkRunLiveEvent } from '../../src/events/event.ts';
import { coalesceBenchmarkRun, diffBenchmarkRun } from '../../src/live/kinds/benchmark-run-diff.ts';
import { diffDevbox } from '../../src/live/kinds/devbox-diff.ts';
import { diffScenarioRun } from '../../src/live/kinds/scenario-run.ts';
import type { Devbox, DevboxStatus, ScenarioRun, ScenarioRunState } from '../../src/upstream/types.ts';
import { benchmarkRun, devbox, scenarioRun } from '../support/entities.ts';
import { RANDOM_CASES } from '../support/random-cases.ts';

// Ten thousand cases each, however slow the machine is.
vi.setConfig({ testTimeout: 120_000 });

const state = fc.constantFrom<ScenarioRunState>(
  'running',
  'scoring',
  'scored',
  'completed',
  'canceled',
  'failed',
  'unknown',
);

describe('the diff of a scenario run', () => {
  it('is empty for equal reads, and one event with the previous state for any other', () => {
    const run = fc.record({
      state,
      score: fc.option(fc.constantFrom(0, 0.5, 1)),
      devboxId: fc.constantFrom(null, 'dbx_1'),
    });
    const toRun = ({
      score,
      ...parts
    }: {
      state: ScenarioRunState;
      score: number | null;
      devboxId: string | null;
    }) =>
      scenarioRun({
        id: 'scr_1',
        scoringResult: score === null ? null : { score, functionResults: [] },
        ...parts,
      });
    fc.assert(
      fc.property(run, run, (a, b) => {
        const [previous, next] = [toRun(a), toRun(b)];
        const events = diffScenarioRun(previous, next, 5);
        const isSame = JSON.stringify(a) === JSON.stringify(b);
        expect(events).toEqual(
          isSame ? [] : [{ type: 'scenarioRun', atMs: 5, previousState: a.state, scenarioRun: next }],
        );
      }),
      { numRuns: RANDOM_CASES },
    );
  });

  it('makes no event of a duration that ticks along', () => {
    const at = (durationMs: number, to: ScenarioRunState) =>
      scenarioRun({ id: 'scr_1', state: to, durationMs });
    expect(diffScenarioRun(at(1, 'running'), at(2, 'running'), 5)).toEqual([]);
    expect(diffScenarioRun(at(1, 'failed'), at(2, 'failed'), 5)).toHaveLength(1);
  });
});

describe('the diff of a benchmark run', () => {
  const rows = fc.uniqueArray(fc.record({ id: fc.nat({ max: 12 }), state }), {
    selector: ({ id }) => id,
    maxLength: 12,
  });
  const toRow = ({ id, state: to }: { id: number; state: ScenarioRunState }) =>
    scenarioRun({ id: `scr_${String(id)}`, state: to });

  it('leads from what was known to what was read, and keeps what was not listed', () => {
    fc.assert(
      fc.property(rows, rows, fc.boolean(), (a, b, isOver) => {
        const known = new Map(a.map(toRow).map((row) => [row.id, row]));
        const [before, after] = [
          benchmarkRun({ id: 'bmr_1' }),
          benchmarkRun({ id: 'bmr_1', state: isOver ? 'failed' : 'running' }),
        ];
        const events = diffBenchmarkRun(
          { benchmarkRun: before, scenarioRun: (id) => known.get(id) },
          { benchmarkRun: after, scenarioRuns: b.map(toRow) },
          5,
        );
        expect(events.length).toBeLessThanOrEqual(1);
        const folded = fold(known, events);
        for (const { id, state: to } of b) expect(folded.get(`scr_${String(id)}`)).toBe(to);
        for (const id of known.keys()) expect(folded.has(id)).toBe(true);
        for (const { previousState, benchmarkRun: told, changes } of events) {
          expect([previousState, told]).toEqual(['running', after]);
          for (const change of changes) {
            expect(change.previousState).toBe(known.get(change.scenarioRun.id)?.state ?? null);
            expect(change.previousState).not.toBe(change.scenarioRun.state);
          }
        }
        if (events.length === 0) expect(isOver).toBe(false);
      }),
      { numRuns: RANDOM_CASES },
    );
  });

  it('takes little for 5,000 scenario runs that have not moved', () => {
    const make = () =>
      Array.from({ length: 5_000 }, (_, id) =>
        scenarioRun({
          id: `scr_${String(id)}`,
          state: 'completed',
          scoringResult: { score: 1, functionResults: [] },
        }),
      );
    const known = new Map(make().map((row) => [row.id, row]));
    const run = benchmarkRun({ id: 'bmr_1' });
    const next = { benchmarkRun: run, scenarioRuns: make() };
    const startedAt = process.cpuUsage();
    for (let poll = 0; poll < 20; poll++) {
      expect(diffBenchmarkRun({ benchmarkRun: run, scenarioRun: (id) => known.get(id) }, next, 5)).toEqual(
        [],
      );
    }
    // Twenty polls; one takes about 1 ms.
    expect(process.cpuUsage(startedAt).user / 1_000).toBeLessThan(500);
  });

  it('joins neighbours without losing a move', () => {
    const event = fc.record({ isMove: fc.boolean(), rows });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 8 }), (steps) => {
        const events: BenchmarkRunLiveEvent[] = [];
        const states = new Map<string, ScenarioRunState>();
        let runState: 'running' | 'failed' = 'running';
        for (const { isMove, rows: moved } of steps) {
          const previousState = runState;
          if (isMove) runState = runState === 'running' ? 'failed' : 'running';
          const changes = moved
            .map(toRow)
            .map((row) => ({ previousState: states.get(row.id) ?? null, scenarioRun: row }));
          for (const { scenarioRun: row } of changes) states.set(row.id, row.state);
          events.push({
            type: 'benchmarkRun',
            atMs: 1,
            previousState,
            benchmarkRun: benchmarkRun({ id: 'bmr_1', state: runState }),
            changes,
          });
        }
        const joined = coalesceBenchmarkRun(events);
        expect(fold(new Map(), joined)).toEqual(fold(new Map(), events));
        expect(movesOf(joined)).toEqual(movesOf(events));
        for (const one of joined) {
          expect(new Set(one.changes.map(({ scenarioRun: row }) => row.id)).size).toBe(one.changes.length);
        }
      }),
      { numRuns: RANDOM_CASES },
    );
  });
});

describe('the diff of a devbox', () => {
  const status = fc.constantFrom<DevboxStatus>(
    'queued',
    'provisioning',
    'initializing',
    'running',
    'suspending',
    'suspended',
    'resuming',
    'unknown',
  );
  const history = fc
    .array(fc.record({ status, afterMs: fc.nat({ max: 50 }) }), { minLength: 1, maxLength: 12 })
    .map((steps) => {
      let atMs = 1_000;
      return steps.map((step) => ({ status: step.status, atMs: (atMs += step.afterMs) }));
    });

  it('recovers every transition, whenever it was read', () => {
    fc.assert(
      fc.property(
        history,
        fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 6 }),
        (steps, lengths) => {
          const reads = lengths
            .map((length) => Math.max(1, Math.min(length, steps.length)))
            .sort((a, b) => a - b);
          const boxes = reads.map((length) => devbox('dbx_1', steps.slice(0, length)));
          const events = boxes.slice(1).flatMap((next, index) => diffDevbox(boxes[index]!, next, 9_999));
          const missed = steps.slice(reads[0], reads.at(-1));
          expect(events.map(({ atMs, devbox: box }) => ({ status: box.status, atMs }))).toEqual(missed);
          expectChain(boxes[0]!, events);
          if (events.length > 0) expect(events.at(-1)?.devbox).toEqual(boxes.at(-1));
        },
      ),
      { numRuns: RANDOM_CASES },
    );
  });

  it('is a chain that ends with what was read, whatever the history says', () => {
    const box = fc.record({
      steps: fc.array(fc.record({ status, atMs: fc.option(fc.nat({ max: 5 })) }), { maxLength: 6 }),
      status,
    });
    fc.assert(
      fc.property(box, box, (a, b) => {
        const [previous, next] = [
          devbox('dbx_1', a.steps, { status: a.status }),
          devbox('dbx_1', b.steps, { status: b.status }),
        ];
        const events = diffDevbox(previous, next, 9_999);
        expectChain(previous, events);
        if (JSON.stringify(previous) === JSON.stringify(next)) expect(events).toEqual([]);
        else expect(events.at(-1)?.devbox).toBe(next);
      }),
      { numRuns: RANDOM_CASES },
    );
  });

  it('makes one event of a status that comes before its transition in the history', () => {
    const queued = { status: 'queued', atMs: 1 } as const;
    const running = { status: 'running', atMs: 2 } as const;
    const ahead = devbox('dbx_1', [queued], { status: 'running' });
    expect(toStatuses(diffDevbox(devbox('dbx_1', [queued]), ahead, 9))).toEqual(['queued>running']);
    expect(toStatuses(diffDevbox(ahead, devbox('dbx_1', [queued, running]), 9))).toEqual(['running>running']);
    const suspended = { status: 'suspended', atMs: 3 } as const;
    expect(toStatuses(diffDevbox(ahead, devbox('dbx_1', [queued, running, suspended]), 9))).toEqual([
      'running>suspended',
    ]);
  });

  it('goes on behind what both reads have in common when the history was shortened', () => {
    const steps = (['queued', 'running', 'suspended', 'running'] as const).map((to, index) => ({
      status: to,
      atMs: index,
    }));
    expect(
      toStatuses(diffDevbox(devbox('dbx_1', steps.slice(0, 2)), devbox('dbx_1', steps.slice(1)), 9)),
    ).toEqual(['running>suspended', 'suspended>running']);
  });
});

function toStatuses(events: ReturnType<typeof diffDevbox>): readonly string[] {
  return events.map(({ previousStatus, devbox: box }) => `${previousStatus ?? ''}>${box.status}`);
}

/** Each event starts where the one before has ended. */
function expectChain(start: Devbox, events: ReturnType<typeof diffDevbox>): void {
  let status = start.status;
  for (const { previousStatus, devbox: box } of events) {
    expect(previousStatus).toBe(status);
    status = box.status;
  }
}

function fold(
  known: ReadonlyMap<string, ScenarioRun>,
  events: readonly BenchmarkRunLiveEvent[],
): ReadonlyMap<string, ScenarioRunState> {
  const states = new Map([...known].map(([id, row]) => [id, row.state]));
  for (const event of events) {
    states.set('run', event.benchmarkRun.state);
    for (const { scenarioRun: row } of event.changes) states.set(row.id, row.state);
  }
  return states;
}

/** Every move of every row, in order of each row. */
function movesOf(events: readonly BenchmarkRunLiveEvent[]): Readonly<Record<string, readonly string[]>> {
  const moves: Record<string, string[]> = {};
  for (const event of events) {
    if (event.previousState !== event.benchmarkRun.state)
      (moves['run'] ??= []).push(`${event.previousState ?? ''}>${event.benchmarkRun.state}`);
    for (const { previousState, scenarioRun: row } of event.changes)
      (moves[row.id] ??= []).push(`${previousState ?? ''}>${row.state}`);
  }
  return moves;
}
