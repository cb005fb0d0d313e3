import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway } from '../support/gateway.ts';
import { followList, listChanges, listEvents } from '../support/list-stream.ts';
import { FAST_POLLS, RARE_POLLS } from '../support/subscriptions.ts';

const START = `mutation($id: ID!) { startBenchmarkRun(input: { benchmarkId: $id }) {
  __typename ... on StartBenchmarkRunSuccess { benchmarkRun { id } } ... on Error { message }
} }`;

const CANCEL = 'mutation($id: ID!) { cancelBenchmarkRun(id: $id) { __typename } }';

describe('a subscription to a list', () => {
  it('shows a run that somebody starts elsewhere, after one poll of one call', async () => {
    await using gateway = await createTestGateway({ env: FAST_POLLS });
    const { id: known } = gateway.world.insert.benchmarkRun();
    using stream = await followList(gateway.url, { first: 2 });
    await stream.received(1);
    expect(gateway.calls().every((call) => /^GET \/v1\/benchmark_runs\?.*limit=2\b/.test(call))).toBe(true);

    const { id } = gateway.world.insert.benchmarkRun();
    await stream.received(2);

    expect(listEvents(stream)).toMatchObject([
      { kind: 'SNAPSHOT', nodes: [{ id: known }], changes: [], hasNextPage: false },
      {
        kind: 'CHANGED',
        nodes: [{ id }, { id: known }],
        changes: [{ kind: 'ADDED', previousState: null, index: 0, benchmarkRun: { id, state: 'RUNNING' } }],
      },
    ]);
  });

  it('is resumed by Last-Event-ID', async () => {
    await using gateway = await createTestGateway({ env: FAST_POLLS });
    using first = await followList(gateway.url);
    await first.received(1);
    const added: string[] = [];
    for (let index = 0; index < 3; index++) {
      added.push(`ADDED ${gateway.world.insert.benchmarkRun().id}`);
      await first.received(index + 2);
    }
    const after = listEvents(first)[1]?.cursor ?? null;

    using resumed = await followList(gateway.url, { after });
    await resumed.received(2);

    expect(listChanges(resumed)).toEqual(added.slice(1));
    expect(listEvents(resumed)).toEqual(listEvents(first).slice(2));
  });

  it('shows what a mutation has started or ended without waiting for a poll', async () => {
    await using gateway = await createTestGateway({ env: RARE_POLLS });
    const { id: benchmarkId } = gateway.world.insert.benchmark();
    using stream = await followList(gateway.url);
    await stream.received(1);

    const { data } = await gateway.query(START, { id: benchmarkId });
    await stream.received(2);
    const id = listEvents(stream)[1]?.nodes[0]?.id;
    expect(data).toMatchObject({ startBenchmarkRun: { benchmarkRun: { id } } });
    await gateway.query(CANCEL, { id });
    await stream.received(3);

    expect(listEvents(stream).at(-1)).toMatchObject({
      nodes: [{ id, state: 'CANCELED' }],
      changes: [{ kind: 'CHANGED', previousState: 'RUNNING', index: 0 }],
    });
  });

  it('never lets a query show a list that is older than its last event', async () => {
    await using gateway = await createTestGateway({ env: { ...FAST_POLLS, CACHE_LIVE_MS: '1000' } });
    const question = '{ benchmarkRuns(first: 5) { nodes { id state } } }';
    using stream = await followList(gateway.url);
    await stream.received(1);
    for (let index = 0; index < 10; index++) {
      await gateway.query(question);
      const { id } = gateway.world.insert.benchmarkRun();
      await expect.poll(() => listEvents(stream).at(-1)?.nodes[0]?.id).toBe(id);

      const { data } = await gateway.query(question);

      const { nodes } = (data as { benchmarkRuns: { nodes: { id: string }[] } }).benchmarkRuns;
      expect(nodes[0]?.id).toBe(id);
    }
  });

  it.each([
    [{ first: 0 }, /`first` to be 1 to 100/],
    [{ first: 101 }, /`first` to be 1 to 100/],
    [{ filter: { minScore: 2 } }, /`filter.minScore` to be 0 to 1/],
    [{ filter: { states: [] } }, /`filter.states` to name at least one state/],
  ])('is refused when it asks for what there cannot be: %j', async (variables, message) => {
    await using gateway = await createTestGateway();
    using stream = await followList(gateway.url, variables);
    await stream.ended;

    expect(stream.text).toContain('BAD_USER_INPUT');
    expect(stream.text.replaceAll('\\u0060', '`')).toMatch(message);
    expect(gateway.calls()).toEqual([]);
  });

  it('is bounded as everything that is followed is', async () => {
    await using gateway = await createTestGateway({ env: { LIVE_MAX_WATCHERS_PER_ACCOUNT: '2' } });
    using one = await followList(gateway.url, { first: 1 });
    using other = await followList(gateway.url, { first: 2 });
    using same = await followList(gateway.url, { first: 2, filter: {} });
    await Promise.all([one, other, same].map((stream) => stream.received(1)));

    using more = await followList(gateway.url, { first: 3 });
    await more.ended;

    expect(listEvents(same)).toHaveLength(1);
    expect(more.text).toContain('RATE_LIMITED');
  });

  it('has the rows at hand when they are asked for again, and counts what they lead to by the rows', async () => {
    await using gateway = await createTestGateway({ env: { ...RARE_POLLS, QUERY_MAX_CALLS: '50' } });
    const { id: benchmarkId } = gateway.world.insert.benchmark();
    for (let index = 0; index < 3; index++) gateway.world.insert.benchmarkRun({ benchmark_id: benchmarkId });
    const query = 'subscription($first: Int) { benchmarkRuns(first: $first) { nodes { benchmark { id } } } }';
    using stream = await openEventStream(gateway.url, { query, variables: { first: 20 } });
    await stream.received(1);
    const calls = gateway.calls();

    using large = await openEventStream(gateway.url, { query, variables: { first: 100 } });
    await large.ended;

    expect(calls).toHaveLength(2);
    expect(large.text).toContain('QUERY_TOO_COMPLEX');
  });
});
