import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError, UnreadableRow } from '../../src/errors.ts';
import type { ListLoader, ListRange } from '../../src/loaders/list-loader.ts';
import type { Loaders } from '../../src/loaders/loaders.ts';
import { type FilteringSettings, filterLists } from '../../src/loaders/filter-lists.ts';
import type { RunConditions } from '../../src/loaders/run-conditions.ts';
import { placeOf } from '../../src/upstream/walk-pages.ts';
import type { Row, ScenarioRun, ScenarioRunState } from '../../src/upstream/types.ts';
import type { ScenarioRunsFilter } from '../../src/upstream/filters.ts';
import { scenarioRun } from '../support/entities.ts';

type Filter = ScenarioRunsFilter & RunConditions<ScenarioRunState>;

const SLACK_MS = 10;
const BOUNDS: FilteringSettings = { maxRows: 10_000, maxCalls: 8, startSlackMs: SLACK_MS };

/** A list of runs, newest first, that can grow; it knows one state, as the upstream does. */
function createLists(newestFirst: readonly Row<ScenarioRun>[], settings: Partial<FilteringSettings> = {}) {
  let runs = [...newestFirst];
  const calls: { readonly state: string | undefined; readonly first: number }[] = [];
  const scenarioRuns: ListLoader<ScenarioRunsFilter, ScenarioRun> = {
    list: ({ state }, { first, after }: ListRange) => ({
      rows: () => {
        calls.push({ state, first });
        const from = runs.findIndex((row) => after !== undefined && placeOf(row) === after) + 1;
        const left = runs
          .slice(from)
          .filter((row) => state === undefined || row instanceof GatewayError || row.state === state);
        return Promise.resolve({ rows: left.slice(0, first), hasMore: left.length > first });
      },
      totalCount: () => Promise.resolve(runs.length),
    }),
  };
  const { scenarioRuns: lists } = filterLists({ scenarioRuns } as Partial<Loaders> as Loaders, {
    filters: { ...BOUNDS, ...settings },
    logs: { maxLines: 1, pageMaxBytes: 1, messageMaxChars: 1, searchMaxChars: 1 },
  });
  return {
    lists,
    calls,
    insert: (run: ScenarioRun) => {
      runs = [run, ...runs];
    },
  };
}

const idOf = (row: Row<ScenarioRun>) =>
  row instanceof GatewayError ? `unreadable ${placeOf(row) ?? ''}`.trim() : row.id;

const STATES = ['running', 'scored', 'completed', 'failed', 'unknown'] as const;

const BROKEN = new GatewayError('UPSTREAM_ERROR', 'unreadable');

/** Rows, some of which cannot be read. Starts are out of order by at most the slack. */
const worlds = fc
  .array(
    fc.record({
      state: fc.constantFrom(...STATES),
      score: fc.option(fc.constantFrom(0, 0.25, 0.5, 1)),
      model: fc.option(fc.constantFrom('a', 'b')),
      early: fc.integer({ min: 0, max: SLACK_MS * 1.5 }),
      hasStart: fc.boolean(),
      isBroken: fc.integer({ max: 9, min: 0 }).map((die) => die === 0),
    }),
    { maxLength: 60 },
  )
  .map((parts) =>
    parts.map(({ state, score, model, early, hasStart, isBroken }, index): Row<ScenarioRun> =>
      isBroken
        ? new UnreadableRow(`scr_${String(index)}`, BROKEN)
        : scenarioRun({
            id: `scr_${String(index)}`,
            state,
            scoringResult: score === null ? null : { score, functionResults: [] },
            metadata: model === null ? [] : [{ key: 'model', value: model }],
            startedAtMs: hasStart ? 1_000 - index * (SLACK_MS / 2) - early : null,
          }),
    ),
  );

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const scores = optional(fc.constantFrom(0, 0.25, 0.5, 1));
const filters: fc.Arbitrary<Filter> = fc
  .record({
    state: optional(fc.constantFrom('running' as const, 'completed' as const)),
    states: optional(fc.uniqueArray(fc.constantFrom(...STATES), { minLength: 1 })),
    startedAfter: optional(fc.integer({ min: 600, max: 1_000 })),
    startedBefore: optional(fc.integer({ min: 600, max: 1_000 })),
    metadata: optional(fc.constantFrom('a', 'b').map((value) => [{ key: 'model', value }])),
    outcome: optional(fc.constantFrom('passed' as const, 'failed' as const, 'errored' as const)),
    minScore: scores,
    maxScore: scores,
  })
  .filter(({ minScore = 0, maxScore = 1, startedAfter = 0, startedBefore = 2_000 }) => {
    return minScore <= maxScore && startedAfter < startedBefore;
  });

