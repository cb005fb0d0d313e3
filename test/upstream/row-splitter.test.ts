import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRowSplitter } from '../../src/upstream/rest/row-splitter.ts';

/** What is read of a text that comes in pieces of these sizes; null when it is no JSON. */
function split(text: string | Buffer, sizes: readonly number[] = []): unknown {
  const bytes = Buffer.from(text);
  const rows: unknown[] = [];
  const splitter = createRowSplitter({
    wrapper: 'runs',
    onRow: (row) => {
      try {
        rows.push(JSON.parse(row));
        return true;
      } catch {
        return false;
      }
    },
  });
  let at = 0;
  for (let piece = 0; at < bytes.length; piece++) {
    const size = Math.max(1, sizes.length === 0 ? bytes.length : (sizes[piece % sizes.length] ?? 1));
    if (!splitter.write(Buffer.from(bytes.subarray(at, at + size)))) return null;
    at += size;
  }
  try {
    const rest: unknown = JSON.parse(splitter.rest());
    return typeof rest === 'object' &&
      rest !== null &&
      !Array.isArray(rest) &&
      'runs' in rest &&
      Array.isArray(rest.runs)
      ? { ...rest, runs: rows }
      : rest;
  } catch {
    return null;
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 });
const body = fc
  .record({
    before: fc.dictionary(fc.constantFrom('a', 'has_more', 'x\\'), fc.jsonValue()),
    runs: fc.array(fc.jsonValue(), { maxLength: 6 }),
    after: fc.dictionary(fc.constantFrom('b', 'total_count', '"'), fc.jsonValue()),
  })
  .map(({ before, runs, after }) => ({ ...before, runs, ...after }));

describe('a list that is read while it comes in', () => {
  it('is what reading it as a whole would make of it, however it is cut into pieces and spaced', () => {
    fc.assert(
      fc.property(body, sizes, fc.constantFrom(0, 1, 3), (value, pieces, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(split(text, pieces)).toEqual(JSON.parse(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is no JSON where it is none as a whole, whatever was done to its text', () => {
    fc.assert(
      fc.property(
        body,
        sizes,
        fc.nat(),
        fc.constantFrom('', ',', '[', ']', '{', '}', '"', '\\', '1', ':', ' '),
        (value, pieces, at, put) => {
          const whole = JSON.stringify(value);
          const cut = at % (whole.length + 1);
          const text = whole.slice(0, cut) + put + whole.slice(put === '' ? cut + 1 : cut);
          const expected = parsed(text);
          const has = typeof expected === 'object' && expected !== null && 'runs' in expected;
          // What is read twice under one name is another matter.
          fc.pre(expected === null || (has && Array.isArray(expected.runs)));
          expect(split(text, pieces)).toEqual(expected);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['{"runs":[{"a":"\\\\"},{"a":"\\""},"x",1,null,[],{}],"n":1}', 7],
    ['{"x":{"runs":[1]},"runs":[]}', 0],
    ['{"a":"runs","runs":[1,2]}', 2],
    ['\uFEFF{"runs":[1]}', 1],
    ['{"runs":["\u{1F600}\\u0041"]}', 1],
  ])('finds the rows of %s', (text, count) => {
    for (let size = 1; size < 6; size++) {
      const read = split(text, text.startsWith('\uFEFF') ? [] : [size]) as { runs: unknown[] };
      expect(read.runs).toHaveLength(count);
      expect(read).toEqual(JSON.parse(text.replace('\uFEFF', '')));
    }
  });

  it.each([
    '{"runs":[1 2]}',
    '{"runs":[1,]}',
    '{"runs":[,1]}',
    '{"runs":[{}{}]}',
    '{"runs":[{]}',
    '{"runs":[1}',
  ])('takes no %s for JSON', (text) => {
    expect(split(text)).toBeNull();
    expect(split(text, [1])).toBeNull();
  });
});
