/** `keepCursor`: a client whose subscriptions go on behind the last event that they got, whatever cut their connection. */
import { iterate } from './iterate.ts';
import {
  type ObservableClient,
  type ResultSink,
  type SubscribingClient,
  type SubscriptionRequest,
  type SubscriptionResult,
  subscribeOf,
} from './subscribing-client.ts';

/**
 * `connecting` until the first result, `live` from then on, `reconnecting` from when the connection was lost until the next result,
 * and `ended` at the end.
 */
export type SubscriptionState = 'connecting' | 'live' | 'reconnecting' | 'ended';

/** What happens to each subscription of a client. Functions are called with the request, by which they can be told apart. */
export interface CursorObserver {
  /** The state has changed. */
  onState?(state: SubscriptionState, request: SubscriptionRequest): void;
  /** So many events before the next result were left out, because this client was too slow for them. */
  onSkipped?(count: number, request: SubscriptionRequest): void;
  /**
   * The next result is a snapshot though the subscription had a place already: the gateway holds its events no more, because the client
   * was away for long. What happened meanwhile is in the snapshot, and in no event.
   */
  onReset?(request: SubscriptionRequest): void;
}

/**
 * The same client, of graphql-ws or graphql-sse, with subscriptions that never lose their place: no event is lost and none comes
 * twice, across any number of reconnects and from any replica of the gateway. The document needs neither `$after` nor `cursor`.
 *
 * How often a client tries again, and when, is its own setting: graphql-ws and graphql-sse give up after five times by default
 * (`retryAttempts`). Credentials that end while a subscription is under way are asked for anew where the client has a function for them.
 */
export function keepCursor<Client extends SubscribingClient>(
  client: Client,
  observer: CursorObserver = {},
): Client {
  const subscribe = (request: SubscriptionRequest, sink: ResultSink) =>
    follow(client, request, sink, observer);
  return { ...client, subscribe, iterate: (request: SubscriptionRequest) => iterate(subscribe, request) };
}

function follow(
  client: SubscribingClient & ObservableClient,
  request: SubscriptionRequest,
  sink: ResultSink,
  observer: CursorObserver,
): () => void {
  const send = subscribeOf(client);
  let cursor: string | undefined;
  let state: SubscriptionState = 'connecting';
  /** The credentials have ended, behind the last event; and were not since another one came. */
  let expired: unknown;
  let hasRenewed = false;
  let stop: () => void = () => undefined;

  const enter = (next: SubscriptionState) => {
    if (state === next || state === 'ended') return;
    state = next;
    observer.onState?.(next, request);
  };
  const lose = () => {
    if (state === 'live') enter('reconnecting');
  };
  // Read anew each time that the client sends the request: the second time because it had lost the connection.
  const resumable = Object.defineProperty({ ...request }, 'extensions', {
    enumerable: true,
    get: () => {
      lose();
      return cursor === undefined ? request.extensions : { ...request.extensions, cursor };
    },
  });
  const stopListening = client.on?.('closed', lose);
  const end = () => {
    stopListening?.();
    enter('ended');
  };

  const receive = (result: SubscriptionResult) => {
    const { cursor: reached, kind, skipped } = result.extensions ?? {};
    if (typeof reached !== 'string') {
      if (cursor !== undefined && !hasRenewed && isUnauthenticated(result)) expired = result;
      else sink.next(result);
      return;
    }
    if (cursor !== undefined && kind === 'SNAPSHOT') observer.onReset?.(request);
    if (typeof skipped === 'number') observer.onSkipped?.(skipped, request);
    cursor = reached;
    hasRenewed = false;
    enter('live');
    sink.next(result);
  };
  const start = () => {
    stop = send(resumable, {
      next: (result) => {
        receive(result as SubscriptionResult);
      },
      error: (error) => {
        end();
        sink.error(error);
      },
      complete: () => {
        if (expired !== undefined && state !== 'ended') {
          expired = undefined;
          hasRenewed = true;
          start();
          return;
        }
        end();
        sink.complete();
      },
    });
  };
  start();
  return () => {
    end();
    stop();
  };
}

function isUnauthenticated({ errors = [] }: SubscriptionResult): boolean {
  return errors.some(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED');
}
