import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanSize } from '../../src/loaders/scan-size.ts';

describe('the size of a page', () => {
  it('is small at first', () => {
    expect(scanSize({ missing: 21, found: 0, examined: 0, lastSize: null, rowsLeft: 10_000 })).toBe(63);
    expect(scanSize({ missing: 2, found: 0, examined: 0, lastSize: null, rowsLeft: 10_000 })).toBe(50);
  });

  it('stays small where most rows match', () => {
    expect(scanSize({ missing: 4, found: 17, examined: 63, lastSize: 63, rowsLeft: 9_937 })).toBe(50);
  });

  it('grows fourfold where none do, up to what the upstream answers and the bound allows', () => {
    const grown = (lastSize: number, rowsLeft: number) =>
      scanSize({ missing: 21, found: 0, examined: lastSize, lastSize, rowsLeft });

    expect([grown(63, 9_937), grown(252, 9_685), grown(4_000, 20_000), grown(4_000, 700)]).toEqual([
      252, 1_008, 5_000, 700,
    ]);
  });

  it('is always one that may be asked for', () => {
    const count = fc.integer({ min: 0, max: 20_000 });
    const some = fc.integer({ min: 1, max: 20_000 });
    const lastSize = fc.option(fc.integer({ min: 1, max: 5_000 }));
    fc.assert(
      fc.property(
        fc.record({ missing: some, found: count, examined: count, lastSize, rowsLeft: some }),
        (state) => {
          const size = scanSize(state);

          expect(Number.isInteger(size)).toBe(true);
          expect(size).toBeGreaterThanOrEqual(1);
          expect(size).toBeLessThanOrEqual(Math.min(5_000, state.rowsLeft));
        },
      ),
    );
  });
});
