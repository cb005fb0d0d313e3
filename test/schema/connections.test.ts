import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTestGateway } from '../support/gateway.ts';

const PAGE = `query($first: Int, $after: String) {
  scenarioRuns(first: $first, after: $after) {
    edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

interface Page {
  readonly scenarioRuns: {
    readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
    readonly nodes: readonly { readonly id: string }[];
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly hasPreviousPage: boolean;
      readonly startCursor: string | null;
      readonly endCursor: string | null;
    };
  };
}

describe('a connection', () => {
  it('walked page by page shows every row once, newest first, whatever the page size', async () => {
    await using gateway = await createTestGateway();
    const ids = Array.from({ length: 23 }, () => gateway.world.insert.scenarioRun().id).reverse();

    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), async (first) => {
        const seen: string[] = [];
        let after: string | null = null;
        for (;;) {
          const { data } = await gateway.query(PAGE, { first, after });
          const { edges, nodes, pageInfo } = (data as Page).scenarioRuns;
          expect(edges.map(({ node }) => node.id)).toEqual(nodes.map(({ id }) => id));
          expect(pageInfo.hasPreviousPage).toBe(after !== null);
          expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([
            edges[0]?.cursor,
            edges.at(-1)?.cursor,
          ]);
          seen.push(...nodes.map(({ id }) => id));
          if (!pageInfo.hasNextPage) break;
          after = pageInfo.endCursor;
        }
        expect(seen).toEqual(ids);
      }),
      { numRuns: 12 },
    );
  });

  it('without rows has no cursors', async () => {
    await using gateway = await createTestGateway();

    const { data } = await gateway.query(PAGE);

    expect(data).toEqual({
      scenarioRuns: {
        edges: [],
        nodes: [],
        pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
      },
    });
  });

  it.each([
    [undefined, 20],
    [1, 1],
    [100, 100],
  ])('with first: %s asks the upstream for %i rows', async (first, limit) => {
    await using gateway = await createTestGateway();

    await gateway.query(PAGE, { first });

    expect(gateway.calls()).toEqual([
      `GET /v1/scenarios/runs?limit=${String(limit)}&include_total_count=false`,
    ]);
  });

  it.each([0, -1, 101, 2 ** 31 - 1])('with first: %i is refused', async (first) => {
    await using gateway = await createTestGateway();

    const { errors } = await gateway.query(PAGE, { first });

    expect(errors).toMatchObject([
      {
        message: `Expected \`first\` to be 1 to 100, got ${String(first)}`,
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
    expect(gateway.calls()).toEqual([]);
  });

  it('of log lines is walked like any other', async () => {
    await using gateway = await createTestGateway({
      simulator: { size: { scenarioRuns: 20, scale: 0.1, inProgress: 0 } },
    });
    const { data } = await gateway.query(
      '{ scenarioRuns(filter: { state: COMPLETED }, first: 1) { nodes { devbox { id } } } }',
    );
    const { id } = (data as { scenarioRuns: { nodes: { devbox: { id: string } }[] } }).scenarioRuns.nodes[0]
      ?.devbox ?? { id: '' };
    const page = async (first: number, after?: string) => {
      const { data: answer } = await gateway.query(
        'query($id: ID!, $first: Int, $after: String) { devbox(id: $id) { logs(first: $first, after: $after) { totalCount nodes { at level source message command } pageInfo { hasNextPage endCursor } } } }',
        { id, first, after },
      );
      return (
        answer as {
          devbox: {
            logs: {
              totalCount: number;
              nodes: unknown[];
              pageInfo: { hasNextPage: boolean; endCursor: string };
            };
          };
        }
      ).devbox.logs;
    };

    const whole = await page(100);
    const first = await page(2);
    const rest = await page(100, first.pageInfo.endCursor);

    expect(whole.totalCount).toBe(whole.nodes.length);
    expect(whole.nodes.length).toBeGreaterThan(2);
    expect(first.pageInfo.hasNextPage).toBe(true);
    expect([...first.nodes, ...rest.nodes]).toEqual(whole.nodes);
  });
});
