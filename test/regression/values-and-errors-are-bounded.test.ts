import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createPresentErrors } from '../../src/server/graphql/present-error.ts';
import { createTestGateway } from '../support/gateway.ts';
import { createRecordingLog } from '../support/log.ts';

const aliases = (count: number, field: string) =>
  Array.from({ length: count }, (_, n) => `a${String(n)}: ${field}`).join(' ');

describe('an answer', () => {
  it('of more values than QUERY_MAX_VALUES is refused before anything is called', async () => {
    await using gateway = await createTestGateway();

    const { errors } = await gateway.query(
      `{ benchmarkRuns(first: 99) { nodes { scenarioRuns(first: 100) { nodes { ${aliases(45, 'name')} } } } } }`,
    );

    expect(errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COMPLEX' } }]);
    expect(errors[0]?.message).toMatch(/^Expected at most 100000 values \(QUERY_MAX_VALUES\), got 4\d{5}: /);
    expect(gateway.calls()).toEqual([]);
  });

  it('tells 100 errors at most, and how many there are', async () => {
    await using gateway = await createTestGateway();
    for (let n = 0; n < 10; n++) gateway.world.insert.scenarioRun({ id: `scr_${String(n)}` });

    const { data, errors } = await gateway.query(
      `{ scenarioRuns { nodes { scenario { id } ${aliases(20, 'logs(first: 0) { nodes { message } }')} } } }`,
    );

    expect(data).not.toBeNull();
    expect(errors).toHaveLength(100);
    expect(errors[99]).toMatchObject({
      message: 'There are 200 errors in all, of which the first 99 are listed',
      extensions: { code: 'BAD_USER_INPUT', errorCount: 200 },
    });
  });
});

describe('an argument', () => {
  const RUNS =
    'query Q($filter: ScenarioRunFilter, $ids: [ID!]!) { scenarioRuns(filter: $filter) { nodes { id } } nodes(ids: $ids) { id } }';

  it.each([
    ['a text in a variable', { filter: { metadata: [{ key: 'k', value: 'v'.repeat(2_001) }] }, ids: [] }],
    ['a list in a variable', { ids: Array.from({ length: 101 }, (_, n) => `scr_${String(n)}`) }],
  ])('is refused when %s is too long', async (_name, variables) => {
    await using gateway = await createTestGateway();

    const { errors } = await gateway.query(RUNS, variables);

    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(gateway.calls()).toEqual([]);
  });

  it('is refused when a text or a list in the document is too long', async () => {
    await using gateway = await createTestGateway();

    for (const document of [
      `{ scenarioRuns(filter: { metadata: [{ key: "k", value: "${'v'.repeat(2_001)}" }] }) { nodes { id } } }`,
      `{ nodes(ids: [${'"scr_1", '.repeat(101)}]) { id } }`,
    ]) {
      const { errors } = await gateway.query(document);
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
    expect(gateway.calls()).toEqual([]);
  });
});

describe('an error that is expected', () => {
  it('has no stack', () => {
    expect(new GatewayError('NOT_FOUND', 'gone').stack).toBe('GatewayError: gone');
    expect(new Error('a defect').stack).toContain(' at ');
  });

  it('is presented for what it is', () => {
    const present = createPresentErrors({ log: createRecordingLog().log, errorId: () => 'id' });

    expect(present([new GatewayError('NOT_FOUND', 'gone')], 'r')[0]?.extensions['code']).toBe('NOT_FOUND');
  });
});
