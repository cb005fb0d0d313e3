import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { rewriteLists, startRewrittenUpstream } from '../support/rewritten-upstream.ts';

const DEVBOXES = '{ devboxes(first: 2) { nodes { name } pageInfo { hasNextPage } } }';

describe('an upstream', () => {
  it('is asked for answers that are not encoded', async () => {
    const accepted: (string | null)[] = [];
    await using upstream = await startRewrittenUpstream((_request, text, headers) => {
      accepted.push(headers.get('accept-encoding'));
      return text;
    });

    await upstream.gateway.query(DEVBOXES);

    expect(accepted).toEqual(['identity']);
  });

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['GZip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['identity', (text: string) => text],
  ] as const)('that answers in %s all the same is understood', async (coding, encode) => {
    await using upstream = await startRewrittenUpstream((_request, text) => ({
      body: encode(text),
      headers: { 'content-encoding': coding },
    }));
    upstream.world.insert.devbox({ name: 'box' });

    const { data, errors } = await upstream.gateway.query(DEVBOXES);

    expect(errors).toEqual([]);
    expect(data).toEqual({ devboxes: { nodes: [{ name: 'box' }], pageInfo: { hasNextPage: false } } });
  });

  it('that says there is more behind an empty page has come to the end of the list', async () => {
    await using upstream = await startRewrittenUpstream(rewriteLists(() => ({ rows: [], has_more: true })));

    const { data } = await upstream.gateway.query(DEVBOXES);

    expect(data).toEqual({ devboxes: { nodes: [], pageInfo: { hasNextPage: false } } });
  });

  it('that sends more rows than it was asked for is cut, and asked for the others next', async () => {
    let rows: readonly object[] = [];
    await using longer = await startRewrittenUpstream(rewriteLists(() => ({ rows, has_more: false })));
    rows = ['a', 'b', 'c', 'd', 'e'].map((name) => longer.world.insert.devbox({ name })).reverse();
    const seen: string[] = [];
    for (let after: string | null = null, hasNext = true; hasNext;) {
      const { data } = await longer.gateway.query(
        'query($after: String) { devboxes(first: 2, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
      const { nodes, pageInfo } = (
        data as {
          devboxes: {
            nodes: { name: string }[];
            pageInfo: { hasNextPage: boolean; endCursor: string | null };
          };
        }
      ).devboxes;
      expect(nodes.length).toBeLessThanOrEqual(2);
      seen.push(...nodes.map(({ name }) => name));
      ({ hasNextPage: hasNext, endCursor: after } = pageInfo);
    }

    expect(seen).toEqual(['e', 'd', 'c', 'b', 'a']);
  });
});

describe('the cursor of a row that does not even have an id', () => {
  const PAGE = `query($after: String, $first: Int = 3, $filter: ScenarioRunFilter) {
    scenarioRuns(after: $after, first: $first, filter: $filter) {
      edges { cursor node { id } }
      pageInfo { startCursor endCursor hasPreviousPage }
    }
  }`;
  interface Page {
    readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } | null }[];
    readonly pageInfo: {
      readonly startCursor: string;
      readonly endCursor: string;
      readonly hasPreviousPage: boolean;
    };
  }

  it.each([
    ['by the upstream', null],
    ['by the gateway', { states: ['COMPLETED', 'FAILED'] }],
  ])('is accepted back, also on the first page, filtered %s', async (_by, filter) => {
    await using upstream = await startRewrittenUpstream(
      rewriteLists((rows) => ({
        rows: rows.map((row) => ('name' in row && row.name === 'broken' ? { state: 'completed' } : row)),
      })),
    );
    const ids = ['last', 'broken', 'first', 'broken'].map(
      (name) => upstream.world.insert.scenarioRun({ name, state: 'completed' }).id,
    );
    const read = async (variables: Readonly<Record<string, unknown>>) => {
      const { data } = await upstream.gateway.query(PAGE, { filter, ...variables });
      return (data as { scenarioRuns: Page | null }).scenarioRuns;
    };

    const whole = await read({ first: 4 });
    const cursors = whole?.edges.map(({ cursor }) => cursor) ?? [];
    const behind = await Promise.all(cursors.map(async (after) => read({ after })));

    expect(whole?.edges.map(({ node }) => node?.id)).toEqual([undefined, ids[2], undefined, ids[0]]);
    expect(whole?.pageInfo.startCursor).toBe(cursors[0]);
    // What cannot be told apart from what is before it comes again: nothing readable is lost.
    expect(behind.map((page) => page?.edges.flatMap(({ node }) => node?.id ?? []))).toEqual([
      [ids[2]],
      [ids[0]],
      [ids[0]],
      [],
    ]);
    expect(behind.map((page) => page?.pageInfo.hasPreviousPage)).toEqual([false, true, true, true]);
  });

  it('is its own in a log, and accepted back', async () => {
    await using upstream = await startRewrittenUpstream((request, text) =>
      request.pathname.endsWith('/logs')
        ? JSON.stringify({
            logs: ['', 'x', '', 'y'].map((message) =>
              message ? { level: 'info', source: 'exec', timestamp_ms: 1_700_000_000_000, message } : 7,
            ),
          })
        : text,
    );
    const { id } = upstream.world.insert.devbox({});
    const read = async (variables: Readonly<Record<string, unknown>>) => {
      const { data } = await upstream.gateway.query(
        `query($after: String, $before: String) { devbox(id: "${id}") {
          logs(after: $after, before: $before) { edges { cursor node { message } } }
        } }`,
        variables,
      );
      const { edges } = (
        data as {
          devbox: { logs: { edges: { cursor: string; node: { message: string } | null }[] } };
        }
      ).devbox.logs;
      return edges;
    };

    const whole = await read({});

    expect(whole.map(({ node }) => node?.message)).toEqual([undefined, 'x', undefined, 'y']);
    for (const [index, { cursor }] of whole.entries()) {
      expect(await read({ after: cursor })).toEqual(whole.slice(index + 1));
      expect(await read({ before: cursor })).toEqual(whole.slice(0, index));
    }
  });
});

describe('the cursor of a log line', () => {
  it('is accepted back, whatever the line says of its time', async () => {
    const times = [
      -5,
      0,
      1_700_000_000_000.5,
      '2026-01-31T12:00:00',
      1e300,
      null,
      1_700_000_000_001,
      'x',
      -1e9,
    ];
    await using upstream = await startRewrittenUpstream((request, text) =>
      request.pathname.endsWith('/logs')
        ? JSON.stringify({
            logs: times.map((timestamp_ms, number) => ({
              level: 'info',
              source: 'exec',
              timestamp_ms,
              message: String(number),
            })),
          })
        : text,
    );
    const { id } = upstream.world.insert.devbox({});
    const seen: string[] = [];
    for (let after: string | null = null, hasNext = true; hasNext;) {
      const { data, errors } = await upstream.gateway.query(
        `query($after: String) { devbox(id: "${id}") {
          logs(first: 1, after: $after) { edges { cursor node { message } } pageInfo { hasNextPage endCursor } }
        } }`,
        { after },
      );
      expect(errors).toEqual([]);
      const { edges, pageInfo } = (
        data as {
          devbox: {
            logs: {
              edges: { cursor: string; node: { message: string } }[];
              pageInfo: { hasNextPage: boolean; endCursor: string };
            };
          };
        }
      ).devbox.logs;
      seen.push(...edges.map(({ node }) => node.message));
      ({ hasNextPage: hasNext, endCursor: after } = pageInfo);
    }

    expect(seen.toSorted()).toEqual(times.map((_, number) => String(number)));
  });
});
