/** Subscriptions that keep their place, for graphql-ws, graphql-sse and clients like them. */
export { type CursorObserver, keepCursor, type SubscriptionState } from './keep-cursor.ts';
export type {
  ResultSink,
  SubscribingClient,
  SubscriptionRequest,
  SubscriptionResult,
} from './subscribing-client.ts';
