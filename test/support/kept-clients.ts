/** The clients that people use, each with a cursor that the client package keeps: none of the documents asks for one. */
import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { Client as UrqlClient, type ExecutionResult, subscriptionExchange } from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { Environment, Network, RecordSource, Store } from 'relay-runtime';
import { WebSocket } from 'ws';
import { createSubscriptionLink } from '../../client/src/apollo.ts';
import { type CursorObserver, keepCursor } from '../../client/src/index.ts';
import { createSubscribe } from '../../client/src/relay.ts';
import { createForwardSubscription } from '../../client/src/urql.ts';

export interface KeptRequest {
  /** The gateway's address. */
  readonly url: string;
  readonly query: string;
  readonly variables: Record<string, unknown>;
  /** Takes the data of each result, in the order in which they come. */
  readonly onData: (data: unknown) => void;
  readonly observer?: CursorObserver;
}

/** Resolves when the subscription has completed. */
export type FollowKept = (request: KeptRequest) => Promise<void>;

const immediately = () => Promise.resolve();

const overSockets = ({ url, observer }: KeptRequest) =>
  keepCursor(
    createWsClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: Infinity,
      retryWait: immediately,
      shouldRetry: () => true,
    }),
    observer,
  );

const overEventStreams = ({ url, observer }: KeptRequest) =>
  keepCursor(
    createSseClient({ url: `${url}/graphql`, retryAttempts: Infinity, retry: immediately }),
    observer,
  );

/** Calls `subscribe` with a sink, and resolves when that completes. */
function whole(
  { onData }: KeptRequest,
  subscribe: (sink: {
    readonly next: (result: { readonly data?: unknown }) => void;
    readonly error: (error: unknown) => void;
    readonly complete: () => void;
  }) => unknown,
): Promise<void> {
  return new Promise((resolve, reject) => {
    subscribe({
      next: ({ data }) => {
        onData(data);
      },
      error: reject,
      complete: resolve,
    });
  });
}

export const KEPT_CLIENTS: Readonly<Record<string, FollowKept>> = {
  'graphql-ws': async (request) => {
    const { query, variables } = request;
    const client = overSockets(request);
    await whole(request, (sink) => client.subscribe({ query, variables }, sink));
    await client.dispose();
  },
  'graphql-sse': (request) => {
    const { query, variables } = request;
    return whole(request, (sink) => overEventStreams(request).subscribe({ query, variables }, sink));
  },
  urql: (request) => {
    const { url, query, variables } = request;
    const forwardSubscription = createForwardSubscription<ExecutionResult>(overEventStreams(request));
    const urql = new UrqlClient({
      url: `${url}/graphql`,
      preferGetMethod: false,
      exchanges: [subscriptionExchange({ forwardSubscription })],
    });
    return new Promise((resolve) => {
      // urql has no listener for the end: a subscription says in its last result that there will be none.
      urql.subscription(query, variables).subscribe((result) => {
        if (result.data !== undefined && !result.stale && result.hasNext) request.onData(result.data);
        if (!result.hasNext) resolve();
      });
    });
  },
  'Apollo Client': (request) => {
    const { query, variables } = request;
    const apollo = new ApolloClient({
      link: createSubscriptionLink(overSockets(request)),
      cache: new InMemoryCache(),
    });
    return whole(request, (sink) =>
      apollo
        .subscribe<unknown, Record<string, unknown>>({
          query: gql(query),
          variables,
          fetchPolicy: 'no-cache',
        })
        .subscribe(sink),
    );
  },
  Relay: (request) => {
    const { query, variables } = request;
    const network = Network.create(
      () => {
        throw new Error('Expected subscriptions only');
      },
      createSubscribe(overSockets(request)),
    );
    const environment = new Environment({ network, store: new Store(new RecordSource()) });
    const operation = {
      name: 'Kept',
      operationKind: 'subscription',
      text: query,
      id: null,
      cacheID: 'kept',
      metadata: {},
    } as const;
    return whole(request, (sink) =>
      environment
        .getNetwork()
        .execute(operation, variables, {})
        .subscribe({
          ...sink,
          next: (result) => {
            sink.next(result as { readonly data?: unknown });
          },
        }),
    );
  },
};
