import { describe, expect, it } from 'vitest';
import { deferred } from '../support/deferred.ts';
import { type EventStream, openEventStream } from '../support/event-stream.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { openSocket } from '../support/socket.ts';
import { FOLLOW_RUN, RARE_POLLS, runEvents, told } from '../support/subscriptions.ts';

const CANCEL = `mutation($id: ID!) { cancelScenarioRun(id: $id) {
  __typename
  ... on CancelScenarioRunSuccess { scenarioRun { id state } }
  ... on Error { message code }
} }`;

const FOLLOW_BENCHMARK_RUN = `subscription($id: ID!) { benchmarkRun(id: $id) {
  kind benchmarkRun { state } changes { previousState scenarioRun { id state } }
} }`;

const FOLLOW_DEVBOX = 'subscription($id: ID!) { devbox(id: $id) { kind previousStatus devbox { status } } }';

const follow = (gateway: TestGateway, query: string, id: string) =>
  openEventStream(gateway.url, { query, variables: { id } });

/** What each event holds below its one field. */
function eventsOf({ events }: Pick<EventStream, 'events'>): readonly unknown[] {
  return events.flatMap(({ data }) =>
    Object.values((data as { readonly data?: Readonly<Record<string, unknown>> } | null)?.data ?? {}),
  );
}

/** Nothing is polled but what a mutation has touched. */
const quietGateway = () => createTestGateway({ env: RARE_POLLS });

