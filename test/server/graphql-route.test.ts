import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { FreshAnswer } from '../../src/server/answer.ts';
import { createDocuments } from '../../src/server/documents.ts';
import type { Graphql } from '../../src/server/graphql.ts';
import { createGraphqlRoute } from '../../src/server/graphql-route.ts';
import type { HttpRequest } from '../../src/server/http-request.ts';
import { createPresentErrors } from '../../src/server/present-error.ts';
import type { TakeTurn } from '../../src/server/turns.ts';
import { deferred } from '../support/deferred.ts';
import { testCaller } from '../support/caller.ts';
import { createRecordingLog } from '../support/log.ts';

const schema = buildSchema('type Query { a: Int }');
const QUESTION = JSON.stringify({ query: '{ a }' });

/** A route that counts which requests it reads. Nothing is answered by it but nulls. */
function createStage(takeTurn: TakeTurn = () => undefined) {
  const counts = { read: 0, turns: 0 };
  const graphql = {
    ...createDocuments({
      parse: (text) => parse(text),
      validate: (document) => validate(schema, document),
      cache: { maxDocuments: 100, maxBytes: 10_000_000 },
      check: () => undefined,
    }),
    textOf: ({ query }: { readonly query?: unknown }) => {
      counts.read++;
      return typeof query === 'string' ? query : null;
    },
    identify: ({ authorization }: { readonly authorization: string | null }) =>
      Promise.resolve({ kind: 'caller', caller: testCaller({ account: authorization ?? 'alice' }) }),
    answer: () => Promise.resolve(new FreshAnswer({ data: { a: null } })),
  } as unknown as Graphql;
  const { route } = createGraphqlRoute({
    graphql,
    presentErrors: createPresentErrors({ log: createRecordingLog().log, errorId: () => 'an-error' }),
    subscribe: () => Promise.reject(new Error('Nobody subscribes here')),
    enterByTicket: () => Promise.resolve(null),
    takeTurn: (callerId, bytes) => {
      counts.turns++;
      return takeTurn(callerId, bytes);
    },
    requests: { maxRequests: 100, maxBytes: 10_000_000 },
  });
  return {
    counts,
    ask: async (body = QUESTION, { account = 'alice', accept = 'application/json', isGone = false } = {}) => {
      const request: HttpRequest = {
        method: 'POST',
        path: '/graphql',
        params: {},
        query: '',
        headers: { 'content-type': 'application/json', accept, authorization: account },
        body,
        requestId: 'a-request',
        signal: isGone ? AbortSignal.abort(new Error('gone')) : new AbortController().signal,
        release: () => undefined,
      };
      const answer = await route(request);
      return answer.status;
    },
  };
}

describe('a request that comes again', () => {
  it('is read no more, whoever sends it, and waits for no turn', async () => {
    const { ask, counts } = createStage();
    await ask();
    await ask();
    expect(counts).toEqual({ read: 2, turns: 2 });

    for (let caller = 0; caller < 100; caller++)
      expect(await ask(QUESTION, { account: String(caller) })).toBe(200);
    expect(counts).toEqual({ read: 2, turns: 2 });
  });

  it('is read once more for a client that takes another form', async () => {
    const { ask, counts } = createStage();
    const forms = ['application/json', 'application/graphql-response+json'];
    for (const accept of [...forms, ...forms, ...forms]) expect(await ask(QUESTION, { accept })).toBe(200);

    expect(counts.read).toBe(4);
  });

  it('is read every time when it is long', async () => {
    const { ask, counts } = createStage();
    const long = JSON.stringify({ query: '{ a }', variables: { text: 'x'.repeat(40_000) } });
    for (let times = 0; times < 5; times++) await ask(long);

    expect(counts.read).toBe(5);
  });
});

describe('a request that waits for its turn', () => {
  it('is not read when others have sent the same meanwhile', async () => {
    const turn = deferred<undefined>();
    let isBusy = false;
    const { ask, counts } = createStage(() => (isBusy ? turn.promise : undefined));
    isBusy = true;
    const waiting = ask();
    while (counts.turns === 0) await Promise.resolve();
    isBusy = false;
    await ask();
    await ask();
    turn.resolve(undefined);

    expect(await waiting).toBe(200);
    expect(counts).toEqual({ read: 2, turns: 3 });
  });

  it('is not read when its client has left', async () => {
    const { ask, counts } = createStage(() => Promise.resolve());
    await ask(QUESTION, { isGone: true });

    expect(counts.read).toBe(0);
  });
});
