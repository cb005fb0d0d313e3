import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { pageOfLog, positionOf } from '../../src/loaders/log-page.ts';
import type { DevboxLog, Row } from '../../src/upstream/types.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';

interface Page {
  readonly nodes: readonly { readonly message: string | null; readonly command: string | null }[];
  readonly edges: readonly { readonly cursor: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

const FIELDS = `nodes { message command } edges { cursor }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`;
const LOGS = `query($id: ID!, $first: Int, $last: Int, $after: String, $before: String, $filter: DevboxLogFilter) {
  scenarioRun(id: $id) {
    logs(first: $first, last: $last, after: $after, before: $before, filter: $filter) { ${FIELDS} }
    devbox { logs(first: $first, last: $last, after: $after, before: $before, filter: $filter) { ${FIELDS} } }
  }
}`;

/** The page of the log of a run, which is that of its devbox. */
async function pageOf(gateway: TestGateway, variables: object): Promise<Page> {
  const { data, errors } = await gateway.query(LOGS, { id: 'scr_1', ...variables });
  expect(errors).toEqual([]);
  const run = (data as { scenarioRun: { logs: Page; devbox: { logs: Page } } }).scenarioRun;
  expect(run.devbox.logs).toEqual(run.logs);
  return run.logs;
}

const textsOf = ({ nodes }: Page) => nodes.map(({ message, command }) => message ?? command);

describe('the last lines of a log', () => {
  it('are those at its end, oldest first, and walked backwards they are all of it', async () => {
    await using gateway = await createTestGateway();
    gateway.world.insert.scenarioRun({
      id: 'scr_1',
      start_time_ms: Date.now() - 200_000,
      state: 'completed',
    });
    const all = await pageOf(gateway, { first: 100 });
    expect(all.nodes.length).toBeGreaterThan(5);
    const pages: Page[] = [];
    let before: string | null = null;
    do {
      const page: Page = await pageOf(gateway, { last: 2, before });
      expect(page.pageInfo.hasNextPage).toBe(before !== null);
      pages.unshift(page);
      before = page.pageInfo.startCursor;
    } while (pages[0]?.pageInfo.hasPreviousPage);

    expect(pages.flatMap(textsOf)).toEqual(textsOf(all));
    expect(pages.flatMap(({ edges }) => edges)).toEqual(all.edges);
    expect(pages.at(-1)?.pageInfo.endCursor).toBe(all.pageInfo.endCursor);
  });

  it('meet the conditions, between two cursors', async () => {
    await using gateway = await createTestGateway();
    gateway.world.insert.scenarioRun({
      id: 'scr_1',
      start_time_ms: Date.now() - 200_000,
      state: 'completed',
    });
    const all = await pageOf(gateway, { first: 100 });
    const [after, before] = [all.edges[0]?.cursor, all.edges.at(-1)?.cursor];
    const inside = textsOf(all).slice(1, -1);

    expect(textsOf(await pageOf(gateway, { last: 100, after, before }))).toEqual(inside);
    expect(textsOf(await pageOf(gateway, { first: 100, after, before }))).toEqual(inside);
    expect(textsOf(await pageOf(gateway, { last: 1, after, before }))).toEqual(inside.slice(-1));
    const search = textsOf(all)[0]?.slice(0, 4) ?? '';
    const found = textsOf(await pageOf(gateway, { first: 100, filter: { search } }));
    expect(textsOf(await pageOf(gateway, { last: 1, filter: { search } }))).toEqual(found.slice(-1));
  });

  it.each([
    ['both ends', { first: 1, last: 1 }],
    ['none of them', { last: 0 }],
    ['too many', { last: 101 }],
    ['those before what is no cursor', { last: 1, before: 'x' }],
  ])('are refused as BAD_USER_INPUT when they are %s', async (_what, variables) => {
    await using gateway = await createTestGateway();
    gateway.world.insert.scenarioRun({ id: 'scr_1' });
    const { errors } = await gateway.query(LOGS, { id: 'scr_1', ...variables });

    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT']);
  });

  it('cost a prediction that counts them as rows', async () => {
    await using gateway = await createTestGateway();
    const explain = async (page: string) => {
      const query = `{ scenarioRun(id: "scr_1") { logs(${page}) { nodes { message } } } }`;
      const headers = { 'X-GraphQL-Cost': 'explain' };
      return (await gateway.query(query, {}, { headers })).text;
    };

    expect(await explain('last: 50')).toBe(await explain('first: 50'));
  });
});

describe('walking a log backwards', () => {
  const UNREADABLE = new GatewayError('UPSTREAM_ERROR', 'unreadable');
  const line = (message: string, atMs: number): DevboxLog => ({
    level: 'info',
    source: 'entrypoint',
    atMs,
    message,
    command: null,
    executionId: null,
    exitCode: null,
    shellName: null,
  });

  it('shows every line that meets the conditions once, whatever the pages and the bounds', () => {
    const written = fc.record({
      later: fc.constantFrom(0, 0, 1, 5),
      kind: fc.constantFrom('a', 'b', 'unreadable'),
    });
    fc.assert(
      fc.property(
        fc.array(written, { maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        fc.record({
          maxLines: fc.integer({ min: 1, max: 20 }),
          pageMaxBytes: fc.integer({ min: 1, max: 40 }),
          messageMaxChars: fc.constant(100),
        }),
        fc.constantFrom(undefined, 'A'),
        (kinds, count, bounds, search) => {
          let atMs = 1_000;
          const log = kinds.map(({ later, kind }, at): Row<DevboxLog> => {
            atMs += later;
            return kind === 'unreadable' ? UNREADABLE : line(`${kind}${String(at)}`, atMs);
          });
          const seen: (string | null)[] = [];
          let before: string | null = null;
          let pages = 0;
          for (let isOver = false; !isOver;) {
            // Each page shows a line, but for one at the end: otherwise the walk would never be over.
            expect(pages++).toBeLessThanOrEqual(log.length);
            const page = pageOfLog(
              log,
              {
                count,
                from: 'end',
                after: null,
                before: before === null ? null : positionOf(before, 'before'),
                conditions: { search },
              },
              bounds,
              () => undefined,
            );
            seen.unshift(
              ...page.rows.map((row) => (row instanceof GatewayError ? 'unreadable' : row.message)),
            );
            before = page.resumeAfter ?? before;
            isOver = !page.hasMore;
          }
          const expected = log
            .map((row) => (row instanceof GatewayError ? 'unreadable' : row.message))
            .filter((text) => search === undefined || text === 'unreadable' || text?.startsWith('a'));
          expect(seen).toEqual(expected);
        },
      ),
    );
  });
});
