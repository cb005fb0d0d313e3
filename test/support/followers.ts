/** The clients that people use, each following by itself: it reconnects as it pleases, and resumes where it was. */
import { EventSource } from 'eventsource';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { fetchHasty } from './fetch-hasty.ts';

export interface FollowRequest {
  /** The gateway's address. */
  readonly url: string;
  /** Takes `$id` and `$after`, and asks for one thing with its `cursor`. */
  readonly query: string;
  readonly id: string;
  readonly after: string;
  readonly onEvent: (event: FollowedEvent) => void;
}

export interface FollowedEvent {
  readonly cursor: string;
  readonly kind: 'SNAPSHOT' | 'CHANGED';
  readonly skipped: number;
}

/** Resolves when the subscription has completed, and rejects with a `Refused` when there are errors in its place. */
export type Follow = (request: FollowRequest) => Promise<void>;

/** The gateway has answered with errors. An application comes back after those that pass. */
export class Refused extends Error {
  readonly codes: readonly string[];

  constructor(errors: readonly { readonly extensions?: unknown }[]) {
    const codes = errors.map(({ extensions }) =>
      String((extensions as { code?: unknown } | undefined)?.code),
    );
    super(codes.join(' '));
    this.codes = codes;
  }
}

type Result = Readonly<Record<string, FollowedEvent>>;

/** Reads the only field of a result. */
export function eventIn(data: unknown): FollowedEvent {
  const [event] = Object.values(data as Result);
  if (!event) throw new Error('Expected an event');
  return event;
}

const immediately = () => Promise.resolve();

export const followByGraphqlWs: Follow = ({ url, query, id, after, onEvent }) => {
  const client = createWsClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: Infinity,
    retryWait: immediately,
    shouldRetry: () => true,
  });
  // The client sends the same request again when it reconnects: this is how an application resumes.
  const variables = { id, after };
  return new Promise((resolve, reject) => {
    client.subscribe(
      { query, variables },
      {
        next: ({ data, errors }) => {
          if (errors) {
            reject(new Refused(errors));
            return;
          }
          const event = eventIn(data);
          variables.after = event.cursor;
          onEvent(event);
        },
        error: (error) => {
          reject(Array.isArray(error) ? new Refused(error as GraphQLError[]) : (error as Error));
          void client.dispose();
        },
        complete: () => {
          resolve(client.dispose());
        },
      },
    );
  });
};

export const followByGraphqlSse: Follow = ({ url, query, id, after, onEvent }) => {
  const client = createSseClient({
    url: `${url}/graphql`,
    retryAttempts: Infinity,
    retry: immediately,
  });
  const variables = { id, after };
  return new Promise((resolve, reject) => {
    client.subscribe(
      { query, variables },
      {
        next: ({ data, errors }) => {
          if (errors) {
            reject(new Refused(errors));
            return;
          }
          const event = eventIn(data);
          variables.after = event.cursor;
          onEvent(event);
        },
        error: reject,
        complete: resolve,
      },
    );
  });
};

/** Knows nothing of cursors: it presents the id of the last event by itself. */
export const followByEventSource: Follow = ({ url, query, id, after, onEvent }) => {
  const target = new URL('/graphql', url);
  target.searchParams.set('query', query);
  target.searchParams.set('variables', JSON.stringify({ id, after }));
  const source = new EventSource(target, { fetch: fetchHasty });
  return new Promise((resolve, reject) => {
    source.addEventListener('next', ({ data: text }) => {
      const { data, errors } = JSON.parse(text as string) as Pick<ExecutionResult, 'data' | 'errors'>;
      if (errors) {
        source.close();
        reject(new Refused(errors));
      } else onEvent(eventIn(data));
    });
    source.addEventListener('complete', () => {
      source.close();
      resolve();
    });
    source.addEventListener('error', () => {
      // It was cut off before the last event, and got 204 when it reconnected.
      if (source.readyState === source.CLOSED) resolve();
    });
  });
};