/**
 * What the filter means, said once more and differently: condition by condition over the whole world. A row that cannot be
 * read meets all of them, unless it stands behind the wanted start.
 */
function expectedIds(world: readonly Row<ScenarioRun>[], filter: Filter): string[] {
  let left = listed(world, filter);
  const keep = (condition: (run: ScenarioRun) => boolean) => {
    left = left.filter((row) => row instanceof GatewayError || condition(row));
  };
  const { state, states, startedAfter, startedBefore, metadata, outcome, minScore, maxScore } = filter;
  if (state && states && !states.includes(state)) return [];
  if (startedAfter !== undefined) {
    const unreadable = unreadableBehind(left, startedAfter);
    left = left.filter((row) => !unreadable.includes(row));
    keep(({ startedAtMs }) => (startedAtMs ?? -1) >= startedAfter);
  }
  if (states) keep((run) => new Set<string>(states).has(run.state));
  if (startedBefore !== undefined) keep(({ startedAtMs }) => (startedAtMs ?? 9_999) < startedBefore);
  if (metadata) keep((run) => run.metadata[0]?.value === metadata[0]?.value);
  if (outcome) keep((run) => run.outcome === outcome);
  if (minScore !== undefined) keep(({ scoringResult }) => (scoringResult?.score ?? -1) >= minScore);
  if (maxScore !== undefined) keep(({ scoringResult }) => (scoringResult?.score ?? 2) <= maxScore);
  return left.map(idOf);
}

/** What the upstream lists: it takes one state that has a name. */
function listed(world: readonly Row<ScenarioRun>[], { state, states }: Filter): readonly Row<ScenarioRun>[] {
  const asked = state ?? (states?.length === 1 && states[0] !== 'unknown' ? states[0] : undefined);
  return asked ? world.filter((row) => row instanceof GatewayError || row.state === asked) : world;
}

/** What cannot be read behind a row that is far behind the wanted start, which is told only when a page begins with it. */
function unreadableBehind(
  world: readonly Row<ScenarioRun>[],
  startedAfter = -Infinity,
): readonly Row<ScenarioRun>[] {
  let isBehind = false;
  return world.filter((row) => {
    if (row instanceof GatewayError) return isBehind;
    if (row.startedAtMs !== null) isBehind = row.startedAtMs < startedAfter - SLACK_MS;
    return false;
  });
}

/** That nothing behind a row far enough behind the wanted start can match, as `expectedIds` takes for granted. */
function startsLateEnough(world: readonly Row<ScenarioRun>[]): boolean {
  const starts = world.flatMap((row) =>
    row instanceof GatewayError || row.startedAtMs === null ? [] : [row.startedAtMs],
  );
  return starts.every((start, index) => Math.max(...starts.slice(index)) <= start + SLACK_MS);
}

describe('walking all pages of a filtered list', () => {
  it('is filtering the whole world, whatever the page sizes, the bounds and what is inserted meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        worlds,
        filters,
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
        fc.record({
          maxRows: fc.integer({ min: 1, max: 80 }),
          maxCalls: fc.integer({ min: 1, max: 4 }),
          inserts: fc.array(fc.boolean()),
        }),
        async (world, filter, pageSizes, { inserts, ...bounds }) => {
          const { lists, calls, insert } = createLists(world, bounds);
          const seen: string[] = [];
          let after: string | undefined;
          for (let page = 0; ; page++) {
            const first = pageSizes[page % pageSizes.length] ?? 1;
            calls.length = 0;
            const list = lists.list(filter, { first, after });
            const { rows, hasMore } = await list.rows();
            const scanned = await list.scanned?.();
            expect(rows.length).toBeLessThanOrEqual(first);
            expect(calls.length).toBeLessThanOrEqual(bounds.maxCalls);
            if (scanned)
              expect(calls.reduce((sum, call) => sum + call.first, 0)).toBeLessThanOrEqual(bounds.maxRows);
            // A page is full, or the end, or says that it stopped before.
            if (scanned?.isExhaustive ?? true) expect(hasMore).toBe(hasMore && rows.length === first);
            else expect(hasMore).toBe(true);
            seen.push(...rows.map(idOf));
            if (page < inserts.length && inserts[page]) {
              insert(scenarioRun({ id: `scr_new_${String(page)}`, startedAtMs: 1_000 }));
            }
            if (!hasMore) break;
            const last = rows.at(-1);
            const next: string | undefined = scanned?.resumeAfter ?? (last && placeOf(last));
            expect(next).not.toBe(after);
            after = next;
          }
          expect(startsLateEnough(world)).toBe(true);
          const behind = unreadableBehind(listed(world, filter), filter.startedAfter).map(idOf);
          expect(seen.filter((id) => !behind.includes(id))).toEqual(expectedIds(world, filter));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('counts all of them, or says that it cannot', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, filters, fc.integer({ min: 1, max: 80 }), async (rows, filter, maxRows) => {
        const world = rows.filter((row) => !(row instanceof GatewayError));
        const { lists } = createLists(world, { maxRows });
        const list = lists.list(filter, { first: 5 });
        if (list.scanned) {
          const count = await list.totalCount();

          if (count !== null || maxRows > world.length) expect(count).toBe(expectedIds(world, filter).length);
        }
      }),
    );
  });
});

