import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stableOrder } from '../../src/loaders/stable-order.ts';

describe('the stable order of numbers', () => {
  it('is ascending, and equal ones stay as they stand', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }), (values) => {
        const expected = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b);
        expect([...stableOrder(Float64Array.from(values))]).toEqual(expected);
      }),
    );
  });

  it('looks at each number a few times where all but some are in order', () => {
    const values = Float64Array.from({ length: 10_000 }, (_, index) => (index % 5_000 === 0 ? 1 : index));
    let looks = 0;
    const counted = new Proxy(values, {
      get: (target, name) => {
        if (typeof name === 'string' && /^\d/.test(name)) looks++;
        return Reflect.get(target, name, target) as unknown;
      },
    });
    expect([...stableOrder(counted)].slice(0, 3)).toEqual([0, 1, 5_000]);
    expect(looks).toBeLessThan(6 * values.length);
  });
});
