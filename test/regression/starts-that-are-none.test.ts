import { describe, expect, it } from 'vitest';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';

const AFTER = '2026-01-01T00:00:00Z';
const STARTED_AT_MS = Date.parse('2026-02-01T00:00:00Z');

interface Listed {
  readonly list: {
    readonly nodes: readonly ({ readonly id: string } | null)[];
    readonly isExhaustive: boolean;
    readonly totalCount: number | null;
  };
}

/** The runs that are listed as started after an instant. */
async function startedAfter(gateway: TestGateway, list: 'scenarioRuns' | 'benchmarkRuns') {
  const { data, errors } = await gateway.query(
    `{ list: ${list}(filter: { startedAfter: "${AFTER}" }) { nodes { id } isExhaustive totalCount } }`,
  );
  expect(errors).toEqual([]);
  const { nodes, isExhaustive, totalCount } = (data as Listed).list;
  return { ids: nodes.map((node) => node?.id), isExhaustive, totalCount };
}

describe('a run whose start is absurd', () => {
  it.each([0, -1, 1, 86_400_000, 8.64e15, 1e300])(
    'as %s hides no run that was made before it',
    async (start) => {
      for (const list of ['scenarioRuns', 'benchmarkRuns'] as const) {
        await using gateway = await createTestGateway();
        const { insert } = gateway.world;
        const add = (parts: { readonly start_time_ms: number }) =>
          list === 'scenarioRuns' ? insert.scenarioRun(parts) : insert.benchmarkRun(parts);
        const ids = [STARTED_AT_MS, STARTED_AT_MS, STARTED_AT_MS, start, STARTED_AT_MS]
          .map((start_time_ms) => ({ start_time_ms, id: add({ start_time_ms }).id }))
          .filter(({ start_time_ms }) => start_time_ms === STARTED_AT_MS)
          .map(({ id }) => id)
          .reverse();

        expect(await startedAfter(gateway, list)).toEqual({
          ids,
          isExhaustive: true,
          totalCount: ids.length,
        });
      }
    },
  );

  it('ends no scan, also where several stand together', async () => {
    await using gateway = await createTestGateway();
    const { insert } = gateway.world;
    const oldest = insert.scenarioRun({ start_time_ms: STARTED_AT_MS });
    for (let number = 0; number < 10; number++) insert.scenarioRun({ start_time_ms: 1_000 });
    const newest = insert.scenarioRun({ start_time_ms: STARTED_AT_MS });

    const { ids } = await startedAfter(gateway, 'scenarioRuns');

    expect(ids).toEqual([newest.id, oldest.id]);
  });

  it('has none, and of a benchmark run only the field that asks for it fails', async () => {
    await using gateway = await createTestGateway();
    const { insert } = gateway.world;
    const run = insert.benchmarkRun({ name: 'named', start_time_ms: 0 });
    const scenarioRun = insert.scenarioRun({ start_time_ms: 0, duration_ms: 5 });

    const { data, errors } = await gateway.query(`{
      named: benchmarkRun(id: "${run.id}") { name endedAt }
      dated: benchmarkRun(id: "${run.id}") { name startedAt }
      scenarioRun(id: "${scenarioRun.id}") { startedAt endedAt durationMs }
    }`);

    expect(data).toEqual({
      named: { name: 'named', endedAt: null },
      dated: null,
      scenarioRun: { startedAt: null, endedAt: null, durationMs: 5 },
    });
    expect(errors).toMatchObject([{ path: ['dated', 'startedAt'], extensions: { code: 'UPSTREAM_ERROR' } }]);
  });
});

describe('a list that goes on behind the wanted start', () => {
  it('is left once enough rows in succession are behind', async () => {
    await using gateway = await createTestGateway();
    const { insert } = gateway.world;
    for (let number = 0; number < 500; number++) insert.scenarioRun({ start_time_ms: STARTED_AT_MS - 1e10 });
    const { id } = insert.scenarioRun({ start_time_ms: STARTED_AT_MS });
    gateway.calls();

    const { data } = await gateway.query(
      `{ list: scenarioRuns(first: 5, filter: { startedAfter: "${AFTER}" }) { nodes { id } isExhaustive } }`,
    );

    expect(data).toEqual({ list: { nodes: [{ id }], isExhaustive: true } });
    expect(gateway.calls()).toHaveLength(1);
  });
});
