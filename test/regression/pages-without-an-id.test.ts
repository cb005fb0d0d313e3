/** A page in which no row has an id is the end of its list: nobody can ask for what comes behind it. */
import { describe, expect, it } from 'vitest';
import { rewriteLists, startRewrittenUpstream } from '../support/rewritten-upstream.ts';

const PAGE = `query($first: Int, $after: String, $filter: ScenarioRunFilter) {
  scenarioRuns(first: $first, after: $after, filter: $filter) {
    nodes { id } pageInfo { hasNextPage endCursor } isExhaustive
  }
}`;

interface Page {
  readonly nodes: readonly ({ readonly id: string } | null)[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly isExhaustive: boolean;
}

const RUNS = 8;

/** A list of runs of which those at these places have no id. */
async function startStage(withoutId: readonly number[]) {
  const upstream = await startRewrittenUpstream(
    rewriteLists((rows) => ({
      rows: rows.map((row) => (broken.has((row as { id: string }).id) ? { ...row, id: undefined } : row)),
    })),
  );
  const ids = Array.from(
    { length: RUNS },
    () => upstream.world.insert.scenarioRun({ state: 'completed' }).id,
  ).reverse();
  const broken = new Set(ids.filter((_, at) => withoutId.includes(at)));
  return { upstream, ids, [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose]() };
}

describe.each([
  ['by the upstream', null],
  ['by the gateway', { states: ['COMPLETED', 'FAILED'] }],
])('a list that is filtered %s', (_by, filter) => {
  it.each([1, 2, 3, 20])('ends with the rows that have no cursor, in pages of %i', async (first) => {
    // So many in succession that every page size reaches a page of nothing else, or the end.
    await using stage = await startStage([3, 4, 5, 6, 7]);
    const { upstream, ids } = stage;
    let after: string | null = null;
    const seen: (string | null)[] = [];
    let page: Page;
    let pages = 0;
    do {
      expect(pages++).toBeLessThanOrEqual(RUNS);
      const { data, errors } = await upstream.gateway.query(PAGE, { first, after, filter });
      page = (data as { scenarioRuns: Page }).scenarioRuns;
      seen.push(...page.nodes.map((node) => node?.id ?? null));
      expect(errors.map(({ path }) => path)).toEqual(
        page.nodes.flatMap((node, at) => (node ? [] : [['scenarioRuns', 'nodes', at]])),
      );
      after = page.pageInfo.endCursor;
    } while (page.pageInfo.hasNextPage);

    expect(seen.filter((id) => id !== null)).toEqual(ids.slice(0, 3));
    expect(seen.at(-1)).toBeNull();
  });

  it('is shown as far as it goes where no row of it has an id', async () => {
    await using stage = await startStage([0, 1, 2, 3, 4, 5, 6, 7]);
    const { data, errors } = await stage.upstream.gateway.query(PAGE, { first: 2, after: null, filter });
    const { scenarioRuns } = data as { scenarioRuns: Page };

    expect(scenarioRuns.nodes).toEqual([null, null]);
    expect(scenarioRuns.pageInfo.hasNextPage).toBe(false);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_ERROR', 'UPSTREAM_ERROR']);
  });

  it('goes on behind rows without an id where a row with one comes after them on the page', async () => {
    await using stage = await startStage([1, 2]);
    const { data } = await stage.upstream.gateway.query(PAGE, { first: 4, after: null, filter });
    const { scenarioRuns } = data as { scenarioRuns: Page };

    expect(scenarioRuns.nodes.map((node) => node?.id ?? null)).toEqual([
      stage.ids[0],
      null,
      null,
      stage.ids[3],
    ]);
    expect(scenarioRuns.pageInfo).toEqual({ hasNextPage: true, endCursor: stage.ids[3] });
  });
});
