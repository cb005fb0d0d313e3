import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { excessOf } from '../../src/server/http/json-bounds.ts';

/** As a parser counts. */
function measured(value: unknown): { readonly values: number; readonly levels: number } {
  if (typeof value !== 'object' || value === null) return { values: 1, levels: 0 };
  const parts = Object.values(value).map(measured);
  return {
    values: parts.reduce((sum, part) => sum + part.values, 1),
    levels: 1 + Math.max(0, ...parts.map((part) => part.levels)),
  };
}

describe('the bounds of a JSON text', () => {
  it('hold by levels exactly, and by values with at most one more for each list or object', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const { values, levels } = measured(JSON.parse(text));

        expect(excessOf(text, { maxValues: Infinity, maxLevels: levels })).toBeNull();
        if (levels > 0)
          expect(excessOf(text, { maxValues: Infinity, maxLevels: levels - 1 })).toBe('maxLevels');
        expect(excessOf(text, { maxValues: 2 * values, maxLevels: Infinity })).toBeNull();
        if (values > 2)
          expect(excessOf(text, { maxValues: Math.floor(values / 2), maxLevels: Infinity })).toBe(
            'maxValues',
          );
      }),
    );
  });

  it.each([
    ['a text of commas', JSON.stringify(','.repeat(1_000))],
    ['a text of brackets', JSON.stringify('[{'.repeat(1_000))],
    ['a text of quotes and backslashes', JSON.stringify('\\"[,'.repeat(1_000))],
  ])('see in %s one value', (_what, text) => {
    expect(excessOf(text, { maxValues: 1, maxLevels: 0 })).toBeNull();
  });

  it.each(['"', '"\\', '\\', '', ']]]]', '{"a', '[,,"'])('bear what is no JSON: %s', (text) => {
    expect(excessOf(text, { maxValues: 10, maxLevels: 2 })).toBeNull();
  });
});
