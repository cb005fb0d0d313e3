import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { type ExportBounds, type ExportSource, readExport } from '../../src/export/read-export.ts';
import type { Row, ScenarioRun } from '../../src/upstream/types.ts';
import { scenarioRun } from '../support/entities.ts';

const BOUNDS: ExportBounds = { pageSize: 3, maxRows: 100, maxColumns: 10 };
const UNREADABLE = new GatewayError('UPSTREAM_ERROR', 'unreadable');

const many = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    scenarioRun({ id: `scr_${String(index)}`, scenarioId: `scn_${String(index % 2)}` }),
  );

function createSource(rows: readonly Row<ScenarioRun>[], totalCount: number | null = null) {
  const asked: (string | undefined)[] = [];
  const named: string[] = [];
  const source: ExportSource = {
    read: ({ first, after, isKnown }) => {
      asked.push(after);
      const from = rows.findIndex((row) => !(row instanceof GatewayError) && row.id === after) + 1;
      const page = rows.slice(from, from + first);
      const ids = [...new Set(page.flatMap((row) => (row instanceof GatewayError ? [] : [row.scenarioId])))];
      const unknown = ids.filter((id) => !isKnown(id));
      named.push(...unknown);
      return Promise.resolve({
        rows: page,
        hasMore: from + first < rows.length,
        totalCount,
        names: new Map(unknown.map((id) => [id, `name of ${id}`])),
      });
    },
  };
  return { source, asked, named };
}

async function idsOf(source: ExportSource, bounds = BOUNDS) {
  const ids: (string | null)[] = [];
  for await (const { runs } of readExport(source, bounds)) ids.push(...runs.map(({ id }) => id));
  return ids;
}

describe('an export', () => {
  it('has every run once, and asks for each name once', async () => {
    const { source, named } = createSource(many(8));

    expect(await idsOf(source)).toEqual(many(8).map(({ id }) => id));
    expect(named).toEqual(['scn_0', 'scn_1']);
  });

  it('reads a page when the one before has been taken', async () => {
    const { source, asked } = createSource(many(8));
    const pages = readExport(source, BOUNDS);

    const first = await pages.next();
    expect([first.value?.isAll, asked]).toEqual([false, [undefined]]);
    await pages.next();
    expect(asked).toEqual([undefined, 'scr_2']);
  });

  it('of few runs is all on its first page', async () => {
    const { value } = await readExport(createSource(many(2)).source, BOUNDS).next();

    expect(value).toMatchObject({ isAll: true, runs: [{}, {}] });
  });

  it('tells of rows that cannot be read, once', async () => {
    const [a, b, c, d] = many(4) as [ScenarioRun, ScenarioRun, ScenarioRun, ScenarioRun];

    expect(
      await idsOf(createSource([a, UNREADABLE, b, UNREADABLE, c, UNREADABLE, d, UNREADABLE]).source),
    ).toEqual(['scr_0', null, 'scr_1', null, 'scr_2', null, 'scr_3', null]);
  });

  it('ends with an error where a whole page cannot be read', async () => {
    await expect(
      idsOf(createSource([UNREADABLE, UNREADABLE, UNREADABLE, ...many(1)]).source),
    ).rejects.toMatchObject({
      code: 'UPSTREAM_ERROR',
    });
  });

  it.each([
    ['at once where the upstream says how many there are', 50, 1],
    ['when it shows where it does not', null, 4],
  ])('of too many runs is refused %s', async (_when, totalCount, pages) => {
    const { source, asked } = createSource(many(50), totalCount);

    await expect(idsOf(source, { ...BOUNDS, maxRows: 10 })).rejects.toMatchObject({
      code: 'QUERY_TOO_COMPLEX',
    });
    expect(asked).toHaveLength(pages);
  });
});
