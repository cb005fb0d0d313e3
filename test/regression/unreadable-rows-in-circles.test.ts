import { describe, expect, it } from 'vitest';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';

const PAGE = `query($first: Int, $after: String, $filter: ScenarioRunFilter) {
  scenarioRuns(first: $first, after: $after, filter: $filter) {
    edges { cursor node { id } }
    pageInfo { hasNextPage endCursor }
  }
}`;

interface Page {
  readonly scenarioRuns: {
    readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } | null }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** The cursors of all rows, which are the ids, with a mark where there is no row. */
async function walk(gateway: TestGateway, first: number, filter: object | null, most: number) {
  const seen: string[] = [];
  let after: string | null = null;
  for (let page = 0; page < most; page++) {
    const { data } = await gateway.query(PAGE, { first, after, filter });
    const { edges, pageInfo } = (data as Page).scenarioRuns;
    seen.push(...edges.map(({ cursor, node }) => (node === null ? `${cursor}!` : node.id)));
    if (!pageInfo.hasNextPage) return seen;
    after = pageInfo.endCursor;
  }
  throw new Error('Expected the pages to end');
}

describe('a list in which rows cannot be read', () => {
  it.each([
    ['by the upstream', null],
    ['by the gateway', { states: ['COMPLETED', 'FAILED'] }],
  ])('is walked row by row, filtered %s, and leads nobody in circles', async (_by, filter) => {
    await using gateway = await createTestGateway();
    const { world } = gateway;
    const ids = Array.from(
      { length: 6 },
      () => world.insert.scenarioRun({ state: 'completed' }).id,
    ).reverse();
    const broken = [ids[1], ids[2], ids[5]];
    for (const id of broken) world.scenarioRuns.update(id!, { scenario_id: '' });

    for (const first of [1, 2, 4]) {
      expect(await walk(gateway, first, filter, ids.length + 1)).toEqual(
        ids.map((id) => (broken.includes(id) ? `${id}!` : id)),
      );
    }
  });
});
