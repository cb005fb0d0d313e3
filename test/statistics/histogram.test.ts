import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogramOf } from '../../src/statistics/histogram.ts';

describe('a histogram', () => {
  it('counts lower ends in, upper ends out, and 1 in the last bucket', () => {
    expect(histogramOf([0, 0.24, 0.25, 0.5, 0.75, 0.99, 1], 4)).toEqual([
      { from: 0, to: 0.25, count: 2 },
      { from: 0.25, to: 0.5, count: 1 },
      { from: 0.5, to: 0.75, count: 1 },
      { from: 0.75, to: 1, count: 3 },
    ]);
  });

  it('of nothing has empty buckets', () => {
    expect(histogramOf([], 2)).toEqual([
      { from: 0, to: 0.5, count: 0 },
      { from: 0.5, to: 1, count: 0 },
    ]);
  });

  it('counts what is beyond its ends at its ends', () => {
    expect(histogramOf([-0.1, 1.0000001], 2).map(({ count }) => count)).toEqual([1, 1]);
  });

  it('has each score in the bucket that its ends say, whatever is rounded', () => {
    const steps = fc.integer({ min: 1, max: 100 }).chain((buckets) =>
      fc.tuple(
        fc.constant(buckets),
        fc.array(
          fc.oneof(
            fc.double({ min: 0, max: 1, noNaN: true }),
            // The ends themselves, and what float32 makes of them.
            fc.integer({ min: 0, max: buckets }).map((step) => step / buckets),
            fc.integer({ min: 0, max: buckets }).map((step) => Math.fround(step / buckets)),
          ),
        ),
      ),
    );

    fc.assert(
      fc.property(steps, ([buckets, scores]) => {
        const histogram = histogramOf(scores, buckets);
        expect(histogram).toHaveLength(buckets);
        for (const [index, { from, to, count }] of histogram.entries()) {
          const isLast = index === buckets - 1;
          const inside = scores.filter((score) => score >= from && (score < to || isLast));
          expect(count).toBe(inside.length);
        }
      }),
    );
  });
});
