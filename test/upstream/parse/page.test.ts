import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import { parseListed, parsePage } from '../../../src/upstream/rest/parse/page.ts';
import type { Listed, Row } from '../../../src/upstream/types.ts';
import type { PageRequest } from '../../../src/upstream/page-request.ts';

const parse = (row: unknown): Row<Listed & { readonly id: string }> =>
  typeof row === 'number' ? { id: String(row) } : new GatewayError('UPSTREAM_ERROR', 'bad row');
const read = (body: unknown, page: PageRequest = { limit: 3, totalCount: false }) =>
  parsePage(
    body,
    'rows',
    parseListed(parse, (row) => row !== 7),
    { page, report: () => undefined },
  );

describe('a page', () => {
  it('keeps the order of its rows and the place of a bad one', () => {
    expect(read({ rows: [3, 'x', 1], has_more: true })).toEqual({
      rows: [{ id: '3' }, expect.objectContaining({ code: 'UPSTREAM_ERROR' }), { id: '1' }],
      hasMore: true,
      totalCount: null,
    });
  });

  it('marks the rows that do not hold all that get-by-id has', () => {
    expect(read({ rows: [1, 7] }).rows).toEqual([{ id: '1' }, { id: '7', isPartial: true }]);
  });

  it.each([
    [{ rows: [1, 2], has_more: false }, false],
    [{ rows: [1], has_more: true }, true],
    [{ rows: [1, 2, 3] }, true],
    [{ rows: [1], has_more: null }, false],
    [{ rows: [] }, false],
    [{ rows: [], has_more: true }, false],
    [{ rows: [1, 2, 3, 4], has_more: false }, true],
  ])('as %j has more: %s', (body, hasMore) => {
    expect(read(body).hasMore).toBe(hasMore);
  });

  it.each([
    [[1, 2, 3, 4], undefined, ['1', '2', '3']],
    [[1, 1, 2], undefined, ['1', '2']],
    [[3, 4, 5], '3', ['4', '5']],
    [[1, 2, 3], '3', []],
    [[1, 2, 3, 4, 5], '3', ['4', '5']],
  ])('sent as %j behind %s shows %j', (rows, after, ids) => {
    const page = read({ rows, has_more: true }, { limit: 3, after, totalCount: false });
    expect(page.rows).toEqual(ids.map((id) => ({ id })));
    expect(page.hasMore).toBe(ids.length > 0);
  });

  it('of no rows has no more', () => {
    expect(read({ rows: [], total_count: 9 }, { limit: 0, totalCount: true })).toEqual({
      rows: [],
      hasMore: false,
      totalCount: 9,
    });
  });

  it('tells the total only when it was asked for', () => {
    const body = { rows: [], has_more: false, total_count: 12 };
    expect(read(body, { limit: 2, totalCount: true }).totalCount).toBe(12);
    expect(read(body, { limit: 2, totalCount: false }).totalCount).toBeNull();
    expect(read({ ...body, total_count: null }, { limit: 2, totalCount: true }).totalCount).toBeNull();
  });

  it.each([null, [], 'rows', { rows: {} }, { rows: null }, {}])('is UPSTREAM_ERROR when it is %j', (body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code: 'UPSTREAM_ERROR' }));
  });
});
