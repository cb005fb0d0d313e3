import { describe, expect, it } from 'vitest';
import { fastest } from '../support/cpu-time.ts';
import { createTestGateway } from '../support/gateway.ts';

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

  it('costs hardly more with many mistakes than without lines', async () => {
    await using gateway = await createTestGateway();
    let number = 0;
    const ask = (lines: number) => async () => {
      const { errors } = await gateway.query(
        `query Q${String(number++)} { devboxes {${'\n'.repeat(lines)} ${mistakes(300)} } }`,
      );
      expect(errors.length).toBeGreaterThan(10);
    };
    await ask(0)();

    const flat = await fastest(5, ask(0));
    const long = await fastest(5, ask(9_900));

    expect(long / Math.max(flat, 5)).toBeLessThan(10);
  });
});

describe('a document with many mistakes', () => {
  it('is told the first 20, each with its place, and that there are more', async () => {
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
