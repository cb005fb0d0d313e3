import { Linter } from 'eslint';
import { describe, expect, it } from 'vitest';
import { boundedQuantifiers } from '../../lint/bounded-quantifiers.js';
import { withoutValues } from '../../src/server/graphql/quoted-values.ts';
import { fastest } from '../support/cpu-time.ts';
import { createTestGateway } from '../support/gateway.ts';

const LENGTH = 60_000;
const filled = (part: string, length = LENGTH) => part.repeat(Math.floor(length / part.length));

const DOCUMENT =
  'query Q($filter: ScenarioRunFilter, $n: Int) { scenarioRuns(first: $n, filter: $filter) { nodes { id } } }';

/**
 * How much longer than a harmless text of the same length: quadratic is hundreds of times. The steps of a regular expression
 * can be counted nowhere, and some of these are in libraries: the processor time of this process is all that shows them.
 */
const MAX_RATIO = 10;

describe('a text of another is searched in linear time', () => {
  it.each([
    'A cannot represent ',
    'Value "',
    'Enum "A" cannot represent ',
    ' at "filter; ',
    'Expected type "',
    ' Did you mean "a", ',
  ])('that repeats %j', async (part) => {
    await using gateway = await createTestGateway();
    const ask = (text: string) => async () => {
      for (const variables of [{ filter: text }, { filter: { [text]: 1 } }, { n: text }]) {
        const { status, errors } = await gateway.query(DOCUMENT, variables);
        // A value that is too long for any argument is refused before it is coerced; the name of a property is not.
        expect([200, 400]).toContain(status);
        expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
        expect(errors[0]?.message.length).toBeLessThan(2_000);
      }
    };

    const harmless = await fastest(3, ask('x'.repeat(LENGTH)));
    const hostile = await fastest(2, ask(filled(part)));

    expect(hostile / Math.max(harmless, 5)).toBeLessThan(MAX_RATIO);
  });

  it('in headers, whose lists end at 30 entries', async () => {
    await using gateway = await createTestGateway();
    const long = 12_000;
    const send = (headers: Record<string, string>) => () =>
      gateway.query('{ __typename }', undefined, { headers });

    const harmless = await fastest(3, send({ 'X-Other': 'x'.repeat(long) }));
    for (const headers of [
      { Accept: filled('a/b,', long) },
      { Accept: `a/b${filled(';q=1', long)}` },
      { 'Accept-Encoding': filled('a;q=0,', long) },
      { 'Cache-Control': `${filled(' ', long)}x` },
      { 'If-None-Match': filled('"a",', long) },
    ]) {
      expect((await fastest(2, send(headers))) / Math.max(harmless, 2)).toBeLessThan(MAX_RATIO);
    }
    const { status } = await gateway.query('{ __typename }', undefined, {
      headers: { Accept: `${filled('text/plain,', 400)}application/json` },
    });
    expect(status).toBe(406);
  });
});

describe('an error', () => {
  it('still says what it said when the value that it quotes is long', () => {
    const long = JSON.stringify('v'.repeat(50_000));

    expect(
      withoutValues(
        `Variable "$n" got invalid value ${long} at "n.count"; Int cannot represent non-integer value: ${long}`,
      ),
    ).toBe('Variable "$n" got an invalid value at "n.count": Int cannot represent non-integer value.');
  });

  it('quotes no value that looks like a suggestion', () => {
    expect(withoutValues('Int cannot represent non-integer value: "x Did you mean hunter2"')).toBe(
      'Int cannot represent non-integer value.',
    );
  });

  it('is no longer than a thousand characters when it names something of the client', () => {
    expect(withoutValues(`Cannot query field "${'f'.repeat(60_000)}" on type "Query".`).length).toBeLessThan(
      1_002,
    );
  });
});

describe('a regular expression that is quadratic', () => {
  const problemsOf = (code: string) =>
    new Linter().verify(code, {
      plugins: { house: { rules: { 'bounded-quantifiers': boundedQuantifiers } } },
      rules: { 'house/bounded-quantifiers': 'error' },
    });

  it.each([
    String.raw`/\b([A-Z]\w* cannot represent [\w -]*?value):/`,
    String.raw`/"[^"]*" is not valid/`,
    String.raw`/^a+b+$/`,
    String.raw`new RegExp(text)`,
  ])('is found in %s', (code) => {
    expect(problemsOf(code)).toHaveLength(1);
  });

  it.each([String.raw`/^\d+$/`, String.raw`/\b\w{1,64} x/`, String.raw`/a\d{0,3}/y`])('is not %s', (code) => {
    expect(problemsOf(code)).toEqual([]);
  });
});
