import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flakeRateOf, meanOver, passAtK, passHatK } from '../../src/statistics/attempts.ts';

const SMALL = fc.integer({ min: 1, max: 10 }).chain((attempts) =>
  fc.record({
    attempts: fc.constant(attempts),
    passed: fc.integer({ min: 0, max: attempts }),
    k: fc.integer({ min: 1, max: attempts }),
  }),
);

/** Every choice of `k` of the attempts, as the outcomes it holds. */
function* draws(outcomes: readonly boolean[], k: number, from = 0): Iterable<readonly boolean[]> {
  if (k === 0) yield [];
  for (let index = from; k > 0 && index <= outcomes.length - k; index++) {
    for (const rest of draws(outcomes, k - 1, index + 1)) yield [outcomes[index]!, ...rest];
  }
}

function shareOf(
  { attempts, passed, k }: { attempts: number; passed: number; k: number },
  counts: (draw: readonly boolean[]) => boolean,
): number {
  const all = [
    ...draws(
      Array.from({ length: attempts }, (_, index) => index < passed),
      k,
    ),
  ];
  return all.filter(counts).length / all.length;
}

describe('pass@k and pass^k', () => {
  it.each([
    // 1 − C(7, 1) / C(10, 1)
    [{ attempts: 10, passed: 3 }, 1, 0.3, 0.3],
    // 1 − C(7, 5) / C(10, 5) = 1 − 21 / 252; C(3, 5) = 0
    [{ attempts: 10, passed: 3 }, 5, 11 / 12, 0],
    // C(8, 2) / C(10, 2) = 28 / 45; 1 − C(2, 2) / C(10, 2)
    [{ attempts: 10, passed: 8 }, 2, 44 / 45, 28 / 45],
    [{ attempts: 4, passed: 0 }, 2, 0, 0],
    [{ attempts: 4, passed: 4 }, 2, 1, 1],
  ])('of %o with k = %i', (attempts, k, at, hat) => {
    expect(passAtK(attempts, k)).toBeCloseTo(at, 12);
    expect(passHatK(attempts, k)).toBeCloseTo(hat, 12);
  });

  it('are unknown of fewer attempts than k', () => {
    expect(passAtK({ attempts: 2, passed: 2 }, 3)).toBeNull();
    expect(passHatK({ attempts: 2, passed: 2 }, 3)).toBeNull();
  });

  it('are the shares of all draws of k in which one, or each, has passed', () => {
    fc.assert(
      fc.property(SMALL, (given) => {
        expect(passAtK(given, given.k)).toBeCloseTo(
          shareOf(given, (draw) => draw.includes(true)),
          12,
        );
        expect(passHatK(given, given.k)).toBeCloseTo(
          shareOf(given, (draw) => !draw.includes(false)),
          12,
        );
      }),
    );
  });

  it('stay within 0 and 1 for any number of attempts', () => {
    expect(passAtK({ attempts: 20_000, passed: 1 }, 10_000)).toBeCloseTo(0.5, 12);
    expect(passHatK({ attempts: 20_000, passed: 19_999 }, 10_000)).toBeCloseTo(0.5, 12);
    expect(passHatK({ attempts: 20_000, passed: 10_000 }, 5_000)).toBeGreaterThanOrEqual(0);
  });
});

describe('the flake rate', () => {
  it('is unknown of a single attempt', () => {
    expect(flakeRateOf({ attempts: 1, passed: 1 })).toBeNull();
  });

  it('is the share of all pairs that disagree', () => {
    fc.assert(
      fc.property(SMALL, ({ attempts, passed }) => {
        fc.pre(attempts > 1);
        expect(flakeRateOf({ attempts, passed })).toBeCloseTo(
          shareOf({ attempts, passed, k: 2 }, ([one, other]) => one !== other),
          12,
        );
      }),
    );
  });
});

describe('a mean over scenarios', () => {
  it('leaves out scenarios without a value, and is null when none has one', () => {
    expect(meanOver([1, null, 0.5], (value) => value)).toBe(0.75);
    expect(meanOver([null], (value) => value)).toBeNull();
    expect(meanOver([], () => 1)).toBeNull();
  });
});
