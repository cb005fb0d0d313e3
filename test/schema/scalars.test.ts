import fc from 'fast-check';
import { isScalarType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';

const LAST_INSTANT_MS = 8.64e15;

function serialize(value: unknown): unknown {
  const type = schema.getType('DateTime');
  if (!isScalarType(type)) throw new Error('There is no DateTime');
  return type.serialize(value);
}

describe('DateTime', () => {
  it('writes every instant as ISO 8601, whatever was written before', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.integer({ min: -LAST_INSTANT_MS, max: LAST_INSTANT_MS }),
          fc.integer({ min: 0, max: 4e12 }),
          fc.double({ min: -1e12, max: 4e12, noNaN: true }),
        ),
        fc.integer({ min: -2 * 86_400_000, max: 2 * 86_400_000 }),
        (instant, step) => {
          for (const ms of [instant, instant + step, instant].filter(
            (each) => Math.abs(each) <= LAST_INSTANT_MS,
          )) {
            expect(serialize(ms)).toBe(new Date(ms).toISOString());
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([Number.NaN, Infinity, LAST_INSTANT_MS + 1, undefined, {}])('refuses %s', (value) => {
    expect(() => serialize(value)).toThrow(RangeError);
  });
});
