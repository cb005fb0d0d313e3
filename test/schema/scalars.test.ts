import fc from 'fast-check';
import { isScalarType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';

/** Of the years that RFC 3339 can write. */
const [FIRST_INSTANT_MS, LAST_INSTANT_MS] = [-62_167_219_200_000, 253_402_300_799_999];

function serialize(value: unknown): unknown {
  const type = schema.getType('DateTime');
  if (!isScalarType(type)) throw new Error('There is no DateTime');
  return type.serialize(value);
}

describe('DateTime', () => {
  it('writes every instant as RFC 3339, whatever was written before', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.integer({ min: FIRST_INSTANT_MS, max: LAST_INSTANT_MS }),
          fc.integer({ min: 0, max: 4e12 }),
          fc.double({ min: -1e12, max: 4e12, noNaN: true }),
        ),
        fc.integer({ min: -2 * 86_400_000, max: 2 * 86_400_000 }),
        (instant, step) => {
          for (const ms of [instant, instant + step, instant].filter(
            (each) => each >= FIRST_INSTANT_MS && each <= LAST_INSTANT_MS,
          )) {
            expect(serialize(ms)).toBe(new Date(ms).toISOString());
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([Number.NaN, Infinity, FIRST_INSTANT_MS - 1, LAST_INSTANT_MS + 1, undefined, {}])(
    'refuses %s',
    (value) => {
      expect(() => serialize(value)).toThrow(RangeError);
    },
  );
});
