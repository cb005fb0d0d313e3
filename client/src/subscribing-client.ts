/** `SubscribingClient`: what graphql-ws, graphql-sse and clients like them have in common. */

/** A subscription as it is sent. */
export interface SubscriptionRequest {
  readonly query: string;
  readonly variables?: Record<string, unknown> | null | undefined;
  readonly operationName?: string | null | undefined;
  readonly extensions?: Record<string, unknown> | null | undefined;
}

/** What came for one event. */
export interface SubscriptionResult {
  readonly errors?:
    readonly { readonly extensions?: Readonly<Record<string, unknown>> | undefined }[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

/** Takes the results of a subscription, and its end. */
export interface ResultSink {
  next(result: unknown): void;
  error(error: unknown): void;
  complete(): void;
}

/** It sends the request anew, by `JSON.stringify`, each time that it connects again. */
export interface SubscribingClient {
  /** Starts a subscription; the function that it answers ends it. */
  subscribe(request: never, sink: never): () => void;
}

/** Starts a subscription; the function that it answers ends it. */
export type Subscribe = (request: SubscriptionRequest, sink: ResultSink) => () => void;

/** The client by what all clients have in common, whatever they call the types of requests and sinks. */
export function subscribeOf(client: SubscribingClient): Subscribe {
  return (request, sink) => client.subscribe(request as never, sink as never);
}

/** Called as a client calls its listeners. Clients without events have no `on`. */
export interface ObservableClient {
  on?(event: 'closed', listener: () => void): () => void;
}
