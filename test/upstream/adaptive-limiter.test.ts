import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdaptiveLimiter } from '../../src/upstream/scheduling/adaptive-limiter.ts';

const fine = { kind: 'fine' } as const;
const limited = { kind: 'limited', retryAfterMs: null } as const;
const overloaded = { kind: 'overloaded', retryAfterMs: null } as const;

/** A limiter that has sent so many calls at once, of which so many were let through. */
function refused({ sent = 200, letThrough = 50, atMs = 10_000 } = {}): AdaptiveLimiter {
  const limiter = new AdaptiveLimiter({ mostCalls: 256 });
  const span = { sentAtMs: atMs, nowMs: atMs + 20 };
  for (let call = 0; call < sent; call++) limiter.started(atMs);
  for (let call = 0; call < letThrough; call++) limiter.ended(fine, span);
  for (let call = letThrough; call < sent; call++) limiter.ended(limited, span);
  return limiter;
}

describe('a limiter', () => {
  it('is no brake until the upstream has refused', () => {
    const limiter = new AdaptiveLimiter({ mostCalls: 256 });
    for (let call = 0; call < 10_000; call++) {
      limiter.started(1_000 + call / 10);
      limiter.ended(fine, { sentAtMs: 1_000 + call / 10, nowMs: 1_020 + call / 10 });
    }
    expect(limiter).toMatchObject({
      calls: 256,
      ratePerSec: Infinity,
      readyAtMs: -Infinity,
      isLimited: false,
    });
  });

  it('takes the rate that the upstream accepted as the limit, stays below it, and spaces calls evenly', () => {
    const limiter = refused();
    expect(limiter.ratePerSec).toBe(50 * 0.9 * 0.8);
    for (let nowMs = 10_020; nowMs < 70_000; nowMs = Math.max(nowMs + 1, limiter.readyAtMs)) {
      limiter.started(nowMs);
      expect(limiter.readyAtMs - nowMs).toBeGreaterThanOrEqual(1_000 / 45 - 0.001);
    }
    expect(limiter.ratePerSec).toBe(45);
  });

  it('adapts equally in whatever order the answers come in', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...Array(60).keys()], { minLength: 60 }), (order) => {
        const limiter = new AdaptiveLimiter({ mostCalls: 256 });
        for (const call of order)
          limiter.ended(call < 40 ? fine : limited, { sentAtMs: 5_000, nowMs: 5_020 });
        expect(limiter.ratePerSec).toBeCloseTo(40 * 0.9 * 0.8);
      }),
    );
  });

  it('goes down again when that was too much, once for all that were refused together', () => {
    const limiter = refused({ letThrough: 100 });
    const before = limiter.ratePerSec;
    for (let call = 0; call < 40; call++) limiter.ended(fine, { sentAtMs: 12_000 + call, nowMs: 12_100 });
    limiter.ended(limited, { sentAtMs: 12_050, nowMs: 12_100 });
    const after = limiter.ratePerSec;
    limiter.ended(limited, { sentAtMs: 12_050, nowMs: 12_101 });
    expect(after).toBeCloseTo(40 * 0.9 * 0.8);
    expect(after).toBeLessThan(before);
    expect(limiter.ratePerSec).toBe(after);
  });

  it('waits for the whole Retry-After, and never less because of a shorter one', () => {
    const limiter = new AdaptiveLimiter({ mostCalls: 4 });
    limiter.ended({ kind: 'limited', retryAfterMs: 3_000 }, { sentAtMs: 0, nowMs: 100 });
    limiter.ended({ kind: 'overloaded', retryAfterMs: 500 }, { sentAtMs: 0, nowMs: 100 });
    expect(limiter.readyAtMs).toBe(3_100);
  });

  it('sets no low limit when the first refusal comes after few calls: other clients of the account caused it', () => {
    expect(refused({ sent: 2, letThrough: 1 }).ratePerSec).toBe(10 * 0.8);
  });

  it('tries a higher limit after a long time without a refusal', () => {
    const limiter = refused();
    limiter.started(60_000);
    limiter.started(400_000);
    limiter.started(500_000);
    expect(limiter.ratePerSec).toBeCloseTo(45 * 1.1);
  });

  it('lowers the concurrency when the upstream is overloaded, and raises it again when it answers', () => {
    const limiter = new AdaptiveLimiter({ mostCalls: 100 });
    limiter.ended(overloaded, { sentAtMs: 0, nowMs: 1_000 });
    limiter.ended(overloaded, { sentAtMs: 10, nowMs: 1_001 });
    expect(limiter.calls).toBe(70);
    for (let call = 0; call < 100; call++) {
      limiter.ended(overloaded, { sentAtMs: 2_000 + call * 10, nowMs: 2_005 + call * 10 });
    }
    expect(limiter.calls).toBe(4);
    for (let call = 0; call < 5_000; call++) limiter.ended(fine, { sentAtMs: 5_000, nowMs: 5_020 });
    expect(limiter.calls).toBe(100);
  });

  it('is not slowed by answers that take long, however few of them are quick', () => {
    const limiter = new AdaptiveLimiter({ mostCalls: 100 });
    for (let call = 0; call < 500; call++) {
      limiter.ended(fine, { sentAtMs: call, nowMs: call + (call % 20 === 0 ? 20 : 8_000) });
    }
    expect(limiter).toMatchObject({ calls: 100, isLimited: false });
  });

  it('sends one call after a pause, and the others when that has succeeded', () => {
    const limiter = new AdaptiveLimiter({ mostCalls: 100 });
    limiter.ended({ kind: 'overloaded', retryAfterMs: 3_000 }, { sentAtMs: 0, nowMs: 100 });
    expect(limiter.pauseAt(3_099)).toEqual({ untilMs: 3_100, reason: 'overloaded' });
    expect(limiter.pauseAt(3_100)).toBeNull();
    expect(limiter.isProbing).toBe(false);
    limiter.started(3_100);
    expect(limiter.isProbing).toBe(true);
    // One from before the pause says nothing, and one that nobody waited for is replaced by another.
    limiter.ended(fine, { sentAtMs: 50, nowMs: 3_110 });
    expect(limiter.isProbing).toBe(true);
    limiter.abandoned({ sentAtMs: 3_100 });
    expect(limiter.isProbing).toBe(false);
    limiter.started(3_120);
    limiter.ended({ kind: 'overloaded', retryAfterMs: 1_000 }, { sentAtMs: 3_120, nowMs: 3_130 });
    expect(limiter.readyAtMs).toBe(4_130);
    limiter.started(4_130);
    limiter.ended(fine, { sentAtMs: 4_130, nowMs: 4_140 });
    limiter.started(4_141);
    expect(limiter.isProbing).toBe(false);
  });
});
