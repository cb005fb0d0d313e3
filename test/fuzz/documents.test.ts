import fc from 'fast-check';
import { Kind, parse, validate, visit } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { createChoices } from './choices.ts';
import { documentOf, documents } from './documents.ts';
import type { ValuePool } from './values.ts';

const POOL: ValuePool = {
  ids: { scr: ['scr_1'], bmr: ['bmr_1'], bmd: ['bmd_1'], scn: ['scn_1'], dbx: ['dbx_1'] },
  texts: ['a text', 'quo"te', ''],
  instantsMs: [0],
  pageSizes: [2, 1, 5],
};

describe('random documents', () => {
  it.each(['query', 'subscription'] as const)('are valid: %s', (operation) => {
    fc.assert(
      fc.property(documents({ schema, pool: POOL, operation }), ({ query }) => {
        expect(validate(schema, parse(query)).map(({ message }) => message)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('bring every part of the language', () => {
    const kinds = new Set<string>();
    for (const { query } of fc.sample(documents({ schema, pool: POOL }), { numRuns: 500, seed: 1 })) {
      visit(parse(query), {
        enter: ({ kind }) => {
          kinds.add(kind);
        },
      });
    }

    expect([...kinds]).toEqual(
      expect.arrayContaining([
        Kind.FRAGMENT_SPREAD,
        Kind.INLINE_FRAGMENT,
        Kind.DIRECTIVE,
        Kind.VARIABLE,
        Kind.OBJECT,
        Kind.LIST,
        Kind.ENUM,
        Kind.NULL,
      ]),
    );
  });

  it('ask for one field at each level when nothing is decided', () => {
    const { query } = documentOf(createChoices([]), { schema, pool: POOL });
    const widths: number[] = [];
    visit(parse(query), {
      SelectionSet: ({ selections }) => {
        widths.push(selections.length);
      },
    });
    expect([...new Set(widths)]).toEqual([1]);
  });
});
