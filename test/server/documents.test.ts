import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import {
  createDocuments,
  type DocumentCacheBounds,
  type Documents,
} from '../../src/server/graphql/documents.ts';
import { heapInUse } from '../support/heap.ts';

const schema = buildSchema('type Query { a: Int b: Int }');

function createCounted(cache: DocumentCacheBounds) {
  const parsed = vi.fn(parse);
  const documents = createDocuments({
    parse: parsed,
    validate: (document) => validate(schema, document),
    cache,
    check: () => undefined,
  });
  return { ...documents, parsed };
}

const LARGE: DocumentCacheBounds = { maxDocuments: 100, maxBytes: 1_000_000 };

/** A document of so many characters. */
const documentOf = (length: number, name: string) => `{ ${name} }`.padEnd(length);

const tryTo = (act: () => unknown) => {
  try {
    act();
  } catch {
    // Refused, as it was meant to be.
  }
};

/** Reads each twice: the second time it has come before. */
const remember = (read: Documents['read'], ...texts: readonly string[]) => {
  for (const text of texts.flatMap((each) => [each, each])) tryTo(() => read(text, null));
};

describe('a document', () => {
  it('that is sent twice is cached', () => {
    const { read, parsed } = createCounted(LARGE);
    const [, second, third] = ['{ a }', '{ a }', '{ a }'].map((text) => read(text, null));

    expect(third).toBe(second);
    expect(parsed).toHaveBeenCalledTimes(2);
  });

  it('that is refused twice is refused from the cache, without being read', () => {
    const { read, parsed } = createCounted(LARGE);
    const refusals = ['{ a', '{ c }', '{ a', '{ c }', '{ c }', '{ a'].map((text) => {
      try {
        return read(text, null);
      } catch (error) {
        return error;
      }
    });

    expect(refusals.every((refusal) => refusal instanceof Error)).toBe(true);
    expect(refusals[5]).toBe(refusals[2]);
    expect(refusals[4]).toBe(refusals[3]);
    expect(parsed).toHaveBeenCalledTimes(4);
  });

  it.each([
    ['answered', documentOf(40_000, 'a')],
    ['refused', documentOf(40_000, 'c')],
  ])('that is %s and comes once is let go, however many there are', async (_what, text) => {
    const { read, parsed } = createCounted({ maxDocuments: 100_000, maxBytes: Infinity });
    const readAll = async (from: number) => {
      for (let number = from; number < from + 100; number++)
        tryTo(() => read(`${text}#${String(number)}`, null));
      // It remembers what it was called with.
      parsed.mockClear();
      return heapInUse();
    };
    const before = await readAll(0);

    expect((await readAll(100)) - before).toBeLessThan(100 * 10_000);
  });

  it.each([
    ['answered', `{${' a b'.repeat(240)} }`],
    ['refused', '{a}'.repeat(400)],
  ])('that is %s takes no more memory than is said', async (_what, text) => {
    const maxBytes = 5_000_000;
    const { read, parsed } = createCounted({ maxDocuments: 1_000, maxBytes });
    remember(read, text);
    const before = await heapInUse();
    for (let number = 0; number < 60; number++) remember(read, text + ' '.repeat(number + 1));
    parsed.mockClear();

    expect((await heapInUse()) - before).toBeLessThan(maxBytes * 1.1);
  });

  it('is evicted when there are too many', () => {
    const { read, parsed } = createCounted({ ...LARGE, maxDocuments: 2 });
    remember(read, '{ a }', '{ b }', '{ a b }');
    parsed.mockClear();
    read('{ a }', null);

    expect(parsed).toHaveBeenCalledOnce();
  });

  it('is evicted when all take too much memory, and never cached when it alone does', () => {
    const { read, parsed } = createCounted({ ...LARGE, maxBytes: 6_000 });
    const large = documentOf(600, 'a');
    remember(read, large, documentOf(600, 'b'), large);
    expect(parsed).toHaveBeenCalledTimes(5);

    const largest = documentOf(2_000, 'a');
    remember(read, largest);
    parsed.mockClear();
    for (const text of [largest, large, largest]) read(text, null);
    expect(parsed.mock.calls).toEqual([[largest], [largest]]);
  });

  it('that is no longer used is evicted by evictUnused', () => {
    const { read, parsed, evictUnused } = createCounted(LARGE);
    remember(read, '{ a }', '{ b }', '{ c }');
    read('{ a }', null);
    evictUnused();
    parsed.mockClear();
    for (const text of ['{ a }', '{ b }', '{ c }']) tryTo(() => read(text, null));

    expect(parsed.mock.calls).toEqual([['{ b }'], ['{ c }']]);
  });

  it('is not evicted by any number of refused ones', () => {
    const { read, parsed } = createCounted({ ...LARGE, maxDocuments: 2 });
    remember(read, '{ a }');
    for (let other = 0; other < 10; other++) remember(read, `{ c${String(other)} }`);
    parsed.mockClear();
    read('{ a }', null);

    expect(parsed).not.toHaveBeenCalled();
  });
});
