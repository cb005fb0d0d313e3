import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { createDocuments, type DocumentCacheBounds } from '../../src/server/documents.ts';

const schema = buildSchema('type Query { a: Int b: Int }');

function createCounted(cache: DocumentCacheBounds) {
  const parsed = vi.fn(parse);
  const documents = createDocuments({
    parse: parsed,
    validate: (document) => validate(schema, document),
    cache,
    check: () => undefined,
  });
  return { read: documents.read, parsed };
}

const LARGE: DocumentCacheBounds = { maxDocuments: 100, maxBytes: 1_000_000 };

/** A document of so many characters. */
const documentOf = (length: number, name: string) => `{ ${name} }`.padEnd(length);

describe('a document', () => {
  it('is read once', () => {
    const { read, parsed } = createCounted(LARGE);

    expect(read('{ a }', null)).toBe(read('{ a }', null));
    expect(parsed).toHaveBeenCalledOnce();
  });

  it('that is refused is refused again without being read', () => {
    const { read, parsed } = createCounted(LARGE);
    const refusals = ['{ a', '{ c }', '{ c }', '{ a'].map((text) => {
      try {
        return read(text, null);
      } catch (error) {
        return error;
      }
    });

    expect(refusals.map((refusal) => refusal instanceof Error)).toEqual([true, true, true, true]);
    expect(refusals[3]).toBe(refusals[0]);
    expect(refusals[2]).toBe(refusals[1]);
    expect(parsed).toHaveBeenCalledTimes(2);
  });

  it('is forgotten when there are too many', () => {
    const { read, parsed } = createCounted({ ...LARGE, maxDocuments: 2 });
    for (const text of ['{ a }', '{ b }', '{ a b }', '{ a }']) read(text, null);

    expect(parsed).toHaveBeenCalledTimes(4);
  });

  it('is forgotten when all take too much memory, and never kept when it alone does', () => {
    const { read, parsed } = createCounted({ ...LARGE, maxBytes: 100_000 });
    const large = documentOf(600, 'a');
    for (const text of [large, documentOf(600, 'b'), large]) read(text, null);
    expect(parsed).toHaveBeenCalledTimes(3);

    const largest = documentOf(2_000, 'a');
    for (const text of [largest, large, largest]) read(text, null);
    expect(parsed.mock.calls.slice(3)).toEqual([[largest], [largest]]);
  });

  it('outlives any number of others that are refused', () => {
    const { read, parsed } = createCounted({ ...LARGE, maxDocuments: 2 });
    read('{ a }', null);
    for (let other = 0; other < 10; other++) expect(() => read(`{ c${String(other)} }`, null)).toThrow();
    read('{ a }', null);

    expect(parsed.mock.calls.filter(([text]) => text === '{ a }')).toHaveLength(1);
  });
});
