/** `createSubscriptionLink`: a link of Apollo Client 4 for subscriptions that keep their place. */
import { ApolloLink } from '@apollo/client/link';
import { print } from 'graphql';
import { Observable } from 'rxjs';
import { type SubscribingClient, subscribeOf } from './subscribing-client.ts';

/** Sends each operation that it gets by `client`, which `keepCursor` has made of one of graphql-ws or graphql-sse. */
export function createSubscriptionLink(client: SubscribingClient): ApolloLink {
  const subscribe = subscribeOf(client);
  return new ApolloLink(
    ({ query, variables, operationName, extensions }) =>
      new Observable((observer) =>
        subscribe(
          { query: print(query), variables, operationName, extensions },
          {
            next: (result) => {
              observer.next(result as ApolloLink.Result);
            },
            error: (error) => {
              observer.error(error);
            },
            complete: () => {
              observer.complete();
            },
          },
        ),
      ),
  );
}
