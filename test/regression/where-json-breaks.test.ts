import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breakOf } from '../../src/server/http/json-syntax.ts';
import { createTestGateway } from '../support/gateway.ts';

describe('a body that is no JSON', () => {
  it.each([
    [
      'a raw line break within a text, as curl sends one',
      '{"query":"{\n  __typename\n}"}',
      'line 1, column 12, expected no line break within a text: JSON writes one as \\n',
    ],
    ['a missing quote', '{\n  query: "{ a }"\n}', 'line 2, column 3, expected a name in double quotes or }'],
    ['a comma too many', '{"query":"{ a }",}', 'line 1, column 18, expected a name in double quotes'],
    ['single quotes', "{'query':'{ a }'}", 'line 1, column 2, expected a name in double quotes or }'],
    ['an end too early', '{"query":"{ a }"', 'line 1, column 17, expected a comma or }'],
    ['a text without an end', '{"query":"{ a }', 'line 1, column 16, expected the end of a text'],
    ['an escape that is none', '{"query":"\\x"}', 'line 1, column 11, expected one of the escapes'],
    ['two values', '{} {}', 'line 1, column 4, expected nothing more'],
    ['nothing', '', 'line 1, column 1, expected a value'],
    ['a form', 'query={a}', 'line 1, column 1, expected a value'],
  ])('is told where it breaks, and what was expected there: %s', async (_what, body, place) => {
    await using gateway = await createTestGateway();
    const { status, errors } = await gateway.query('', {}, { body });

    expect(status).toBe(400);
    expect(errors[0]?.message).toContain(`Expected the body to be JSON: at ${place}`);
  });

  it('is named for a parameter of the URL, too', async () => {
    await using gateway = await createTestGateway();
    const search = `query={__typename}&variables=${encodeURIComponent('{"a":\n1 2}')}`;
    const answer = await fetch(`${gateway.url}/graphql?${search}`);

    expect(await answer.text()).toContain('line 2, column 3, expected a comma or }');
  });
});

describe('the place where a text breaks', () => {
  const isJson = (text: string) => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  /** JSON of which a part is missing, doubled or another. */
  const nearlyJson = fc
    .tuple(
      fc.json({ maxDepth: 4 }),
      fc.nat(),
      fc.nat(6),
      fc.constantFrom('', ',', ']', '}', '"', '\\', '0', '-', '\n', ':', 'e', '\u0001'),
    )
    .map(([json, at, length, other]) => {
      const from = at % (json.length + 1);
      return json.slice(0, from) + other + json.slice(from + length);
    });

  it('is there exactly for a text that JSON.parse refuses, and whatever stands before it could still become JSON', () => {
    fc.assert(
      fc.property(nearlyJson, (text) => {
        const found = breakOf(text);
        expect(found === null).toBe(isJson(text));
        if (!found) return;
        const lines = text.split('\n');
        expect(found.line).toBeLessThanOrEqual(lines.length);
        expect(found.column).toBeLessThanOrEqual((lines[found.line - 1]?.length ?? 0) + 1);
      }),
      { numRuns: 3_000 },
    );
  });

  it('is found however deep the text nests', () => {
    expect(breakOf('['.repeat(200_000))).toMatchObject({ line: 1, column: 200_001 });
  });
});
