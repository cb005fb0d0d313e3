/** `createForwardSubscription`: what urql's `subscriptionExchange` sends subscriptions by, so that they keep their place. */
import { type SubscribingClient, subscribeOf } from './subscribing-client.ts';

/** What urql passes on of a subscription. */
export interface ForwardedOperation {
  readonly query?: string | undefined;
  readonly variables?: Record<string, unknown> | undefined;
  readonly extensions?: Record<string, unknown> | undefined;
}

/** What urql subscribes to. */
export interface ForwardedSubscription<Result> {
  subscribe(sink: { next(result: Result): void; error(error: unknown): void; complete(): void }): {
    readonly unsubscribe: () => void;
  };
}

/** For `subscriptionExchange({ forwardSubscription: createForwardSubscription(client) })`; `keepCursor` has made the client. */
export function createForwardSubscription<Result = never>(
  client: SubscribingClient,
): (operation: ForwardedOperation) => ForwardedSubscription<Result> {
  const subscribe = subscribeOf(client);
  return ({ query = '', variables, extensions }) => ({
    subscribe: (sink) => ({
      unsubscribe: subscribe({ query, variables, extensions }, sink),
    }),
  });
}
