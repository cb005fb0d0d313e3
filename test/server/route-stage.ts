/** A route of GraphQL over a graph of one field, which counts what it reads and how often it takes a turn. */
import { buildSchema, parse, validate } from 'graphql';
import { FreshAnswer } from '../../src/server/graphql/answer.ts';
import { createDocuments } from '../../src/server/graphql/documents.ts';
import type { Graphql } from '../../src/server/graphql/graphql.ts';
import { createGraphqlRoute } from '../../src/server/graphql/graphql-route.ts';
import type { HttpRequest } from '../../src/server/http/http-request.ts';
import { createPresentErrors } from '../../src/server/graphql/present-error.ts';
import type { AcquireTurn } from '../../src/server/graphql/request-queue.ts';
import { testCaller } from '../support/caller.ts';
import { createRecordingLog } from '../support/log.ts';

const schema = buildSchema('type Query { a: Int }');
export const QUESTION = JSON.stringify({ query: '{ a }' });

/** A route that counts which requests it reads. Nothing is answered by it but nulls. */
export function createRouteStage({
  acquireTurn = () => undefined,
  maxDocuments = 100,
}: { readonly acquireTurn?: AcquireTurn; readonly maxDocuments?: number } = {}) {
  const counts = { read: 0, turns: 0 };
  const graphql = {
    ...createDocuments({
      parse: (text) => parse(text),
      validate: (document) => validate(schema, document),
      cache: { maxDocuments, maxBytes: 10_000_000 },
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
    acquireTurn: (callerId, bytes) => {
      counts.turns++;
      return acquireTurn(callerId, bytes);
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
        client: { address: null, isEncrypted: false, host: null },
        signal: isGone ? AbortSignal.abort(new Error('gone')) : new AbortController().signal,
        release: () => undefined,
      };
      const answer = await route(request);
      return answer.status;
    },
  };
}
