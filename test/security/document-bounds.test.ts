import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_DOCUMENT_BOUNDS,
  type DocumentBounds,
  parseBounded,
} from '../../src/security/document-bounds.ts';
import { graphiqlTabs, NO_EXAMPLES } from '../../src/server/graphiql/graphiql-tabs.ts';
import { BOARD, DASHBOARD, DETAIL } from '../support/canonical-queries.ts';

const BOUNDS: DocumentBounds = {
  maxBytes: 4_000,
  maxTokens: 500,
  maxDepth: 5,
  maxSelections: 60,
  maxAliases: 3,
  maxRootFields: 4,
  maxDirectives: 3,
  maxRepeats: 5,
};

const WIDE: DocumentBounds = { ...BOUNDS, maxBytes: 1e6, maxTokens: 1e5, maxSelections: 1e6 };

function refusal(text: string, bounds: DocumentBounds = BOUNDS): unknown {
  try {
    parseBounded(text, bounds);
    return null;
  } catch (error) {
    return error;
  }
}

/** As a client generator writes it, with a type of nine levels. */
const INTROSPECTION = getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true });

describe('a document', () => {
  it.each<[string, string, string]>([
    ['bytes', `{ a(b: "${'x'.repeat(5_000)}") }`, 'at most 4000 bytes (QUERY_MAX_BYTES), got 5012'],
    ['tokens', `{ ${'a '.repeat(600)} }`, 'at most 500 tokens (QUERY_MAX_TOKENS), got more than 500'],
    ['depth', '{a{b{c{d{e{f}}}}}}', 'at most 5 levels of fields (QUERY_MAX_DEPTH), got 6'],
    [
      'selections',
      `{ x { ${Array.from({ length: 20 }, (_, n) => `f${String(n)} { g h }`).join(' ')} } }`,
      'at most 60 fields and fragments, each fragment counted wherever it is spread (QUERY_MAX_SELECTIONS), got 61',
    ],
    ['aliases', '{ x { a: f b: f c: f d: f } }', 'at most 3 aliases (QUERY_MAX_ALIASES), got 4'],
    ['root fields', '{ a b c d e }', 'at most 4 fields at its top (QUERY_MAX_ROOT_FIELDS), got 5'],
    ['directives', '{ a @x @x b @x @x }', 'at most 3 directives (QUERY_MAX_DIRECTIVES), got 4'],
    [
      'repeats',
      '{ a { b } a { b b } x: c { a { b b b } } x: c { ...F } } fragment F on T { a { b b b } }',
      'at most 5 fields for one place of the answer (QUERY_MAX_REPEATS), got 6',
    ],
  ])('of too many %s is refused with the bound, the value and what to do', (_of, text, message) => {
    const error = refusal(text);

    expect(error).toMatchObject({ code: 'QUERY_TOO_COMPLEX' });
    expect(String(error)).toContain(message);
    expect(String(error)).toMatch(/: [a-z].{10,}$/);
  });

  it('at each bound is read', () => {
    for (const text of [
      '{a{b{c{d{e}}}}}',
      '{ x { a: f b: f c: f } }',
      '{ a b c d }',
      '{ a @x @x b @x }',
      '{ a { b b b b b } }',
    ]) {
      expect(refusal(text)).toBeNull();
    }
  });

  it('is measured with its fragments spread', () => {
    expect(
      String(
        refusal('{ a { ...F } } fragment F on T { b { ...G } } fragment G on T { c { d { e { f } } } }'),
      ),
    ).toContain('levels of fields (QUERY_MAX_DEPTH), got 6');
    expect(String(refusal('{ ...F ...F } fragment F on T { a: b c: d }'))).toContain('got 4');
    expect(String(refusal('{ ...F ...F } fragment F on T { a b c }'))).toContain('at its top');
  });

  it('is measured by its largest operation', () => {
    expect(String(refusal('query A { a } query B { a b c d e }'))).toContain('at its top');
  });

  it('has nothing to hide in a fragment that is defined twice or never spread', () => {
    const large = '{ a: f b: f c: f d: f }';

    expect(refusal(`{ ...F } fragment F on T ${large} fragment F on T { a }`)).toMatchObject({
      code: 'QUERY_TOO_COMPLEX',
    });
    expect(refusal(`{ ...F } fragment F on T { a } fragment F on T ${large}`)).toMatchObject({
      code: 'QUERY_TOO_COMPLEX',
    });
    expect(refusal(`{ a } fragment G on T ${large}`)).toMatchObject({ code: 'QUERY_TOO_COMPLEX' });
  });

  it('whose fragments form a cycle is refused as invalid', () => {
    for (const text of [
      '{ ...F } fragment F on T { a ...F }',
      '{ a } fragment F on T { a { ...G } } fragment G on T { b { ...F } }',
    ]) {
      expect(refusal(text)).toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED' });
    }
  });

  it('that is none is a syntax error', () => {
    expect(String(refusal('{ a '))).toContain('Syntax Error: Expected Name, found <EOF>.');
    expect(String(refusal('{ a(b: "x'))).toContain('Syntax Error: Unterminated string.');
    expect(String(refusal(''))).toContain('Syntax Error: Unexpected <EOF>.');
  });
});

describe('a hostile document', () => {
  it('that doubles with every fragment is counted without spreading it', () => {
    const levels = 200;
    const fragments = Array.from(
      { length: levels },
      (_, n) => `fragment F${String(n)} on T { ...F${String(n + 1)} ...F${String(n + 1)} }`,
    );
    const text = `{ ...F0 } ${fragments.join(' ')} fragment F${String(levels)} on T { a }`;

    // Spread, it would have 2^200 fields.
    expect(String(refusal(text, { ...WIDE, maxDirectives: 1e9 }))).toContain('fields and fragments');
  });

  it.each<[string, string]>([
    ['fields', `${'{a'.repeat(20_000)}${'}'.repeat(20_000)}`],
    ['inline fragments', `{${'...{'.repeat(20_000)}a${'}'.repeat(20_001)}`],
    ['lists', `{a(b:${'['.repeat(20_000)}${']'.repeat(20_000)})}`],
    ['objects', `{a(b:${'{b:'.repeat(20_000)}1${'}'.repeat(20_000)})}`],
    ['types of variables', `query($a:${'['.repeat(20_000)}Int${']'.repeat(20_000)}){a}`],
  ])('of %s so deep that a parser would overflow is refused before it is parsed', (_of, text) => {
    expect(String(refusal(text, WIDE))).toContain('brackets open at once (QUERY_MAX_DEPTH)');
  });

  it('stops being read at the first token that is too many', () => {
    // What comes after it is no GraphQL, and nobody finds out.
    expect(refusal(`{ ${'a '.repeat(600)} ¿`)).toMatchObject({ code: 'QUERY_TOO_COMPLEX' });
  });
});

const tabs = await graphiqlTabs(NO_EXAMPLES);

describe('the bounds', () => {
  it.each<[string, string]>([
    ['dashboard', DASHBOARD],
    ['board', BOARD],
    ['detail', DETAIL],
    ['introspection', INTROSPECTION],
    ...tabs.map(({ query }, tab): [string, string] => [`tab ${String(tab + 1)}`, query]),
  ])('let what people ask through: %s', (_name, text) => {
    expect(parseBounded(text, DEFAULT_DOCUMENT_BOUNDS).kind).toBe('Document');
  });
});
