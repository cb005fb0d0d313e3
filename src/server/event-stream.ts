/** Subscriptions over server-sent events: each event carries its cursor as `id`, so a client that reconnects resumes. */
import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { type GraphQLError, OperationTypeNode } from 'graphql';
import { ERROR_CODES, type ErrorCode, GatewayError } from '../errors.ts';
import type { Rendered } from './broadcast.ts';
import { type Graphql, isJson } from './graphql.ts';
import { errorAnswer, type HttpAnswer, type HttpRequest, type HttpStream, type Route } from './http.ts';
import { type PresentErrors, toAnswer } from './present-error.ts';
import type { Sink, Subscriber, SubscriptionEnd } from './subscriber.ts';
import type { Authenticate } from './operation-context.ts';
import type { SubscriptionRequest, Subscriptions } from './subscriptions.ts';

export interface EventStreamOptions {
  readonly graphql: Graphql;
  readonly subscriptions: Subscriptions;
  readonly authenticate: Authenticate;
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
  const { graphql, authenticate } = options;
  return async (request) => {
    const params = mayBeSubscription(request) ? paramsOf(request) : null;
    if (!params) return graphql.route(request);
    try {
      const { document, operation } = graphql.read(params.query, params.operationName);
      if (operation !== OperationTypeNode.SUBSCRIPTION) return await graphql.route(request);
      if (!acceptsEventStream(request)) {
        return errorAnswer(
          'BAD_USER_INPUT',
          'A subscription is answered as text/event-stream: expected it among what is accepted',
          406,
        );
      }
      const { query: text, operationName } = params;
      const variables = variablesOf(params);
      const caller = await authenticate({ authorization: request.headers.authorization ?? null });
      const identity = { ...identityOf(request), caller };
      return await subscribe({ document, text, variables, operationName, ...identity }, options);
    } catch (error) {
      return refusal(options.presentErrors([error], request.requestId));
    }
  };
}

interface Params {
  readonly query: string;
  readonly variables: unknown;
  readonly operationName: string | null;
}

async function subscribe(
  request: SubscriptionRequest,
  { subscriptions, presentErrors, random }: EventStreamOptions,
): Promise<HttpAnswer | HttpStream> {
  // A follower stays for long: of its request it keeps what it needs.
  const { requestId } = request;
  const sink = new EventStreamSink({
    presentErrors: (errors) => presentErrors(errors, requestId),
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
  const subscriber = started.kind === 'started' ? started.subscriber : null;
  // An EventSource comes back after every end. This status tells it that there is nothing to come back for.
  if (request.lastEventId !== undefined && subscriber?.isDone) {
    subscriber[Symbol.dispose]();
    return { status: 204, headers: {}, body: '' };
  }
  return stream((response) => {
    sink.open(response, subscriber);
    subscriber?.resume();
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
  #subscriber: Subscriber | null = null;
  /** What it ended with before it was opened. */
  #lastWords: string | undefined;

  constructor(options: {
    readonly presentErrors: (errors: readonly unknown[]) => readonly GraphQLError[];
    readonly retryMs: number;
  }) {
    this.#presentErrors = options.presentErrors;
    this.#retryMs = options.retryMs;
  }

  open(response: ServerResponse, subscriber: Subscriber | null): void {
    this.#response = response;
    this.#subscriber = subscriber;
    if (this.#lastWords !== undefined) response.end(this.#lastWords);
  }

  send({ streamEvent }: Rendered): boolean {
    const out = this.#out;
    if (!out) return false;
    if (out.write(streamEvent)) return true;
    out.once('drain', () => this.#subscriber?.resume());
    return false;
  }

  /**
   * Where events go: straight to the socket. The response would gather what is written at a time, and an event costs more
   * that way. It has no socket as long as an earlier request on the same one is being answered.
   */
  get #out(): Writable | undefined {
    return this.#response?.socket ?? this.#response;
  }

  heartbeat(): void {
    this.#out?.write(HEARTBEAT);
  }

  end(why: SubscriptionEnd): void {
    switch (why.kind) {
      case 'complete':
        this.#end(COMPLETE);
        return;
      case 'fail':
        this.#end(lastErrors(this.#presentErrors([why.error])));
        return;
      case 'close':
        // Without `complete`: the client comes back, to this process or another, with its last id. One that takes
        // nothing would not even take that.
        if (this.#out?.writableNeedDrain) this.#response?.destroy();
        else this.#end(`retry: ${String(this.#retryMs)}\n\n`);
        return;
      case 'stalled':
        this.#response?.destroy();
        return;
    }
  }

  #end(lastWords: string): void {
    if (this.#response) this.#response.end(lastWords);
    else this.#lastWords = lastWords;
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

/** A quick look that spares most other requests from being read twice. The word may be spelled with escapes of JSON. */
function mayBeSubscription({ method, body }: HttpRequest): boolean {
  return method === 'GET' || (body !== null && (body.includes('subscription') || body.includes('\\u')));
}

/** The parameters of a request that may be a subscription; null when it is for the other route to refuse. */
function paramsOf({ method, headers, body, query: search }: HttpRequest): Params | null {
  try {
    if (method === 'GET') {
      const params = new URLSearchParams(search);
      return readParams({
        query: params.get('query'),
        variables: JSON.parse(params.get('variables') ?? 'null') as unknown,
        operationName: params.get('operationName'),
      });
    }
    return method === 'POST' && isJson(headers['content-type']) ? readParams(JSON.parse(body ?? '')) : null;
  } catch {
    return null;
  }
}

function readParams(params: unknown): Params | null {
  if (typeof params !== 'object' || params === null) return null;
  const { query, variables, operationName } = params as Record<string, unknown>;
  if (typeof query !== 'string') return null;
  return { query, variables, operationName: typeof operationName === 'string' ? operationName : null };
}

function variablesOf({ variables }: Params): Readonly<Record<string, unknown>> {
  if (variables === undefined || variables === null) return {};
  if (typeof variables !== 'object' || Array.isArray(variables))
    throw new GatewayError('BAD_USER_INPUT', 'Expected `variables` to be an object');
  return variables as Readonly<Record<string, unknown>>;
}

function identityOf({ headers, requestId, signal }: HttpRequest) {
  const lastEventId = headers['last-event-id'];
  return {
    lastEventId: typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : undefined,
    requestId,
    signal,
  };
}

function acceptsEventStream({ headers }: HttpRequest): boolean {
  const accept = headers.accept ?? '*/*';
  return ['text/event-stream', 'text/*', '*/*'].some((type) => accept.includes(type));
}
