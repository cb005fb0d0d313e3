/** Subscriptions over server-sent events: each event carries its cursor as `id`, so a client that reconnects resumes. */
import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import type { GraphQLError } from 'graphql';
import { FreshAnswer } from './answer.ts';
import type { CallerSlots } from '../security/caller-slots.ts';
import type { Admissions } from './admission.ts';
import type { Rendered } from './broadcast.ts';
import { refusal } from './graphql-params.ts';
import type { GraphqlRouteOptions } from './graphql-route.ts';
import type { HttpAnswer, HttpStream } from './http.ts';
import { httpAnswer } from './http-answer.ts';
import { acceptsEventStream, EVENT_STREAM } from './media-type.ts';
import { type PresentErrors, toAnswer } from './present-error.ts';
import type { Sink, Subscriber, SubscriptionEnd } from './subscriber.ts';
import type { SubscriptionRequest, Subscriptions } from './subscriptions.ts';

export interface EventStreamOptions {
  readonly subscriptions: Subscriptions;
  readonly presentErrors: PresentErrors;
  /** Rejects when its caller may not follow this. */
  readonly admit: Admissions['admitSubscription'];
  /** Streams and sockets that are open. */
  readonly connections: CallerSlots;
  /** From 0 to below 1: spreads those who are sent away at a shutdown, so that they do not come back together. */
  readonly random: () => number;
}

/** How long clients that are sent away at a shutdown wait before they come back, in milliseconds: at least and at most. */
const RETRY_MS = [500, 5_000] as const;

/** Answers subscriptions in the form of graphql-sse's distinct connections, which GraphiQL speaks too, with an `id` more. */
export function createEventStream(options: EventStreamOptions): GraphqlRouteOptions['subscribe'] {
  return async (subscription, { headers }) => {
    if (!acceptsEventStream(headers.accept))
      throw refusal('A subscription is answered as text/event-stream: expected it to be accepted', 406);
    const lastEventId = headers['last-event-id'];
    await options.admit(subscription);
    const leave = options.connections.take(subscription.caller.id);
    // Whoever goes before the stream is open never closes it.
    subscription.signal.addEventListener('abort', leave);
    if (subscription.signal.aborted) leave();
    try {
      const answer = await subscribe(
        {
          ...subscription,
          lastEventId: typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : undefined,
        },
        options,
      );
      return whenOver(answer, leave);
    } catch (error) {
      leave();
      throw error;
    }
  };
}

/** The same answer, which calls `done` when it has been sent or nobody takes it any more. */
function whenOver(answer: HttpAnswer | HttpStream, done: () => void): HttpAnswer | HttpStream {
  if (!('open' in answer)) {
    done();
    return answer;
  }
  return {
    ...answer,
    open: (response) => {
      response.once('close', done);
      answer.open(response);
    },
  };
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
    if (codes.includes('UNAUTHENTICATED'))
      return httpAnswer(new FreshAnswer({ errors: started.errors }), EVENT_STREAM, {});
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
