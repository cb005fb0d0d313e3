import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIVE_SETTINGS } from '../../src/live/live-settings.ts';
import { type PollMode, schedule, type ScheduleInput } from '../../src/live/schedule.ts';
import { RANDOM_CASES } from '../support/random-cases.ts';

const NOW = 1_000_000_000;
const QUESTION: ScheduleInput = {
  pollMode: 'active',
  lastChangedAtMs: NOW,
  weight: 1,
  failures: 0,
  slowUntilMs: 0,
  nowMs: NOW,
  random: 0.5,
};

const waitMs = (question: Partial<ScheduleInput>) =>
  schedule({ ...QUESTION, ...question }, DEFAULT_LIVE_SETTINGS);
const quiet = (seconds: number, pollMode: PollMode = 'active') =>
  waitMs({ pollMode, lastChangedAtMs: NOW - seconds * 1_000 });

const pollMode = fc.constantFrom<PollMode>('active', 'scored', 'list', 'ending');
const question = fc.record({
  pollMode,
  lastChangedAtMs: fc.integer({ min: NOW - 10_000_000, max: NOW + 1_000 }),
  weight: fc.integer({ min: 1, max: 8 }),
  failures: fc.nat({ max: 50 }),
  slowUntilMs: fc.oneof(fc.constant(0), fc.integer({ min: NOW - 100_000, max: NOW + 100_000 })),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

describe('schedule', () => {
  it('polls each second what moves, and eases to five seconds when nothing has moved for a while', () => {
    expect([0, 10, 30, 45, 60, 6_000].map((seconds) => quiet(seconds))).toEqual([
      1_000, 1_000, 1_000, 3_000, 5_000, 5_000,
    ]);
  });

  it('is slower for what was left in scored, and quick about what has ended', () => {
    expect([0, 45, 60].map((seconds) => quiet(seconds, 'scored'))).toEqual([1_000, 5_500, 10_000]);
    expect([0, 60].map((seconds) => quiet(seconds, 'ending'))).toEqual([250, 250]);
  });

  it('polls a list as often as one call a second is, however many calls a poll of it takes', () => {
    const everySecond = [0, 60].map((seconds) => quiet(seconds, 'list'));
    const scanned = waitMs({ pollMode: 'list', weight: 8 });

    expect(everySecond).toEqual([1_000, 5_000]);
    expect(scanned).toBe(8_000);
  });

  it('backs off after failures, up to a bound', () => {
    expect([1, 2, 3, 4, 5, 6, 40].map((failures) => waitMs({ failures }))).toEqual([
      2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  it('waits as long as the upstream asks, and comes back spread over a poll', () => {
    const slowUntilMs = NOW + 20_000;
    expect([0, 0.5, 0.999].map((random) => waitMs({ slowUntilMs, random }))).toEqual([
      20_000, 20_500, 20_999,
    ]);
    expect(waitMs({ slowUntilMs: NOW - 1 })).toBe(1_000);
  });

  it('is within its bounds for whatever is asked', () => {
    const { errorBackoffMaxMs, scoredPollIntervalMs, confirmAfterMs, pollIntervalMs, jitter } =
      DEFAULT_LIVE_SETTINGS;
    const longestMs = ({ weight }: Pick<ScheduleInput, 'weight'>) =>
      Math.max(errorBackoffMaxMs, weight * scoredPollIntervalMs);
    fc.assert(
      fc.property(question, (asked) => {
        const wait = waitMs(asked);
        expect(wait).toBeGreaterThanOrEqual(confirmAfterMs * (1 - jitter));
        expect(NOW + wait).toBeGreaterThanOrEqual(asked.slowUntilMs);
        const penaltyMs = Math.max(0, asked.slowUntilMs - NOW);
        expect(wait).toBeLessThanOrEqual(
          Math.max(longestMs(asked) * (1 + jitter), penaltyMs + pollIntervalMs),
        );
      }),
      { numRuns: RANDOM_CASES },
    );
  });

  it('never polls more often after a longer quiet time, more failures, more calls or a longer Retry-After', () => {
    fc.assert(
      fc.property(question, fc.nat({ max: 100_000 }), fc.nat({ max: 5 }), (asked, quieter, failures) => {
        const wait = waitMs(asked);
        expect(waitMs({ ...asked, lastChangedAtMs: asked.lastChangedAtMs - quieter })).toBeGreaterThanOrEqual(
          wait,
        );
        expect(waitMs({ ...asked, failures: asked.failures + failures })).toBeGreaterThanOrEqual(wait);
        expect(waitMs({ ...asked, weight: asked.weight + failures })).toBeGreaterThanOrEqual(wait);
        expect(
          waitMs({ ...asked, slowUntilMs: Math.max(asked.slowUntilMs, NOW) + quieter }),
        ).toBeGreaterThanOrEqual(wait);
      }),
      { numRuns: RANDOM_CASES },
    );
  });
});
