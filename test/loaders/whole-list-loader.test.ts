import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createWholeListLoader } from '../../src/loaders/whole-list-loader.ts';
import type { Row } from '../../src/upstream/types.ts';
import type { PageRequest } from '../../src/upstream/page-request.ts';

interface Thing {
  readonly id: string;
}

const UNREADABLE = new GatewayError('UPSTREAM_ERROR', 'unreadable');

/** Lists in memory, read five rows a page and twelve in all, and how they are asked for. */
function createStage(lists: Readonly<Record<string, readonly Row<Thing>[]>>) {
  const asked: string[] = [];
  const primed: string[] = [];
  const waiting: (() => void)[] = [];
  let isHeld = false;
  let [underWay, mostUnderWay] = [0, 0];
  const loader = createWholeListLoader<Thing>({
    pageSize: 5,
    maxRows: 12,
    load: async (id, { limit, after }: PageRequest) => {
      asked.push(`${id} ${String(limit)} ${after ?? ''}`.trim());
      mostUnderWay = Math.max(mostUnderWay, ++underWay);
      if (isHeld) await new Promise<void>((resolve) => waiting.push(resolve));
      underWay--;
      const rows = lists[id];
      if (!rows) throw new GatewayError('NOT_FOUND', 'no such list');
      const start = 1 + rows.findIndex((row) => !(row instanceof Error) && row.id === after);
      return {
        rows: rows.slice(start, start + limit),
        hasMore: start + limit < rows.length,
        totalCount: null,
      };
    },
    onRow: ({ id }) => primed.push(id),
  });
  return {
    loader,
    primed,
    asked: () => asked.splice(0),
    hold: () => {
      isHeld = true;
    },
    release: () => {
      for (const go of waiting.splice(0)) go();
    },
    waiting,
    get mostUnderWay() {
      return mostUnderWay;
    },
  };
}

const things = (count: number, name = 't'): Thing[] =>
  Array.from({ length: count }, (_, index) => ({ id: `${name}${String(index)}` }));

describe('a whole list', () => {
  it('is read page by page to its end, once', async () => {
    const stage = createStage({ a: things(7) });

    const list = await stage.loader.load('a');
    expect(await stage.loader.load('a')).toBe(list);

    expect(list).toEqual({ rows: things(7), isWhole: true });
    expect(stage.asked()).toEqual(['a 5', 'a 5 t4']);
    expect(stage.primed).toHaveLength(7);
  });

  it('ends at its bound, and says so', async () => {
    const stage = createStage({ a: things(13), b: things(12) });

    expect(await stage.loader.load('a')).toEqual({ rows: things(12), isWhole: false });
    expect(stage.asked()).toEqual(['a 5', 'a 5 t4', 'a 2 t9']);
    expect(await stage.loader.load('b')).toMatchObject({ isWhole: true });
  });

  it('goes on behind the last row that has an id, and ends where there is none', async () => {
    const stage = createStage({
      a: [...things(4), UNREADABLE, { id: 'last' }],
      b: [UNREADABLE, UNREADABLE, UNREADABLE, UNREADABLE, UNREADABLE, { id: 'last' }],
    });

    const { rows } = await stage.loader.load('a');
    expect(rows.at(-1)).toEqual({ id: 'last' });
    expect(await stage.loader.load('b')).toMatchObject({ isWhole: false });
    expect(stage.asked()).toEqual(['a 5', 'a 5 t3', 'b 5']);
  });

  it('that fails fails for who asked, and lets the others go on', async () => {
    const stage = createStage({ a: things(1) });
    const [missing, there] = await Promise.allSettled([stage.loader.load('x'), stage.loader.load('a')]);

    expect(missing).toMatchObject({ status: 'rejected' });
    expect(there).toMatchObject({ status: 'fulfilled' });
  });

  it('that was loaded uncached is neither cached nor given to other callers', async () => {
    const stage = createStage({ a: things(3) });

    await stage.loader.loadUncached('a');
    expect(stage.primed).toEqual([]);
    expect(await stage.loader.page('a', { limit: 2, totalCount: false })).toBeNull();
    await stage.loader.load('a');
    await stage.loader.loadUncached('a');
    expect(stage.asked()).toEqual(['a 5', 'a 5']);
  });

  it('is cached as long as all of them together are no longer than one may be', async () => {
    const stage = createStage({ a: things(8, 'a'), b: things(8, 'b') });

    const both = await Promise.all([stage.loader.load('a'), stage.loader.load('b')]);
    expect(both.map(({ rows }) => rows.length)).toEqual([8, 8]);
    expect(stage.primed).toEqual(things(8, 'a').map(({ id }) => id));
    expect(await stage.loader.page('a', { limit: 2, totalCount: false })).not.toBeNull();
    expect(await stage.loader.page('b', { limit: 2, totalCount: false })).toBeNull();
  });

  it('waits while sixteen others are read', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `list${String(index)}`);
    const stage = createStage(Object.fromEntries(names.map((name) => [name, things(1, name)])));
    stage.hold();
    let answered = 0;
    const all = Promise.all(names.map((name) => stage.loader.load(name).then(() => answered++)));
    while (answered < names.length) {
      stage.release();
      await Promise.resolve();
    }
    await all;

    expect(stage.mostUnderWay).toBe(16);
    expect(stage.asked().map((call) => call.split(' ')[0])).toEqual(names);
  });
});

describe('a page of a whole list', () => {
  it('is cut out of it, and counts it', async () => {
    const stage = createStage({ a: things(7) });
    await stage.loader.load('a');
    stage.asked();

    expect(await stage.loader.page('a', { limit: 3, totalCount: true })).toEqual({
      rows: things(7).slice(0, 3),
      hasMore: true,
      totalCount: 7,
    });
    expect(await stage.loader.page('a', { limit: 5, after: 't2', totalCount: false })).toEqual({
      rows: things(7).slice(3),
      hasMore: false,
      totalCount: null,
    });
    expect(stage.asked()).toEqual([]);
  });

  it.each<[string, PageRequest]>([
    ['reaches beyond the bound', { limit: 5, after: 't9', totalCount: false }],
    ['counts what was not read', { limit: 1, totalCount: true }],
    ['starts behind a row that is not in it', { limit: 1, after: 'nowhere', totalCount: false }],
  ])('is not when it %s', async (_fact, page) => {
    const stage = createStage({ a: things(20) });
    await stage.loader.load('a');

    expect(await stage.loader.page('a', page)).toBeNull();
  });
});
