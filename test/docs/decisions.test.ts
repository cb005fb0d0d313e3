import { describe, expect, it } from 'vitest';
import { faultsOf, readDocuments, recordsOf } from '../../lint/decision-records.ts';

const FIRST = 'docs/decisions/0001-first.md';
const SECOND = 'docs/decisions/0002-second.md';

/** What is wrong with two records and a document, of which some say something else. */
function faultsWith(changed: Readonly<Record<string, string>>): readonly string[] {
  return faultsOf(
    new Map(Object.entries({ 'README.md': '', [FIRST]: '# 1. First', [SECOND]: '# 2. Second', ...changed })),
  );
}

describe('the records of decisions', () => {
  it('have numbers without a gap, and every reference to one leads to it', async () => {
    const documents = await readDocuments(new URL('../../', import.meta.url).pathname);

    expect(recordsOf(documents).length).toBeGreaterThan(40);
    expect(faultsOf(documents)).toEqual([]);
  });
});

describe('the check of records', () => {
  it('accepts links, with the number of the record or without one', () => {
    const text = `See [why](docs/decisions/0001-first.md) and [decision 2](docs/decisions/0002-second.md).`;

    expect(faultsWith({ 'README.md': text })).toEqual([]);
  });

  it('refuses a gap in the numbers', () => {
    expect(faultsWith({ 'docs/decisions/0004-fourth.md': '# 4. Fourth' })).toEqual([
      'docs/decisions/0004-fourth.md: expected the number 3, without a gap',
    ]);
  });

  it('refuses a number that two records have', () => {
    expect(faultsWith({ 'docs/decisions/0002-twin.md': '# 2. Twin' })).toEqual([
      'docs/decisions/0002-twin.md: expected the number 3, without a gap',
    ]);
  });

  it('refuses a title with the number of another record', () => {
    expect(faultsWith({ [SECOND]: '# 3. Second' })).toEqual([
      `${SECOND}: expected a title that begins with "2."`,
    ]);
  });

  it.each([
    ['[why](docs/decisions/0003-third.md)', 'no record is called 0003-third.md'],
    [
      '[decision 1](docs/decisions/0002-second.md)',
      'expected another number in [decision 1](docs/decisions/0002-second.md)',
    ],
    ['as decision 1 says', 'expected a link to the record instead of "decision 1"'],
    ['for a bounded time (0002)', 'expected a link to the record instead of "(0002)"'],
  ])('refuses %s', (text, fault) => {
    expect(faultsWith({ 'README.md': text })).toEqual([`README.md: ${fault}`]);
  });

  it('refuses a record that is amended by one which does not say so, and the other way round', () => {
    expect(faultsWith({ [FIRST]: '# 1. First\n\nAmended by [2](0002-second.md): more.' })).toEqual([
      `${SECOND}: expected "Amends [1]", as ${FIRST} says "Amended by"`,
    ]);
    expect(faultsWith({ [SECOND]: '# 2. Second\n\nSupersedes [1](0001-first.md).' })).toEqual([
      `${FIRST}: expected "Superseded by [2]", as ${SECOND} says "Supersedes"`,
    ]);
  });
});
