import { ESLint, Linter } from 'eslint';
import { describe, expect, it } from 'vitest';
import { fieldTerms, TERMS } from '../lint/field-terms.js';

const messagesOf = (code: string) =>
  new Linter()
    .verify(code, {
      plugins: { house: { rules: { 'field-terms': fieldTerms } } },
      rules: { 'house/field-terms': 'error' },
    })
    .map(({ message }) => message);

describe('an identifier with a private word', () => {
  it.each([
    ['const LARGEST_STRETCH = 20;', 'LARGEST_STRETCH', 'overfetch'],
    ['function setAlarm() {}', 'setAlarm', 'timer'],
    ['class AccountLane {}', 'AccountLane', 'queue'],
    ['class Cache { #drawer = null; }', 'drawer', 'cache'],
    ['export const options = { isNarrowed: true };', 'isNarrowed', 'filtered'],
  ])('is refused, with the term of the field: %s', (code, name, term) => {
    const [message, ...others] = messagesOf(code);

    expect(message).toContain(`in "${name}"`);
    expect(message).toContain(term);
    expect(others).toEqual([]);
  });

  it.each([...TERMS.keys()])('is refused whatever its case: %s', (word) => {
    const capitalised = `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;

    for (const name of [word, `is${capitalised}`, `${capitalised}Map`, `MAX_${word.toUpperCase()}`])
      expect(messagesOf(`const ${name} = 1;`)).toHaveLength(1);
  });

  it.each(['const planet = 1;', 'const always = 1;', "const kind = 'lane';", '// A drawer.'])(
    'is not found in a longer word, a text or a comment: %s',
    (code) => {
      expect(messagesOf(code)).toEqual([]);
    },
  );
});

describe('the rule', { timeout: 60_000 }, () => {
  it.each(['src/gateway.ts', 'src/simulator/world.ts', 'schema/node.ts'])(
    'is in force for %s',
    async (file) => {
      const eslint = new ESLint({ cwd: new URL('../', import.meta.url).pathname });
      const { rules } = (await eslint.calculateConfigForFile(file)) as {
        readonly rules: Readonly<Record<string, unknown>>;
      };

      expect(rules['house/field-terms']).toEqual([2]);
    },
  );
});