describe('a page of a filtered list', () => {
  const many = (count: number, parts: (index: number) => Partial<ScenarioRun>) =>
    Array.from({ length: count }, (_, index) =>
      scenarioRun({ id: `scr_${String(index)}`, startedAtMs: 1_000_000 - index, ...parts(index) }),
    );
  const failures: Filter = { states: ['failed', 'timeout'] };

  it('costs one small call where many rows match', async () => {
    const { lists, calls } = createLists(
      many(5_000, (index) => ({ state: index % 2 ? 'failed' : 'running' })),
    );

    const { rows } = await lists.list(failures, { first: 20 }).rows();

    expect(rows).toHaveLength(20);
    expect(calls).toEqual([{ state: undefined, first: 63 }]);
  });

  it('reads ever larger pages where few rows match', async () => {
    const { lists, calls } = createLists(
      many(5_000, (index) => ({ state: index % 400 ? 'running' : 'failed' })),
    );

    const { rows, hasMore } = await lists.list(failures, { first: 10 }).rows();

    expect([rows.length, hasMore]).toEqual([10, true]);
    expect(calls.length).toBeLessThanOrEqual(5);
  });

  it('stops behind the wanted start', async () => {
    const { lists, calls } = createLists(many(5_000, () => ({})));

    const list = lists.list({ startedAfter: 1_000_000 - 9 }, { first: 20 });

    expect(await list.scanned?.()).toMatchObject({ hasMore: false, isExhaustive: true });
    expect((await list.rows()).rows).toHaveLength(10);
    expect(calls).toHaveLength(1);
  });

  it('says that it stopped at its bound, and where', async () => {
    const { lists, calls } = createLists(
      many(5_000, () => ({})),
      { maxRows: 300 },
    );

    expect(await lists.list(failures, { first: 20 }).scanned?.()).toEqual({
      rows: [],
      hasMore: true,
      isExhaustive: false,
      resumeAfter: 'scr_299',
    });
    expect(calls.map(({ first }) => first)).toEqual([63, 237]);
  });

  it('costs no call where the conditions contradict each other', async () => {
    const { lists, calls } = createLists(many(5, () => ({})));

    const list = lists.list({ state: 'failed', states: ['timeout'] }, { first: 20 });

    expect([await list.rows(), await list.totalCount()]).toEqual([{ rows: [], hasMore: false }, 0]);
    expect(calls).toEqual([]);
  });

  it('shows a row that cannot be read, and is not counted then', async () => {
    const unreadable = new GatewayError('UPSTREAM_ERROR', 'unreadable');
    const runs = many(6, () => ({ state: 'failed' }));
    const { lists } = createLists([...runs.slice(0, 2), unreadable, ...runs.slice(2)]);
    const list = lists.list(failures, { first: 20 });

    expect((await list.rows()).rows.map(idOf)).toEqual([
      'scr_0',
      'scr_1',
      'unreadable',
      'scr_2',
      'scr_3',
      'scr_4',
      'scr_5',
    ]);
    expect(await list.totalCount()).toBeNull();
  });

  it('shows rows none of which can be read, and goes on nowhere behind them', async () => {
    const unreadable = new GatewayError('UPSTREAM_ERROR', 'unreadable');
    const { lists } = createLists(
      Array.from({ length: 400 }, () => unreadable),
      { maxRows: 100 },
    );

    expect(await lists.list(failures, { first: 20 }).rows()).toMatchObject({
      rows: Array.from({ length: 20 }, () => unreadable),
      resumeAfter: null,
    });
  });
});
