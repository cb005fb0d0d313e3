import { describe, expect, it } from 'vitest';
import { createTestGateway } from '../support/gateway.ts';

/** Lines of a document, about as many as it may have. */
const LINES = 9_900;

/** How graphql-js looks for the line of a mistake: from the beginning of the document, line by line. */
const LINE_SEARCH = String.raw`\r\n|[\n\r]`;

const mistakes = (count: number) => Array.from({ length: count }, (_, n) => `f${String(n)}`).join(' ');

describe('a document of empty lines', () => {
  it.each(['\n', '\r\n', '\r'])('is refused beyond 10,000 of them, which end with %j', async (end) => {
    await using gateway = await createTestGateway();

    for (const document of [
      `{${end.repeat(10_100)} __typename }`,
      `{ __typename }${end.repeat(10_100)}`,
      `{ scenarioRun(id: """${end.repeat(10_100)}""") { id } }`,
    ]) {
      const { errors } = await gateway.query(document);
      expect(errors).toEqual([
        {
          message: 'Expected at most 10000 lines, got more: leave empty ones out',
          extensions: { code: 'QUERY_TOO_COMPLEX' },
        },
      ]);
    }
  });

  it('is searched for the lines of the mistakes that are reported, however many there are', async () => {
    await using gateway = await createTestGateway();
    using searches = countLineSearches();

    const { errors } = await gateway.query(`query { devboxes {${'\n'.repeat(LINES)} ${mistakes(300)} } }`);

    expect(errors).toHaveLength(21);
    expect(searches.found).toBeGreaterThan(LINES);
    expect(searches.found).toBeLessThan(22 * LINES);
  });
});

describe('a document with many mistakes', () => {
  it('is answered with the first 20, each with its place, and that there are more', async () => {
    await using gateway = await createTestGateway();

    const { errors } = await gateway.query(`{ devboxes {\n${mistakes(300)} } }`);

    expect(errors).toHaveLength(21);
    expect(errors[0]).toMatchObject({ locations: [{ line: 2, column: 1 }] });
    expect(errors[20]?.message).toMatch(/^Too many validation errors/);
    expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(
      new Set(['GRAPHQL_VALIDATION_FAILED']),
    );
  });
});

/** Counts the ends of lines that graphql-js finds while it looks for the lines of mistakes. */
function countLineSearches(): Disposable & { readonly found: number } {
  const exec = Reflect.get(RegExp.prototype, 'exec');
  let found = 0;
  RegExp.prototype.exec = function (this: RegExp, text) {
    if (this.source === LINE_SEARCH) found++;
    return exec.call(this, text);
  };
  return {
    get found() {
      return found;
    },
    [Symbol.dispose]() {
      RegExp.prototype.exec = exec;
    },
  };
}
