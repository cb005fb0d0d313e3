import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import type { TestGateway } from '../support/gateway.ts';
import { type Rewrite, rewriteLists, startRewrittenUpstream } from '../support/rewritten-upstream.ts';

/** Ten rows at most, and more behind them, whatever was asked for. */
const SMALL = 10;

/** Each page behind a cursor has, beside its own rows, some of the page before. */
function overlapping(
  place: (own: readonly object[], before: readonly object[]) => readonly object[],
): Rewrite {
  const known: { readonly id: string }[] = [];
  return rewriteLists((all, { searchParams }, hasMore) => {
    const own = all.slice(0, SMALL) as (typeof known)[number][];
    for (const row of own) if (!known.some(({ id }) => id === row.id)) known.push(row);
    const cursor = searchParams.get('starting_after');
    const before = known.slice(0, 1 + known.findIndex(({ id }) => id === cursor));
    return { rows: cursor === null ? own : place(own, before), has_more: hasMore || all.length > SMALL };
  });
}

/** The first page again and again, and always more behind it. */
const ignoringCursors = (): Rewrite => {
  let first: readonly object[] | undefined;
  return rewriteLists((rows) => ({ rows: (first ??= rows), has_more: true }));
};

const UPSTREAMS: readonly (readonly [string, number, () => Rewrite])[] = [
  [
    'begin with the row of their cursor',
    25,
    () => overlapping((own, before) => [...before.slice(-1), ...own]),
  ],
  [
    'begin with two rows of the page before',
    25,
    () => overlapping((own, before) => [...before.slice(-2), ...own]),
  ],
  [
    'end with a row of the page before',
    25,
    () => overlapping((own, before) => [...own, ...before.slice(3, 4)]),
  ],
  ['end with the row of their cursor', 25, () => overlapping((own, before) => [...own, ...before.slice(-1)])],
  ['are the first one again and again', 10, ignoringCursors],
];

const PROGRESS = 'progress { started finished } stats { sampleSize passed failed }';
const RUN = `query($id: ID!) { benchmarkRun(id: $id) { ${PROGRESS} } }`;
const FOLLOW = `subscription($id: ID!) { benchmarkRun(id: $id) { benchmarkRun { ${PROGRESS} } } }`;

async function startUpstream(rewrite: Rewrite, runs: number) {
  const upstream = await startRewrittenUpstream(rewrite, {
    env: { LIVE_LIST_PAGE_SIZE: '10', EXPORT_PAGE_SIZE: '10' },
  });
  const { world } = upstream;
  const { insert } = world;
  const { id } = insert.benchmarkRun({ state: 'running' });
  const ids = Array.from(
    { length: runs },
    (_, number) =>
      insert.scenarioRun({
        benchmark_run_id: id,
        state: 'completed',
        start_time_ms: world.now() - (runs - number) * 1_000,
        scoring_contract_result: { score: number % 2, scoring_function_results: [] },
      }).id,
  ).reverse();
  return Object.assign(upstream, { id, ids });
}

/** All ids of a list, page by page, as a client reads it. */
async function walk(gateway: TestGateway, filter: object): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | null = null, pages = 0; pages < 50; pages++) {
    const { data } = await gateway.query(
      `query($after: String, $filter: ScenarioRunFilter) {
        scenarioRuns(first: 10, after: $after, filter: $filter) { nodes { id } pageInfo { hasNextPage endCursor } }
      }`,
      { after, filter },
    );
    const { nodes, pageInfo } = (
      data as {
        scenarioRuns: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
      }
    ).scenarioRuns;
    ids.push(...nodes.map((node) => node.id));
    if (!pageInfo.hasNextPage) return ids;
    after = pageInfo.endCursor;
  }
  throw new Error('Expected the list to end');
}

describe.each(UPSTREAMS)('pages that %s', (_how, runs, rewrite) => {
  const expected = {
    progress: { started: runs, finished: runs },
    stats: { sampleSize: runs, passed: Math.floor(runs / 2), failed: Math.ceil(runs / 2) },
  };

  it('count each run once, in a query and in a subscription alike', async () => {
    await using upstream = await startUpstream(rewrite(), runs);
    const { gateway, id } = upstream;

    const { data } = await gateway.query(RUN, { id });
    const callsOfQuery = upstream.calls().filter((call) => call.includes('scenario_runs'));
    using stream = await openEventStream(gateway.url, { query: FOLLOW, variables: { id } });
    await stream.received(1);

    expect(data).toEqual({ benchmarkRun: expected });
    expect(stream.events[0]?.data).toMatchObject({ data: { benchmarkRun: { benchmarkRun: expected } } });
    expect(callsOfQuery.length).toBeLessThanOrEqual(Math.ceil(runs / SMALL) + 1);
  });

  it('export each run once', async () => {
    await using upstream = await startUpstream(rewrite(), runs);
    const { gateway, id, ids } = upstream;

    const file = await (await fetch(`${gateway.url}/export/benchmark-runs/${id}.ndjson`)).text();

    const lines = file.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(ids);
  });
});

// Of a page that ends with what came long before, only who has read all of the list can say so.
describe.each(UPSTREAMS.filter(([how]) => how !== 'end with a row of the page before'))(
  'pages that %s',
  (_how, runs, rewrite) => {
    it.each([
      ['by the upstream', {}],
      ['by the gateway', { states: ['COMPLETED', 'FAILED'] }],
    ])('are walked to their end, and filtered %s show each run once', async (_by, filter) => {
      await using upstream = await startUpstream(rewrite(), runs);
      const { gateway, ids } = upstream;

      expect(await walk(gateway, filter)).toEqual(ids);
    });
  },
);
