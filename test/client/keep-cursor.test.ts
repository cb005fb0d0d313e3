/** What a client with a kept cursor sends and tells, with a connection that a test owns. */
import { createClient as createSseClient } from 'graphql-sse';
import { describe, expect, it } from 'vitest';
import {
  type CursorObserver,
  keepCursor,
  type ResultSink,
  type SubscriptionRequest,
  type SubscriptionState,
} from '../../client/src/index.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway } from '../support/gateway.ts';
import { FAST_POLLS, rename } from '../support/subscriptions.ts';
import { createTokenFile } from '../support/tokens.ts';

const QUERY = 'subscription { devbox(id: "dbx_1") { kind } }';

/** A client whose connection a test owns: `connect` sends each request as the client would, once more each time. */
function createManualClient() {
  const subscriptions: { readonly request: SubscriptionRequest; readonly sink: ResultSink }[] = [];
  const listeners = new Set<() => void>();
  let ended = 0;
  return {
    client: {
      subscribe: (request: SubscriptionRequest, sink: ResultSink) => {
        subscriptions.push({ request, sink });
        return () => {
          ended += 1;
        };
      },
      on: (_event: 'closed', listener: () => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    connect: () =>
      subscriptions.map(({ request }) => JSON.parse(JSON.stringify(request)) as SubscriptionRequest),
    close: () => {
      for (const listener of listeners) listener();
    },
    get sink() {
      const last = subscriptions.at(-1);
      if (!last) throw new Error('Expected a subscription');
      return last.sink;
    },
    ended: () => ended,
    listeners: () => listeners.size,
  };
}

const resultAt = (cursor: string, more: object = {}) => ({ data: {}, extensions: { cursor, ...more } });

function follow(observer: CursorObserver = {}, request: Partial<SubscriptionRequest> = {}) {
  const manual = createManualClient();
  const told: unknown[] = [];
  const stop = keepCursor(manual.client, observer).subscribe(
    { query: QUERY, ...request },
    {
      next: (result) => told.push(result),
      error: (error) => told.push({ error }),
      complete: () => told.push('complete'),
    },
  );
  return { manual, told, stop };
}

describe('a client with a kept cursor', () => {
  it('sends a request as it is until an event has come, and from then on with the cursor of the last one', () => {
    const { manual } = follow({}, { variables: { a: 1 }, extensions: { cost: 'report' } });
    expect(manual.connect()).toEqual([{ query: QUERY, variables: { a: 1 }, extensions: { cost: 'report' } }]);

    manual.sink.next(resultAt('one'));
    manual.sink.next(resultAt('two'));

    expect(manual.connect()).toEqual([
      { query: QUERY, variables: { a: 1 }, extensions: { cost: 'report', cursor: 'two' } },
    ]);
  });

  it('hands on every result, and is not moved by one that has no cursor', () => {
    const { manual, told } = follow();
    const results = [resultAt('one'), { errors: [{ message: 'no' }] }, { data: {} }];
    for (const result of results) manual.sink.next(result);

    expect(told).toEqual(results);
    expect(manual.connect()[0]?.extensions).toEqual({ cursor: 'one' });
  });

  it('tells its states: also that the connection is lost, before the request is sent again', () => {
    const states: SubscriptionState[] = [];
    const { manual } = follow({ onState: (state) => states.push(state) });
    manual.connect();
    manual.close();
    expect(states).toEqual([]);
    manual.sink.next(resultAt('one'));
    manual.close();
    manual.connect();
    expect(states).toEqual(['live', 'reconnecting']);
    manual.sink.next(resultAt('two'));
    manual.sink.complete();
    manual.close();

    expect(states).toEqual(['live', 'reconnecting', 'live', 'ended']);
    expect(manual.listeners()).toBe(0);
  });

  it('tells how many events it was too slow for, and that a snapshot has taken the place of events', () => {
    const skipped: number[] = [];
    let resets = 0;
    const { manual } = follow({ onSkipped: (count) => skipped.push(count), onReset: () => resets++ });
    manual.sink.next(resultAt('one', { kind: 'SNAPSHOT' }));
    manual.sink.next(resultAt('two', { skipped: 3 }));
    expect({ skipped, resets }).toEqual({ skipped: [3], resets: 0 });

    manual.sink.next(resultAt('three', { kind: 'SNAPSHOT' }));
    expect(resets).toBe(1);
  });

  it('ends the subscription of the client beneath when it is ended, and tells an error of it', () => {
    const states: SubscriptionState[] = [];
    const first = follow({ onState: (state) => states.push(state) });
    first.stop();
    expect(first.manual.ended()).toBe(1);
    expect(states).toEqual(['ended']);

    const second = follow();
    second.manual.sink.error('broken');
    expect(second.told).toEqual([{ error: 'broken' }]);
  });

  it('subscribes again when credentials have ended behind an event, once', () => {
    const { manual, told } = follow();
    const expired = { errors: [{ message: 'expired', extensions: { code: 'UNAUTHENTICATED' } }] };
    manual.sink.next(resultAt('one'));
    manual.sink.next(expired);
    manual.sink.complete();
    expect(manual.connect().map(({ extensions }) => extensions)).toEqual([
      { cursor: 'one' },
      { cursor: 'one' },
    ]);
    expect(told).toEqual([resultAt('one')]);

    // The new ones are no better.
    manual.sink.next(expired);
    manual.sink.complete();
    expect(told).toEqual([resultAt('one'), expired, 'complete']);
  });

  it('tells that credentials are refused that were never good', () => {
    const { manual, told } = follow();
    const refused = { errors: [{ message: 'who', extensions: { code: 'UNAUTHENTICATED' } }] };
    manual.sink.next(refused);
    manual.sink.complete();

    expect(told).toEqual([refused, 'complete']);
  });

  it('is an iterable of results, which ends when its loop is left', async () => {
    const manual = createManualClient();
    const client = keepCursor(manual.client) as unknown as {
      iterate(request: SubscriptionRequest): AsyncGenerator;
    };
    const results = client.iterate({ query: QUERY });
    const first = results.next();
    manual.sink.next(resultAt('one'));
    manual.sink.next(resultAt('two'));
    expect(await first).toEqual({ done: false, value: resultAt('one') });
    expect(await results.next()).toEqual({ done: false, value: resultAt('two') });
    await results.return(undefined);
    expect(manual.ended()).toBe(1);
  });
});

describe('an event stream whose token ends', () => {
  it('goes on behind the last event with the token that the client has then', async () => {
    const clock = createFakeClock();
    await using file = await createTokenFile();
    const token = await file.issue('first', { expiresAtMs: clock.now() + 20_000 });
    const next = await file.issue('second');
    await using gateway = await createTestGateway({
      env: { ...FAST_POLLS, AUTH_TOKENS_FILE: file.path },
      overrides: { clock },
    });
    const { id } = gateway.world.insert.scenarioRun({ name: 'a' });
    const tokens = [token, next];
    const client = keepCursor(
      createSseClient({
        url: `${gateway.url}/graphql`,
        headers: () => ({ Authorization: `Bearer ${tokens.shift() ?? ''}` }),
        retryAttempts: 0,
      }),
    );
    const told: unknown[] = [];
    const stop = client.subscribe<{ readonly scenarioRun: { readonly kind: string } }>(
      { query: 'subscription ($id: ID!) { scenarioRun(id: $id) { kind } }', variables: { id } },
      {
        next: ({ data, errors }) => told.push(errors ?? data?.scenarioRun.kind),
        error: (error) => told.push(error),
        complete: () => told.push('complete'),
      },
    );
    await expect.poll(() => told).toEqual(['SNAPSHOT']);
    await clock.advance(20_000);
    await expect.poll(() => tokens).toEqual([]);
    rename(gateway.world, id, 'b');
    await expect
      .poll(async () => {
        await clock.advance(100);
        return told;
      })
      .toEqual(['SNAPSHOT', 'CHANGED']);
    stop();
  });
});