describe('what a mutation has done', () => {
  it('is sent to followers of the entity, without waiting for a poll', async () => {
    await using gateway = await quietGateway();
    const { id } = gateway.world.insert.scenarioRun();
    using stream = await follow(gateway, FOLLOW_RUN, id);
    await stream.received(1);

    const { data } = await gateway.query(CANCEL, { id });
    await stream.received(2);

    expect(data).toMatchObject({ cancelScenarioRun: { scenarioRun: { state: 'CANCELED' } } });
    expect(told(runEvents(stream))).toEqual(['=running', 'running>canceled']);
  });

  it('is sent to followers of the benchmark run that it is part of', async () => {
    await using gateway = await quietGateway();
    const { id: benchmarkRunId } = gateway.world.insert.benchmarkRun();
    const { id } = gateway.world.insert.scenarioRun({ benchmark_run_id: benchmarkRunId });
    using stream = await follow(gateway, FOLLOW_BENCHMARK_RUN, benchmarkRunId);
    await stream.received(1);

    await gateway.query(CANCEL, { id });
    await stream.received(2);

    expect(eventsOf(stream)[1]).toEqual({
      kind: 'CHANGED',
      benchmarkRun: { state: 'RUNNING' },
      changes: [{ previousState: 'RUNNING', scenarioRun: { id, state: 'CANCELED' } }],
    });
  });

  it('to a benchmark run is sent to followers of its scenario runs, too', async () => {
    await using gateway = await quietGateway();
    const { id: benchmarkRunId } = gateway.world.insert.benchmarkRun();
    const { id } = gateway.world.insert.scenarioRun({ benchmark_run_id: benchmarkRunId });
    using stream = await follow(gateway, FOLLOW_BENCHMARK_RUN, benchmarkRunId);
    using run = await follow(gateway, FOLLOW_RUN, id);
    await Promise.all([stream.received(1), run.received(1)]);

    await gateway.query(`mutation { cancelBenchmarkRun(id: "${benchmarkRunId}") { __typename } }`);
    await run.received(2);
    await expect.poll(() => JSON.stringify(eventsOf(stream))).toContain(`{"id":"${id}","state":"CANCELED"}`);

    expect(told(runEvents(run))).toEqual(['=running', 'running>canceled']);
    expect(eventsOf(stream)[1]).toMatchObject({ benchmarkRun: { state: 'CANCELED' } });
  });

  it('is sent to followers of the benchmark run in which something was started', async () => {
    await using gateway = await quietGateway();
    const { id: benchmarkRunId } = gateway.world.insert.benchmarkRun();
    const { id: scenarioId } = gateway.world.insert.scenario();
    using stream = await follow(gateway, FOLLOW_BENCHMARK_RUN, benchmarkRunId);
    await stream.received(1);

    await gateway.query(
      'mutation($input: StartScenarioRunInput!) { startScenarioRun(input: $input) { __typename } }',
      {
        input: { scenarioId, benchmarkRunId },
      },
    );
    await stream.received(2);

    expect(eventsOf(stream)[1]).toMatchObject({
      changes: [{ previousState: null, scenarioRun: { state: 'RUNNING' } }],
    });
  });

  it('to a run is sent to followers of its devbox', async () => {
    await using gateway = await quietGateway();
    const { id, devbox_id: devboxId } = gateway.world.insert.scenarioRun();
    using stream = await follow(gateway, FOLLOW_DEVBOX, devboxId);
    await stream.received(1);

    await gateway.query(CANCEL, { id });
    await stream.received(2);

    expect(eventsOf(stream)[1]).toMatchObject({
      kind: 'CHANGED',
      previousStatus: 'RUNNING',
      devbox: { status: 'SHUTDOWN' },
    });
  });

  it('is what the next query sees, of the entity and of what belongs to it', async () => {
    await using gateway = await createTestGateway();
    const { id: benchmarkRunId } = gateway.world.insert.benchmarkRun();
    const { id } = gateway.world.insert.scenarioRun({ benchmark_run_id: benchmarkRunId });
    const look = () =>
      gateway.query(
        `query($id: ID!, $benchmarkRunId: ID!) {
          scenarioRun(id: $id) { state devbox { status } }
          scenarioRuns { nodes { state } }
          benchmarkRun(id: $benchmarkRunId) {
            scenarioRuns { nodes { state } } progress { running finished }
          }
        }`,
        { id, benchmarkRunId },
      );
    const shown = (state: string, status: string, progress: object) => ({
      scenarioRun: { state, devbox: { status } },
      scenarioRuns: { nodes: [{ state }] },
      benchmarkRun: { scenarioRuns: { nodes: [{ state }] }, progress },
    });

    expect((await look()).data).toEqual(shown('RUNNING', 'RUNNING', { running: 1, finished: 0 }));
    await gateway.query(CANCEL, { id });
    expect((await look()).data).toEqual(shown('CANCELED', 'SHUTDOWN', { running: 0, finished: 1 }));
  });

  it('is what the next mutation of the same document sees', async () => {
    await using gateway = await createTestGateway();
    const { id } = gateway.world.insert.devbox();

    const { data, errors } = await gateway.query(`mutation {
      before: keepDevboxAlive(id: "${id}") { ... on KeepDevboxAliveSuccess { devbox { status } } }
      suspended: suspendDevbox(id: "${id}") { ... on SuspendDevboxSuccess { devbox { status } } }
      after: keepDevboxAlive(id: "${id}") { ... on KeepDevboxAliveSuccess { devbox { status } } }
    }`);

    expect(errors).toEqual([]);
    expect(data).toEqual({
      before: { devbox: { status: 'RUNNING' } },
      suspended: { devbox: { status: 'SUSPENDING' } },
      after: { devbox: { status: 'SUSPENDING' } },
    });
    expect(gateway.calls()).toEqual([
      `POST /v1/devboxes/${id}/keep_alive`,
      `GET /v1/devboxes/${id}`,
      `POST /v1/devboxes/${id}/suspend`,
      `POST /v1/devboxes/${id}/keep_alive`,
      `GET /v1/devboxes/${id}`,
    ]);
  });

  it('once is not shown again as the present state by a repetition that comes later', async () => {
    await using gateway = await createTestGateway({ env: RARE_POLLS });
    const { id } = gateway.world.insert.scenarioRun();
    const score = `mutation($id: ID!) { scoreScenarioRun(id: $id, idempotencyKey: "mine") {
      ... on ScoreScenarioRunSuccess { scenarioRun { state } }
    } }`;
    using stream = await follow(gateway, FOLLOW_RUN, id);
    await stream.received(1);
    await gateway.query(score, { id });
    gateway.world.scenarioRuns.update(id, { state: 'completed', duration_ms: 1_000 });
    await gateway.query(
      'query($id: ID!) { scenarioRun(id: $id) { state } }',
      { id },
      {
        headers: { 'Cache-Control': 'no-cache' },
      },
    );

    const { data } = await gateway.query(score, { id });
    await stream.ended;

    expect(data).toEqual({ scoreScenarioRun: { scenarioRun: { state: 'COMPLETED' } } });
    expect(told(runEvents(stream))).toEqual(['=running', 'running>scoring', 'scoring>completed']);
  });
});

