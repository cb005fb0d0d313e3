import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { EventSource } from 'eventsource';
import { createClient } from 'graphql-sse';
import { describe, expect, it } from 'vitest';
import { fetchHasty } from '../support/fetch-hasty.ts';
import { eventsIn, openEventStream } from '../support/event-stream.ts';
import { createTestGateway } from '../support/gateway.ts';
import {
  complete,
  FAST_POLLS,
  FOLLOW_RUN,
  rename,
  runEvents,
  type RunResult,
  told,
} from '../support/subscriptions.ts';

const CURL = '/usr/bin/curl';

const fastGateway = (env: Readonly<Record<string, string>> = {}) =>
  createTestGateway({ env: { ...FAST_POLLS, ...env } });

describe('a subscription over server-sent events', () => {
  it.each(['GET', 'POST'] as const)('by %s carries each event with its cursor as id', async (method) => {
    await using gateway = await fastGateway();
    const { id } = gateway.world.insert.scenarioRun();
    using stream = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id }, method });
    await expect.poll(() => stream.events).toHaveLength(1);
    gateway.world.scenarioRuns.update(id, { state: 'scoring' });
    await expect.poll(() => stream.events).toHaveLength(2);

    expect(stream.status).toBe(200);
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'private, no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    expect(told(runEvents(stream))).toEqual(['=running', 'running>scoring']);
    expect(stream.events.map(({ event }) => event)).toEqual(['next', 'next']);
    expect(stream.events.map((event) => event.id)).toEqual(runEvents(stream).map(({ cursor }) => cursor));
  });

  it('ends by itself after the event that made the entity terminal', async () => {
    await using gateway = await fastGateway();
    const { id } = gateway.world.insert.scenarioRun();
    using stream = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
    await expect.poll(() => stream.events).toHaveLength(1);
    complete(gateway.world, id);
    await stream.ended;

    expect(told(runEvents(stream))).toEqual(['=running', 'running>completed']);
    expect(stream.events.at(-1)).toEqual({ event: 'complete', id: null, data: null });
    expect(gateway.watches).toMatchObject({ subscriptions: 0, watchers: 0 });
  });

  it('resumes by Last-Event-ID, which is later than the cursor in the variables', async () => {
    await using gateway = await fastGateway();
    const { id } = gateway.world.insert.scenarioRun();
    const first = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
    for (const name of ['a', 'b', 'c']) {
      const known = first.events.length;
      await expect.poll(() => first.events.length).toBeGreaterThanOrEqual(Math.max(known, 1));
      rename(gateway.world, id, name);
      await expect.poll(() => runEvents(first).at(-1)?.scenarioRun.name).toBe(name);
    }
    first[Symbol.dispose]();
    const [snapshot, , second] = runEvents(first).map(({ cursor }) => cursor);

    using byVariable = await openEventStream(gateway.url, {
      query: FOLLOW_RUN,
      variables: { id, after: snapshot },
    });
    using byHeader = await openEventStream(gateway.url, {
      query: FOLLOW_RUN,
      variables: { id, after: snapshot },
      headers: { 'Last-Event-ID': second ?? '' },
    });
    await expect.poll(() => runEvents(byVariable)).toHaveLength(3);
    await expect.poll(() => runEvents(byHeader)).toHaveLength(1);

    expect(runEvents(byVariable)).toEqual(runEvents(first).slice(1));
    expect(runEvents(byHeader)).toEqual(runEvents(first).slice(3));
  });

  it('costs the upstream the same for fifty followers as for one', async () => {
    await using gateway = await fastGateway();
    const { id, devbox_id } = gateway.world.insert.scenarioRun();
    const query = FOLLOW_RUN.replace('id name state', 'id name state devbox { status }');
    const streams = await Promise.all(
      Array.from({ length: 50 }, () => openEventStream(gateway.url, { query, variables: { id } })),
    );
    await Promise.all(streams.map((stream) => stream.received(1)));
    gateway.calls();
    rename(gateway.world, id, 'another');
    await Promise.all(streams.map((stream) => stream.received(2)));

    expect(gateway.calls().filter((call) => call.endsWith(devbox_id)).length).toBeLessThanOrEqual(1);
    expect(gateway.watches).toMatchObject({ subscriptions: 50, watchers: 1 });
    for (const stream of streams) stream[Symbol.dispose]();
  });

  it.each([
    ['unknown', 'scr_unknown', 'NOT_FOUND'],
    ['hostile', '../../secrets', 'BAD_USER_INPUT'],
    ['empty', '', 'BAD_USER_INPUT'],
  ])('of an id that is %s is an error, and then complete', async (_name, id, code) => {
    await using gateway = await fastGateway();
    using stream = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
    await stream.ended;

    expect(stream.status).toBe(200);
    expect(stream.events).toMatchObject([
      { event: 'next', data: { errors: [{ extensions: { code } }] } },
      { event: 'complete' },
    ]);
    await expect.poll(() => ({ ...gateway.watches })).toEqual({ subscriptions: 0, watchers: 0 });
  });

  it.each([
    ['is no GraphQL', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
    ['asks for what is not there', 'subscription { weather { celsius } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['lacks a variable', FOLLOW_RUN, 'BAD_USER_INPUT'],
  ])('whose document %s is told so', async (_name, query, code) => {
    await using gateway = await fastGateway();
    using stream = await openEventStream(gateway.url, { query });
    await stream.ended;

    const { errors } = stream.events[0]?.data as RunResult;
    expect(stream.status).toBe(200);
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual([code]);
    expect(gateway.calls()).toEqual([]);
  });

  it('without a key is answered 401 where a key is needed', async () => {
    await using gateway = await fastGateway({ AUTH: 'passthrough' });
    const { id } = gateway.world.insert.scenarioRun();
    using stream = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
    await stream.ended;

    expect(stream.status).toBe(401);
    expect(stream.headers['www-authenticate']).toBe('Bearer');
    expect(JSON.parse(stream.text)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(gateway.calls()).toEqual([]);
  });

  it('that accepts only JSON is answered 406', async () => {
    await using gateway = await fastGateway();
    const { id } = gateway.world.insert.scenarioRun();
    const { status, errors } = await gateway.query(
      FOLLOW_RUN,
      { id },
      { headers: { Accept: 'application/json' } },
    );

    expect(status).toBe(406);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    expect(gateway.calls()).toEqual([]);
  });

  it.each([
    [
      'escapes of a URL',
      { method: 'GET' },
      (query: string) => `?query=${encodeURIComponent(query).replace('s', '%73')}`,
    ],
    [
      'escapes of JSON',
      { method: 'POST' },
      (query: string) => JSON.stringify({ query }).replace('"s', '"\\u0073'),
    ],
  ])('spelled with %s is one like any other', async (_name, { method }, spell) => {
    await using gateway = await fastGateway();
    const spelled = spell('subscription { scenarioRun(id: "scr_unknown") { cursor } }');
    const answer = await fetch(`${gateway.url}/graphql${method === 'GET' ? spelled : ''}`, {
      method,
      headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
      ...(method === 'POST' ? { body: spelled } : {}),
    });

    expect(eventsIn(await answer.text())).toMatchObject([
      { data: { errors: [{ extensions: { code: 'NOT_FOUND' } }] } },
      { event: 'complete' },
    ]);
  });

  it.each([[[]], ['{"id":"scr_1"}'], [7], [true]])('with %j for variables is refused', async (variables) => {
    await using gateway = await fastGateway();
    const answer = await gateway.query('', undefined, {
      body: JSON.stringify({ query: 'subscription { scenarioRun(id: "scr_1") { cursor } }', variables }),
      headers: { Accept: 'text/event-stream' },
    });

    expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect(gateway.watches.subscriptions).toBe(0);
  });
});

describe('the clients that people use', () => {
  it('EventSource follows a run to its end, and does not reconnect then', async () => {
    await using gateway = await fastGateway();
    const { id } = gateway.world.insert.scenarioRun();
    const url = new URL('/graphql', gateway.url);
    url.searchParams.set('query', FOLLOW_RUN);
    url.searchParams.set('variables', JSON.stringify({ id }));
    const source = new EventSource(url, { fetch: fetchHasty });
    const events: (string | null)[] = [];
    source.addEventListener('next', ({ data, lastEventId }) => {
      const { data: result } = JSON.parse(data as string) as RunResult;
      expect(lastEventId).toBe(result?.scenarioRun.cursor);
      events.push(result?.scenarioRun.scenarioRun.state ?? null);
      if (events.length === 1) complete(gateway.world, id);
    });
    let ends = 0;
    source.addEventListener('complete', () => ends++);
    // It comes back once by itself, presents its last id, and is told that there is nothing more.
    await expect.poll(() => source.readyState, { timeout: 15_000 }).toBe(source.CLOSED);

    expect(events).toEqual(['RUNNING', 'COMPLETED']);
    expect(ends).toBe(1);
  });

  it('graphql-sse iterates over a run to its end', async () => {
    await using gateway = await fastGateway();
    const { id } = gateway.world.insert.scenarioRun();
    const client = createClient({ url: `${gateway.url}/graphql`, retryAttempts: 0 });
    const states: unknown[] = [];
    for await (const { data } of client.iterate({ query: FOLLOW_RUN, variables: { id } })) {
      states.push((data as NonNullable<RunResult['data']>).scenarioRun.scenarioRun.state);
      if (states.length === 1) complete(gateway.world, id);
    }

    expect(states).toEqual(['RUNNING', 'COMPLETED']);
  });

  it('graphql-sse is answered queries as well', async () => {
    await using gateway = await fastGateway();
    const { id } = gateway.world.insert.scenarioRun();
    const client = createClient({ url: `${gateway.url}/graphql`, retryAttempts: 0 });
    const answers: unknown[] = [];
    for await (const answer of client.iterate({ query: `{ scenarioRun(id: "${id}") { id } }` }))
      answers.push(answer);

    expect(answers).toEqual([{ data: { scenarioRun: { id } } }]);
  });

  it.skipIf(!existsSync(CURL))('curl -N prints each event when it happens', async () => {
    await using gateway = await fastGateway();
    const { id } = gateway.world.insert.scenarioRun();
    const curl = spawn(CURL, [
      '--no-buffer',
      '--silent',
      '--header',
      'Content-Type: application/json',
      '--data',
      JSON.stringify({ query: FOLLOW_RUN, variables: { id } }),
      `${gateway.url}/graphql`,
    ]);
    let output = '';
    curl.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const ended = new Promise((resolve) => curl.once('close', resolve));
    await expect.poll(() => eventsIn(output)).toHaveLength(1);
    complete(gateway.world, id);

    expect(await ended).toBe(0);
    expect(told(runEvents({ events: eventsIn(output) }))).toEqual(['=running', 'running>completed']);
  });
});
