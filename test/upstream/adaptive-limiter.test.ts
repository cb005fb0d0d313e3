import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdaptiveLimiter } from '../../src/upstream/scheduling/adaptive-limiter.ts';

const fine = { kind: 'fine' } as const;
const limited = { kind: 'limited', retryAfterMs: null } as const;
const overloaded = { kind: 'overloaded', retryAfterMs: null } as const;

/** A pace that has sent so many calls at once, of which so many were let through. */
function refused({ sent = 200, letThrough = 50, atMs = 10_000 } = {}): AdaptiveLimiter {
  const pace = new AdaptiveLimiter({ mostCalls: 256 });
  const span = { sentAtMs: atMs, nowMs: atMs + 20 };
  for (let call = 0; call < sent; call++) pace.started(atMs);
  for (let call = 0; call < letThrough; call++) pace.ended(fine, span);
  for (let call = letThrough; call < sent; call++) pace.ended(limited, span);
  return pace;
}

describe('a pace', () => {
  it('is no brake until the upstream has refused', () => {
    const pace = new AdaptiveLimiter({ mostCalls: 256 });
    for (let call = 0; call < 10_000; call++) {
      pace.started(1_000 + call / 10);
      pace.ended(fine, { sentAtMs: 1_000 + call / 10, nowMs: 1_020 + call / 10 });
    }
    expect(pace).toMatchObject({ calls: 256, ratePerSec: Infinity, readyAtMs: -Infinity, hasLearnt: false });
  });

  it('takes the rate that the upstream accepted as the limit, stays below it, and spaces calls evenly', () => {
    const pace = refused();
    expect(pace.ratePerSec).toBe(50 * 0.9 * 0.8);
    for (let nowMs = 10_020; nowMs < 70_000; nowMs = Math.max(nowMs + 1, pace.readyAtMs)) {
      pace.started(nowMs);
      expect(pace.readyAtMs - nowMs).toBeGreaterThanOrEqual(1_000 / 45 - 0.001);
    }
    expect(pace.ratePerSec).toBe(45);
  });

  it('adapts equally in whatever order the answers come in', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...Array(60).keys()], { minLength: 60 }), (order) => {
        const pace = new AdaptiveLimiter({ mostCalls: 256 });
        for (const call of order) pace.ended(call < 40 ? fine : limited, { sentAtMs: 5_000, nowMs: 5_020 });
        expect(pace.ratePerSec).toBeCloseTo(40 * 0.9 * 0.8);
      }),
    );
  });

  it('goes down again when that was too much, once for all that were refused together', () => {
    const pace = refused({ letThrough: 100 });
    const before = pace.ratePerSec;
    for (let call = 0; call < 40; call++) pace.ended(fine, { sentAtMs: 12_000 + call, nowMs: 12_100 });
    pace.ended(limited, { sentAtMs: 12_050, nowMs: 12_100 });
    const after = pace.ratePerSec;
    pace.ended(limited, { sentAtMs: 12_050, nowMs: 12_101 });
    expect(after).toBeCloseTo(40 * 0.9 * 0.8);
    expect(after).toBeLessThan(before);
    expect(pace.ratePerSec).toBe(after);
  });

  it('waits for the whole Retry-After, and never less because of a shorter one', () => {
    const pace = new AdaptiveLimiter({ mostCalls: 4 });
    pace.ended({ kind: 'limited', retryAfterMs: 3_000 }, { sentAtMs: 0, nowMs: 100 });
    pace.ended({ kind: 'overloaded', retryAfterMs: 500 }, { sentAtMs: 0, nowMs: 100 });
    expect(pace.readyAtMs).toBe(3_100);
  });

  it('sets no low limit when the first refusal comes after few calls: other clients of the account caused it', () => {
    expect(refused({ sent: 2, letThrough: 1 }).ratePerSec).toBe(10 * 0.8);
  });

  it('tries a higher limit after a long time without a refusal', () => {
    const pace = refused();
    pace.started(60_000);
    pace.started(400_000);
    pace.started(500_000);
    expect(pace.ratePerSec).toBeCloseTo(45 * 1.1);
  });

  it('lowers the concurrency when the upstream is overloaded, and raises it again when it answers', () => {
    const pace = new AdaptiveLimiter({ mostCalls: 100 });
    pace.ended(overloaded, { sentAtMs: 0, nowMs: 1_000 });
    pace.ended(overloaded, { sentAtMs: 10, nowMs: 1_001 });
    expect(pace.calls).toBe(70);
    for (let call = 0; call < 100; call++) {
      pace.ended(overloaded, { sentAtMs: 2_000 + call * 10, nowMs: 2_005 + call * 10 });
    }
    expect(pace.calls).toBe(4);
    for (let call = 0; call < 5_000; call++) pace.ended(fine, { sentAtMs: 5_000, nowMs: 5_020 });
    expect(pace.calls).toBe(100);
  });

  it('is not slowed by answers that take long, however few of them are quick', () => {
    const pace = new AdaptiveLimiter({ mostCalls: 100 });
    for (let call = 0; call < 500; call++) {
      pace.ended(fine, { sentAtMs: call, nowMs: call + (call % 20 === 0 ? 20 : 8_000) });
    }
    expect(pace).toMatchObject({ calls: 100, hasLearnt: false });
  });

  it('sends one call after a pause, and the others when that has succeeded', () => {
    const pace = new AdaptiveLimiter({ mostCalls: 100 });
    pace.ended({ kind: 'overloaded', retryAfterMs: 3_000 }, { sentAtMs: 0, nowMs: 100 });
    expect(pace.pauseAt(3_099)).toEqual({ untilMs: 3_100, reason: 'overloaded' });
    expect(pace.pauseAt(3_100)).toBeNull();
    expect(pace.isProbing).toBe(false);
    pace.started(3_100);
    expect(pace.isProbing).toBe(true);
    // One from before the pause says nothing, and one that nobody waited for is replaced by another.
    pace.ended(fine, { sentAtMs: 50, nowMs: 3_110 });
    expect(pace.isProbing).toBe(true);
    pace.abandoned({ sentAtMs: 3_100 });
    expect(pace.isProbing).toBe(false);
    pace.started(3_120);
    pace.ended({ kind: 'overloaded', retryAfterMs: 1_000 }, { sentAtMs: 3_120, nowMs: 3_130 });
    expect(pace.readyAtMs).toBe(4_130);
    pace.started(4_130);
    pace.ended(fine, { sentAtMs: 4_130, nowMs: 4_140 });
    pace.started(4_141);
    expect(pace.isProbing).toBe(false);
  });
});