describe('a mutation', () => {
  it('is refused over GET, and sends nothing', async () => {
    await using gateway = await createTestGateway();
    const { id } = gateway.world.insert.scenarioRun();
    const url = new URL('/graphql', gateway.url);
    url.searchParams.set('query', CANCEL);
    url.searchParams.set('variables', JSON.stringify({ id }));

    const response = await fetch(url, { headers: { Accept: 'application/json' } });

    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect(gateway.calls()).toEqual([]);
  });

  it('over a WebSocket is the same as over HTTP', async () => {
    await using gateway = await createTestGateway();
    const { id } = gateway.world.insert.scenarioRun();
    using socket = await openSocket(gateway.url);
    await socket.init();

    socket.subscribe('1', CANCEL, { id });
    await expect.poll(() => socket.messages.at(-1)).toEqual({ id: '1', type: 'complete' });
    socket.subscribe('2', CANCEL, { id: 'scr_nowhere' });
    await expect.poll(() => socket.messages.at(-1)).toEqual({ id: '2', type: 'complete' });

    expect(socket.payloads('1')).toEqual([
      {
        data: {
          cancelScenarioRun: {
            __typename: 'CancelScenarioRunSuccess',
            scenarioRun: { id, state: 'CANCELED' },
          },
        },
      },
    ]);
    expect(socket.payloads('2')).toMatchObject([
      { data: { cancelScenarioRun: { __typename: 'NotFoundError', code: 'NOT_FOUND' } } },
    ]);
    expect(gateway.calls()).toHaveLength(2);
  });

  it('that has been sent is done although its client disconnects, and followers get the change', async () => {
    const clock = createFakeClock();
    const sent = deferred<undefined>();
    await using gateway = await createTestGateway({
      env: RARE_POLLS,
      simulator: {
        clock,
        onRequest: ({ method }) => {
          if (method === 'POST') sent.resolve(undefined);
        },
      },
    });
    const { id } = gateway.world.insert.scenarioRun();
    using stream = await follow(gateway, FOLLOW_RUN, id);
    await stream.received(1);
    gateway.simulator.faults.add({ kind: 'latency', method: 'POST', path: '/v1/**', ms: 1_000 });

    const client = new AbortController();
    const answer = gateway.query(CANCEL, { id }, { signal: client.signal }).catch((error: unknown) => error);
    await sent.promise;
    client.abort(new Error('gone'));
    expect(await answer).toEqual(new Error('gone'));
    await clock.sleepers(1);
    await clock.advance(1_000);
    await stream.received(2);

    expect(told(runEvents(stream))).toEqual(['=running', 'running>canceled']);
  });

  it('that takes longer than an operation may has an unknown outcome, and followers get the change once it is there', async () => {
    const clock = createFakeClock();
    const upstreamClock = createFakeClock();
    const sent = deferred<undefined>();
    await using gateway = await createTestGateway({
      env: { ...RARE_POLLS, OPERATION_TIMEOUT_MS: '5000' },
      overrides: { clock },
      simulator: {
        clock: upstreamClock,
        onRequest: ({ method }) => {
          if (method === 'POST') sent.resolve(undefined);
        },
      },
    });
    const { id } = gateway.world.insert.scenarioRun();
    using stream = await follow(gateway, FOLLOW_RUN, id);
    await stream.received(1);
    gateway.simulator.faults.add({ kind: 'latency', method: 'POST', path: '/v1/**', ms: 1_000 });

    const answer = gateway.query(CANCEL, { id });
    await sent.promise;
    await upstreamClock.sleepers(1);
    await clock.advance(5_000);
    expect((await answer).data).toMatchObject({
      cancelScenarioRun: {
        __typename: 'OutcomeUnknownError',
        code: 'OUTCOME_UNKNOWN',
        message: expect.stringContaining('was not answered within 5000 ms') as string,
      },
    });
    await upstreamClock.advance(1_000);
    await expect.poll(() => told(runEvents(stream))).toEqual(['=running', 'running>canceled']);
  });
});
