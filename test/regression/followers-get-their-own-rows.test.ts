import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { RARE_POLLS } from '../support/subscriptions.ts';

/** A gateway with a benchmark run of three scenario runs, the newest first. */
async function createStage() {
  const gateway = await createTestGateway({ env: { ...RARE_POLLS, CACHE_LIVE_MS: '1000' } });
  const { world } = gateway;
  const { id } = world.insert.benchmarkRun();
  const rows = [1, 2, 3].map(() => world.insert.scenarioRun({ benchmark_run_id: id }).id).reverse();
  return { gateway, id, rows, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() };
}

type Stage = Awaited<ReturnType<typeof createStage>>;

/** The rows in the first event that each of the followers gets, who are all there before any of them leaves. */
async function rowsOfEach(
  { gateway, id }: Stage,
  query: string,
  variables: readonly Readonly<Record<string, unknown>>[],
): Promise<readonly (readonly string[])[]> {
  const streams = [];
  try {
    for (const each of variables) {
      const stream = await openEventStream(gateway.url, { query, variables: { id, ...each } });
      streams.push(stream);
      await stream.received(1);
    }
    return streams.map(({ events }) => rowsIn(events[0]?.data));
  } finally {
    for (const stream of streams) stream[Symbol.dispose]();
    await gateway.query('{ __typename }');
  }
}

function rowsIn(data: unknown): readonly string[] {
  const [event] = Object.values((data as { data: Record<string, Row> }).data);
  return event?.benchmarkRun.scenarioRuns.nodes.map(({ id }) => id) ?? [];
}

interface Row {
  readonly benchmarkRun: { readonly scenarioRuns: { readonly nodes: readonly { readonly id: string }[] } };
}

const PAGE = 'scenarioRuns(first: 1, after: $c) { nodes { id } }';
const HEAD = 'subscription($id: ID!, $c: String)';

describe('followers who ask for other rows by one document', () => {
  it.each([
    [
      'in a fragment',
      `${HEAD} { benchmarkRun(id: $id) { benchmarkRun { ...Runs } } } fragment Runs on BenchmarkRun { ${PAGE} }`,
    ],
    [
      'in a fragment of a fragment of the root',
      `${HEAD} { ...Root } fragment Runs on BenchmarkRun { ${PAGE} }
       fragment Root on Subscription { benchmarkRun(id: $id) { benchmarkRun { ...Runs } } }`,
    ],
    [
      'in a fragment of an event',
      `${HEAD} { benchmarkRun(id: $id) { ...E } } fragment E on BenchmarkRunEvent { benchmarkRun { ${PAGE} } }`,
    ],
    ['straight below', `${HEAD} { benchmarkRun(id: $id) { benchmarkRun { ${PAGE} } } }`],
  ])('get their own: %s', async (_where, query) => {
    await using stage = await createStage();
    const [first = '', second = '', third = ''] = stage.rows;

    expect(await rowsOfEach(stage, query, [{ c: null }, { c: first }, { c: second }, {}])).toEqual([
      [first],
      [second],
      [third],
      [first],
    ]);
  });
});

describe('followers who differ in where they resume', () => {
  it.each([
    ['by a variable of the root field', '{ benchmarkRun(id: $id, after: $after) { cursor } }'],
    [
      'by a variable in a fragment of the root',
      '{ ...Root } fragment Root on Subscription { benchmarkRun(id: $id, after: $after) { cursor } }',
    ],
  ])('are answered by the same execution: %s', async (_how, selection) => {
    await using stage = await createStage();
    // Each execution reads these rows, and nobody else does.
    const rows = 'benchmarkRun { scenarioRuns(first: 2) { nodes { id } } }';
    const query = `subscription($id: ID!, $after: Cursor) ${selection.replace('cursor', rows)}`;
    const calls = (gateway: TestGateway) => gateway.calls().filter((call) => call.includes('limit=2&'));
    const streams = [];
    stage.gateway.calls();
    for (const after of [null, 'a-cursor-of-nobody', 'another']) {
      const variables = { id: stage.id, after };
      const stream = await openEventStream(stage.gateway.url, { query, variables });
      streams.push(stream);
      await stream.received(1);
    }

    expect(calls(stage.gateway)).toHaveLength(1);
    for (const stream of streams) stream[Symbol.dispose]();
  });
});
