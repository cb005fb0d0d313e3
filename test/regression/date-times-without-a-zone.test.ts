import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { startRewrittenUpstream } from '../support/rewritten-upstream.ts';

const LIST = `query($at: DateTime!) { scenarioRuns(filter: { startedAfter: $at }) { nodes { id startedAt } } }`;

describe('a DateTime of a client', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await createTestGateway();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it.each([
    'run 7',
    '1',
    '2026',
    '2026-01-31',
    '2026-01-31T12:00Z',
    '2026-01-31T12:00:00',
    '2026-01-31 12:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-31T24:00:00Z',
    '2026-01-31T12:60:00Z',
    '2026-01-31T12:00:60Z',
    '2026-01-31T12:00:00+24:00',
    '2026-01-31T12:00:00+0100',
    '2026-01-31T12:00:00.Z',
    '+275760-09-13T00:00:00.000Z',
    'Sat, 31 Jan 2026 12:00:00 GMT',
    ' 2026-01-31T12:00:00Z',
    '',
    1_769_860_800_000,
    true,
  ])('as %j is BAD_USER_INPUT, as a variable and as a literal', async (at) => {
    const variable = await gateway.query(LIST, { at });
    const literal = await gateway.query(
      LIST.replace('query($at: DateTime!)', '').replace('$at', JSON.stringify(at)),
    );

    expect(variable.errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    expect(literal.errors).toHaveLength(1);
    expect(literal.errors[0]?.extensions.code).toMatch(/^(BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED)$/);
    expect(gateway.calls()).toEqual([]);
  });

  it.each([
    '2026-01-31T12:00:00Z',
    '2026-01-31t12:00:00z',
    '2026-01-31T12:00:00.000Z',
    '2026-01-31T12:00:00.000999999Z',
    '2026-01-31T13:00:00+01:00',
    '2026-01-31T06:30:00-05:30',
    '2026-01-31T12:00:00-00:00',
    '2026-02-01T11:59:00+23:59',
  ])('as %s is that instant', async (at) => {
    await using gateway = await createTestGateway();
    const startedAt = Date.UTC(2026, 0, 31, 12);
    gateway.world.insert.scenarioRun({ start_time_ms: startedAt - 1 });
    const { id } = gateway.world.insert.scenarioRun({ start_time_ms: startedAt });

    const { data, errors } = await gateway.query(LIST, { at });

    expect(errors).toEqual([]);
    expect(data).toEqual({ scenarioRuns: { nodes: [{ id, startedAt: '2026-01-31T12:00:00.000Z' }] } });
  });

  it('that is a leap second is the first instant after it', async () => {
    await using gateway = await createTestGateway();
    const { id } = gateway.world.insert.scenarioRun({ start_time_ms: Date.UTC(2017, 0, 1) });

    const { data } = await gateway.query(LIST, { at: '2016-12-31T15:59:60-08:00' });

    expect(data).toEqual({ scenarioRuns: { nodes: [{ id, startedAt: '2017-01-01T00:00:00.000Z' }] } });
  });
});

describe('an instant of the upstream', () => {
  it.each([
    ['2026-01-31T12:00:00', null],
    ['2026-02-30T12:00:00Z', null],
    ['2026-01-31T13:00:00.5+01:00', '2026-01-31T12:00:00.500Z'],
    [1_769_860_800_000.75, '2026-01-31T12:00:00.000Z'],
    [-1, null],
    [253_402_300_800_000, null],
  ])('that is %j is %j', async (start, startedAt) => {
    await using upstream = await startRewrittenUpstream((request, text) =>
      request.pathname.includes('/runs/')
        ? JSON.stringify({ ...JSON.parse(text), start_time_ms: start })
        : text,
    );
    const { id } = upstream.world.insert.scenarioRun({ duration_ms: -5 });

    const { data } = await upstream.gateway.query(
      `{ scenarioRun(id: "${id}") { startedAt endedAt durationMs } }`,
    );

    expect(data).toEqual({ scenarioRun: { startedAt, endedAt: startedAt, durationMs: 0 } });
  });
});
