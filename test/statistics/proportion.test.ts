import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proportionOf } from '../../src/statistics/proportion.ts';

describe('a proportion', () => {
  it('of nothing is none', () => {
    expect(proportionOf(0, 0)).toBeNull();
  });

  // Wilson (1927) as tabulated by Newcombe (1998), method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i has the published interval', (successes, sampleSize, low, high) => {
    const proportion = proportionOf(successes, sampleSize);

    expect(proportion?.value).toBe(successes / sampleSize);
    expect(proportion?.low).toBeCloseTo(low, 4);
    expect(proportion?.high).toBeCloseTo(high, 4);
  });

  it('of all is certain above, and of none below', () => {
    expect(proportionOf(20, 20)).toMatchObject({ value: 1, high: 1 });
    expect(proportionOf(0, 20)).toMatchObject({ value: 0, low: 0 });
  });

  it('has as ends the shares p at which the sample is just 1.96 standard errors away', () => {
    const counts = fc
      .integer({ min: 1, max: 50_000 })
      .chain((sampleSize) => fc.tuple(fc.integer({ min: 0, max: sampleSize }), fc.constant(sampleSize)));

    fc.assert(
      fc.property(counts, ([successes, sampleSize]) => {
        const { value, low, high } = proportionOf(successes, sampleSize)!;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(value);
        expect(high).toBeGreaterThanOrEqual(value);
        expect(high).toBeLessThanOrEqual(1);
        for (const end of [low, high]) {
          if (end === value) continue;
          const standardError = Math.sqrt((end * (1 - end)) / sampleSize);
          expect(Math.abs(value - end) / standardError).toBeCloseTo(1.959964, 5);
        }
      }),
    );
  });
});
