import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcnemarExact } from '../../src/statistics/mcnemar.ts';

/** The same by counting every split in whole numbers, and dividing once. */
function byCounting(regressed: number, fixed: number): number {
  const n = regressed + fixed;
  let binomial = 1n;
  let tail = 0n;
  for (let i = 0; i <= Math.min(regressed, fixed); i++) {
    tail += binomial;
    binomial = (binomial * BigInt(n - i)) / BigInt(i + 1);
  }
  return Math.min(1, ratio(2n * tail, 1n << BigInt(n)));
}

/** Two large whole numbers' ratio, to the precision of a float. */
function ratio(numerator: bigint, denominator: bigint): number {
  const excess = Math.max(0, denominator.toString(2).length - numerator.toString(2).length);
  const scaled = (numerator << BigInt(excess + 60)) / denominator;
  return Number(scaled) * 2 ** -60 * 2 ** -excess;
}

describe('the exact McNemar test', () => {
  it.each([
    // Nothing changed.
    [0, 0, 1],
    // One coin falls on either side.
    [1, 0, 1],
    // 2 · (1 / 2⁵)
    [0, 5, 0.0625],
    // 2 · (1 + 10) / 2¹⁰
    [1, 9, 0.021484375],
    [9, 1, 0.021484375],
    // 2 · (1 + 8 + 28) / 2⁸
    [2, 6, 0.2890625],
    [4, 4, 1],
    // statsmodels.stats.contingency_tables.mcnemar, exact=True, of 121 and 59.
    [121, 59, 4.434e-6],
  ])('of %i regressed and %i fixed is what the coins say', (regressed, fixed, p) => {
    expect(mcnemarExact(regressed, fixed) / p).toBeCloseTo(1, 3);
  });

  it('equals the count of every split', () => {
    const count = fc.integer({ min: 0, max: 600 });

    fc.assert(
      fc.property(count, count, (regressed, fixed) => {
        const p = mcnemarExact(regressed, fixed);
        expect(p / byCounting(regressed, fixed)).toBeCloseTo(1, 9);
        expect(p).toBe(mcnemarExact(fixed, regressed));
      }),
    );
  });

  it('holds for as many pairs as there can be', () => {
    for (const [regressed, fixed] of [
      [9_900, 10_100],
      [9_000, 9_600],
      [0, 20_000],
    ] as const) {
      const p = mcnemarExact(regressed, fixed);
      expect(p).toBeGreaterThanOrEqual(0);
      expect(p).toBeLessThanOrEqual(1);
    }
    expect(mcnemarExact(9_900, 10_100) / byCounting(9_900, 10_100)).toBeCloseTo(1, 9);
  });
});
