import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { percentileOf } from '../../src/statistics/percentile.ts';

describe('a percentile', () => {
  it('of nothing is none', () => {
    expect(percentileOf([], 0.5)).toBeNull();
  });

  // numpy.percentile([1, 2, 3, 4], [0, 50, 90, 100]), and of one value.
  it.each([
    [[1, 2, 3, 4], 0, 1],
    [[1, 2, 3, 4], 0.5, 2.5],
    [[1, 2, 3, 4], 0.9, 3.7],
    [[1, 2, 3, 4], 1, 4],
    [[15, 20, 35, 40, 50], 0.4, 29],
    [[7], 0.9, 7],
  ])('of %j at %d is interpolated between neighbours', (values, share, expected) => {
    expect(percentileOf(values, share)).toBeCloseTo(expected, 12);
  });

  it('lies within the sample, never falls, and splits it where it says', () => {
    const sample = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 200 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });

    fc.assert(
      fc.property(sample, share, share, (values, one, other) => {
        const ascending = Float64Array.from(values).sort();
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const [below, above] = [percentileOf(ascending, low)!, percentileOf(ascending, high)!];

        expect(above - below).toBeGreaterThanOrEqual(-1e-6);
        expect(values.filter((value) => value <= below + 1e-6).length).toBeGreaterThanOrEqual(
          Math.floor(low * (values.length - 1)),
        );
        expect(values.filter((value) => value >= below - 1e-6).length).toBeGreaterThanOrEqual(
          Math.floor((1 - low) * (values.length - 1)),
        );
      }),
    );
  });
});
