/** Subscriptions over server-sent events: each event carries its cursor as `id`, so a client that reconnects resumes. */
import type { ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import { ERROR_CODES, type ErrorCode } from '../errors.ts';
import type { Rendered } from './broadcast.ts';
import { type Graphql, isJson } from './graphql.ts';
import { errorAnswer, type HttpAnswer, type HttpRequest, type HttpStream, type Route } from './http.ts';
import { type PresentErrors, toAnswer } from './present-error.ts';
import type { Sink, SubscriptionEnd } from './subscriber.ts';
import type { SubscriptionRequest, Subscriptions } from './subscriptions.ts';

export interface EventStreamOptions {
  readonly graphql: Graphql;
  readonly subscriptions: Subscriptions;
  readonly presentErrors: PresentErrors;
  /** From 0 to below 1: spreads those who are sent away at a shutdown, so that they do not come back together. */
  readonly random: () => number;
}

/** How long clients that are sent away at a shutdown wait before they come back, in milliseconds: at least and at most. */
const RETRY_MS = [500, 5_000] as const;

/**
 * Answers subscriptions, and gives everything else to the route for queries and mutations. The form is that of
 * graphql-sse's distinct connections, which GraphiQL speaks too, with an `id` more.
 */
export function createEventStreamRoute(options: EventStreamOptions): Route {
  const { graphql } = options;
  return async (request) => {
    const params = mentionsSubscription(request) ? paramsOf(request) : null;
    if (!params) return graphql.route(request);
    try {
      const { document, operation } = graphql.read(params.query, params.operationName);
      if (operation !== 'subscription') return await graphql.route(request);
      if (!acceptsEventStream(request)) {
        return errorAnswer(
          'BAD_USER_INPUT',
          'A subscription is answered as text/event-stream: expected it among what is accepted',
          406,
        );
      }
      return await subscribe({ ...params, document, text: params.query, ...identityOf(request) }, options);
    } catch (error) {
      return refusal(options.presentErrors([error], request.requestId));
    }
  };
}

interface Params {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
}

async function subscribe(
  request: SubscriptionRequest,
  { subscriptions, presentErrors, random }: EventStreamOptions,
): Promise<HttpAnswer | HttpStream> {
  const sink = new EventStreamSink({
    presentErrors: (errors) => presentErrors(errors, request.requestId),
    retryMs: RETRY_MS[0] + Math.floor(random() * (RETRY_MS[1] - RETRY_MS[0])),
  });
  const started = await subscriptions.start(request, sink);
  if (started.kind === 'refused') {
    const codes = started.errors.map(({ extensions }) => extensions['code']);
    // Who may not ask at all is told so by the status; what cannot be followed is an answer to the question.
    if (codes.includes('UNAUTHENTICATED')) return refusal(started.errors);
    return stream((response) => {
      response.end(lastErrors(started.errors));
    });
  }
  const { subscriber } = started;
  // An EventSource comes back after every end. This status tells it that there is nothing to come back for.
  if (request.lastEventId !== undefined && subscriber.isDone) {
    subscriber[Symbol.dispose]();
    return { status: 204, headers: {}, body: '' };
  }
  return stream((response) => {
    sink.open(response, () => {
      subscriber.resume();
    });
    response.once('close', () => {
      subscriber[Symbol.dispose]();
    });
    subscriber.resume();
  });
}

const COMPLETE = 'event: complete\ndata:\n\n';
const HEARTBEAT = Buffer.from(':\n\n');

/** What ends a stream that cannot go on. */
const lastErrors = (errors: readonly GraphQLError[]) =>
  `event: next\ndata: ${JSON.stringify({ errors: toAnswer(errors) })}\n\n${COMPLETE}`;

/** One subscription's end of an HTTP response. */
class EventStreamSink implements Sink {
  readonly #presentErrors: (errors: readonly unknown[]) => readonly GraphQLError[];
  readonly #retryMs: number;
  #response: ServerResponse | undefined;
  #onDrain: () => void = () => undefined;

  constructor(options: {
    readonly presentErrors: (errors: readonly unknown[]) => readonly GraphQLError[];
    readonly retryMs: number;
  }) {
    this.#presentErrors = options.presentErrors;
    this.#retryMs = options.retryMs;
  }

  open(response: ServerResponse, onDrain: () => void): void {
    this.#response = response;
    this.#onDrain = onDrain;
  }

  send({ streamEvent }: Rendered): boolean {
    const response = this.#response;
    if (!response) return false;
    if (response.write(streamEvent)) return true;
    response.once('drain', this.#onDrain);
    return false;
  }

  heartbeat(): void {
    this.#response?.write(HEARTBEAT);
  }

  end(why: SubscriptionEnd): void {
    switch (why.kind) {
      case 'complete':
        this.#response?.end(COMPLETE);
        return;
      case 'fail':
        this.#response?.end(lastErrors(this.#presentErrors([why.error])));
        return;
      case 'close':
        // Without `complete`: the client comes back, to this process or another, with its last id.
        this.#response?.end(`retry: ${String(this.#retryMs)}\n\n`);
        return;
      case 'stalled':
        this.#response?.destroy();
        return;
    }
  }
}

function stream(open: HttpStream['open']): HttpStream {
  return {
    status: 200,
    headers: {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      // Proxies that buffer would hold events back.
      'X-Accel-Buffering': 'no',
    },
    open: (response) => {
      response.flushHeaders();
      open(response);
    },
  };
}

function refusal(errors: readonly GraphQLError[]): HttpAnswer {
  const code = errors[0]?.extensions['code'] as ErrorCode | undefined;
  return {
    status: code ? ERROR_CODES[code].httpStatus : 400,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      ...(code === 'UNAUTHENTICATED' ? { 'WWW-Authenticate': 'Bearer' } : {}),
    },
    body: JSON.stringify({ errors: toAnswer(errors) }),
  };
}

/** A quick look that spares every other request from being read twice. */
function mentionsSubscription({ method, body, query }: HttpRequest): boolean {
  return (method === 'GET' ? query : (body ?? '')).includes('subscription');
}

/** The parameters of a request that may be a subscription; null when it is for the other route to refuse. */
function paramsOf({ method, headers, body, query }: HttpRequest): Params | null {
  try {
    if (method === 'GET')
      return readParams(
        Object.fromEntries(new URLSearchParams(query)),
        (text) => JSON.parse(text) as unknown,
      );
    if (method !== 'POST' || !isJson(headers['content-type'])) return null;
    return readParams(JSON.parse(body ?? '') as unknown, (value) => value);
  } catch {
    return null;
  }
}

function readParams(params: unknown, variablesOf: (given: never) => unknown): Params | null {
  if (typeof params !== 'object' || params === null) return null;
  const { query, variables, operationName } = params as Record<string, unknown>;
  const values = variables === undefined || variables === null ? {} : variablesOf(variables as never);
  if (typeof query !== 'string' || typeof values !== 'object' || values === null || Array.isArray(values))
    return null;
  return {
    query,
    variables: values as Readonly<Record<string, unknown>>,
    operationName: typeof operationName === 'string' ? operationName : null,
  };
}

function identityOf({ headers, requestId, signal }: HttpRequest) {
  const lastEventId = headers['last-event-id'];
  return {
    authorization: headers.authorization ?? null,
    lastEventId: typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : undefined,
    requestId,
    signal,
  };
}

function acceptsEventStream({ headers }: HttpRequest): boolean {
  const accept = headers.accept ?? '*/*';
  return ['text/event-stream', 'text/*', '*/*'].some((type) => accept.includes(type));
}
