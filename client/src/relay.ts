/** `createSubscribe`: what Relay's network layer sends subscriptions by, so that they keep their place. */
import { type GraphQLResponse, Observable, type SubscribeFunction } from 'relay-runtime';
import { type SubscribingClient, subscribeOf } from './subscribing-client.ts';

/**
 * For `Network.create(fetch, createSubscribe(client))`; `keepCursor` has made the client. An operation that Relay's compiler has
 * persisted is sent by its id.
 */
export function createSubscribe(client: SubscribingClient): SubscribeFunction {
  const subscribe = subscribeOf(client);
  return ({ name, text, id }, variables) =>
    Observable.create<GraphQLResponse>((sink) =>
      subscribe(
        { query: text ?? '', operationName: name, variables, ...(id === null ? {} : { documentId: id }) },
        {
          next: (result) => {
            sink.next(result as GraphQLResponse);
          },
          error: (error) => {
            sink.error(
              error instanceof Error ? error : new Error('The subscription has failed', { cause: error }),
            );
          },
          complete: () => {
            sink.complete();
          },
        },
      ),
    );
}
