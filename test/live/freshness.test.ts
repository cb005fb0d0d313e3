import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KnownEntity } from '../../src/events/event-log.ts';
import { fresher } from '../../src/live/freshness.ts';
import type { ScenarioRunState } from '../../src/upstream/types.ts';
import { benchmarkRun, devbox, scenarioRun } from '../support/entities.ts';
import { RANDOM_CASES } from '../support/random-cases.ts';

const NOW = 1_000;
const run = (state: ScenarioRunState, sentAtMs: number, receivedAtMs: number): KnownEntity => ({
  entity: scenarioRun({ id: 'scr_1', state }),
  read: { sentAtMs, receivedAtMs },
});

describe('fresher', () => {
  it('takes what was asked for after the known answer had come, also when it goes back', () => {
    const next = run('running', 21, 30);
    expect(fresher(run('scored', 10, 20), next, NOW)).toBe(next);
  });

  it('drops what had come before the known answer was asked for', () => {
    expect(fresher(run('running', 20, 30), run('scored', 5, 19), NOW)).toBeNull();
  });

  it('tells reads that overlap apart by how far the run has come', () => {
    expect(fresher(run('scoring', 10, 30), run('running', 20, 40), NOW)).toBeNull();
    expect(fresher(run('running', 10, 30), run('scoring', 5, 20), NOW)?.entity).toMatchObject({
      state: 'scoring',
    });
    expect(fresher(run('completed', 10, 30), run('canceled', 20, 40), NOW)).toBeNull();
    expect(fresher(run('running', 10, 30), run('unknown', 20, 40), NOW)).toBeNull();
  });

  it('takes reads of one instant for overlapping', () => {
    expect(fresher(run('scored', 10, 20), run('running', 20, 20), NOW)).toBeNull();
  });

  it('tells benchmark runs apart by their end, and devboxes by their history', () => {
    const read = { sentAtMs: 1, receivedAtMs: 2 };
    const going = { entity: benchmarkRun({ id: 'bmr_1' }), read };
    const over = { entity: benchmarkRun({ id: 'bmr_1', state: 'failed' }), read };
    expect([fresher(going, over, NOW)?.entity, fresher(over, going, NOW)]).toEqual([over.entity, null]);
    const up = { entity: devbox('dbx_1', [{ status: 'running', atMs: 1 }]), read };
    const down = {
      entity: devbox('dbx_1', [
        { status: 'running', atMs: 1 },
        { status: 'suspended', atMs: 2 },
      ]),
      read,
    };
    expect([fresher(up, down, NOW)?.entity, fresher(down, up, NOW)]).toEqual([down.entity, null]);
  });

  it('recovers within a read when the clock is set back', () => {
    const known = run('running', 5_000_000, 5_000_010);
    const next = run('scored', NOW + 1, NOW + 2);
    expect(fresher(known, next, NOW + 2)?.entity).toBe(next.entity);
    const later = run('running', NOW + 10, NOW + 11);
    expect(fresher(known, later, NOW + 11)).toBeNull();
    expect(
      fresher(run('running', 5_000_000, 5_000_010), run('scoring', NOW - 5, NOW), NOW)?.entity,
    ).toMatchObject({ state: 'scoring' });
  });

  it('never believes an older state of a run that only moves forward, however the reads overlap', () => {
    const states: readonly ScenarioRunState[] = ['running', 'scoring', 'scored', 'completed'];
    const read = fc.record({
      sentAtMs: fc.nat({ max: 100 }),
      atMs: fc.nat({ max: 20 }),
      backMs: fc.nat({ max: 20 }),
    });
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 120 }), { minLength: 3, maxLength: 3 }),
        fc.array(read, { minLength: 1, maxLength: 12 }),
        (moves, reads) => {
          const [toScoring = 0, toScored = 0, toCompleted = 0] = [...moves].sort((a, b) => a - b);
          const rankAt = (ms: number) =>
            Number(ms >= toScoring) + Number(ms >= toScored) + Number(ms >= toCompleted);
          const answers = reads
            .map(({ sentAtMs, atMs, backMs }) => ({
              sentAtMs,
              rank: rankAt(sentAtMs + atMs),
              receivedAtMs: sentAtMs + atMs + backMs,
            }))
            .sort((a, b) => a.receivedAtMs - b.receivedAtMs);
          let known: KnownEntity | null = null;
          let highest = -1;
          for (const { sentAtMs, receivedAtMs, rank } of answers) {
            const next = run(states[rank] ?? 'unknown', sentAtMs, receivedAtMs);
            known = known === null ? next : (fresher(known, next, receivedAtMs) ?? known);
            highest = Math.max(highest, rank);
            expect(known.entity).toMatchObject({ state: states[highest] });
            expect(known.read.sentAtMs).toBeLessThanOrEqual(known.read.receivedAtMs);
          }
        },
      ),
      { numRuns: RANDOM_CASES },
    );
  });
});
