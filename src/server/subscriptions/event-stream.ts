/** Subscriptions over an HTTP response that stays open: server-sent events whose `id` is their cursor, or Apollo's parts. */
import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import type { GraphQLError } from 'graphql';
import { FreshAnswer } from '../graphql/answer.ts';
import type { CallerSlots } from '../../security/caller-slots.ts';
import type { Admissions } from '../graphql/admission.ts';
import type { Rendered } from './broadcast.ts';
import { refusal } from '../graphql/graphql-params.ts';
import type { GraphqlRouteOptions } from '../graphql/graphql-route.ts';
import { type HttpAnswer, type HttpStream, PRIVATE } from '../http/route.ts';
import type { HttpRequest } from '../http/http-request.ts';
import { httpAnswer } from '../http/http-answer.ts';
import { EVENT_STREAM, MULTIPART, negotiateStream } from '../http/media-type.ts';
import type { PresentErrors } from '../graphql/present-error.ts';
import { isRefusedForGood, STAY_AWAY } from './refused-for-good.ts';
import { EVENTS, PARTS, type StreamFormat } from './stream-format.ts';
import type { Sink, Subscriber, SubscriptionEnd } from './subscriber.ts';
import type { SubscriptionRequest } from './subscription-request.ts';
import type { Subscriptions } from './subscriptions.ts';

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

/** Answers subscriptions as server-sent events, or in parts for clients that take nothing else. */
export function createEventStream(options: EventStreamOptions): GraphqlRouteOptions['subscribe'] {
  return async (subscription, request) => {
    const type = negotiateStream(request.headers.accept);
    if (!type) {
      throw refusal(
        `A subscription is answered as ${EVENT_STREAM} or ${MULTIPART};subscriptionSpec=1.0: expected one to be accepted`,
        406,
      );
    }
    const format = type === MULTIPART ? PARTS : EVENTS;
    await options.admit(subscription);
    // Nobody follows what is not sent.
    if (request.method === 'HEAD') return stream(format, (response) => response.end());
    const { signal, requestId, caller } = subscription;
    const { presentErrors, random, connections } = options;
    const retryMs = RETRY_MS[0] + Math.floor(random() * (RETRY_MS[1] - RETRY_MS[0]));
    const leave = connections.take(caller.boundId);
    const sink = new EventStreamSink({ format, presentErrors, requestId, retryMs, leave });
    // Whoever goes before the stream is open never closes it.
    const onAbort = () => {
      sink.leave();
    };
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) sink.leave();
    try {
      return await subscribe(subscription, { request, sink, format, subscriptions: options.subscriptions });
    } catch (error) {
      sink.leave();
      throw error;
    }
  };
}

async function subscribe(
  subscription: Omit<SubscriptionRequest, 'lastEventId'>,
  given: {
    readonly request: HttpRequest;
    readonly sink: EventStreamSink;
    readonly format: StreamFormat;
    readonly subscriptions: Subscriptions;
  },
): Promise<HttpAnswer | HttpStream> {
  const { request, sink, format, subscriptions } = given;
  const header = request.headers['last-event-id'];
  const lastEventId = typeof header === 'string' && header !== '' ? header : undefined;
  const started = await subscriptions.start({ ...subscription, lastEventId }, sink);
  if (started.kind === 'refused') {
    const codes = started.errors.map(({ extensions }) => extensions['code']);
    // Who may not ask at all is told so by the status; what cannot be followed is an answer to the question.
    if (codes.includes('UNAUTHENTICATED')) {
      sink.leave();
      return httpAnswer(new FreshAnswer({ errors: started.errors }), EVENT_STREAM, {});
    }
    // It comes back after every end. What it is refused for good is not worth a third time.
    if (isRefusedForGood(started.errors) && lastEventId !== undefined) {
      sink.leave();
      return STAY_AWAY;
    }
    sink.refuse(started.errors);
  }
  if (started.kind === 'started') {
    sink.follow(started.subscriber);
    // An EventSource comes back after every end. This status tells it that there is nothing to come back for.
    if (lastEventId !== undefined && started.subscriber.isDone) {
      sink.leave();
      return STAY_AWAY;
    }
  }
  return stream(format, (response) => {
    request.release();
    sink.open(response);
  });
}

/** One subscription's end of an HTTP response. There are thousands: of its request it keeps what it needs. */
class EventStreamSink implements Sink {
  readonly #format: StreamFormat;
  readonly #presentErrors: PresentErrors;
  readonly #requestId: string;
  readonly #retryMs: number;
  readonly #leave: () => void;
  #response: ServerResponse | undefined;
  #subscriber: Subscriber | undefined;
  /** What it ended with before it was opened. */
  #lastWords: string | undefined;

  constructor(options: {
    readonly format: StreamFormat;
    readonly presentErrors: PresentErrors;
    readonly requestId: string;
    readonly retryMs: number;
    /** Called when the stream is over; calling it again does nothing. */
    readonly leave: () => void;
  }) {
    this.#format = options.format;
    this.#presentErrors = options.presentErrors;
    this.#requestId = options.requestId;
    this.#retryMs = options.retryMs;
    this.#leave = options.leave;
  }

  /** Whose events it sends. */
  follow(subscriber: Subscriber): void {
    this.#subscriber = subscriber;
  }

  /** Nobody takes what is sent any more. */
  leave(): void {
    this.#subscriber?.[Symbol.dispose]();
    this.#leave();
  }

  /** Says why there is nothing to follow. */
  refuse(errors: readonly GraphQLError[]): void {
    this.#lastWords = this.#format.refusal(errors);
  }

  open(response: ServerResponse): void {
    this.#response = response;
    response.on('close', () => {
      this.leave();
    });
    const { opening } = this.#format;
    if (opening !== null) this.#out?.write(opening);
    if (this.#lastWords === undefined) this.#subscriber?.resume();
    else response.end(this.#lastWords);
  }

  send(event: Rendered): boolean {
    const out = this.#out;
    if (!out) return false;
    if (out.write(this.#format.eventOf(event))) return true;
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
    this.#out?.write(this.#format.heartbeat);
  }

  end(why: SubscriptionEnd): void {
    switch (why.kind) {
      case 'complete':
        this.#end(this.#format.completion);
        return;
      case 'fail':
      case 'expire':
        this.#end(this.#format.failure(this.#presentErrors([why.error], this.#requestId)));
        return;
      case 'close':
        // Without `complete`: the client comes back, to this process or another, with its last id. One that takes
        // nothing would not even take that.
        if (this.#out?.writableNeedDrain) this.#response?.destroy();
        else this.#end(this.#format.retry(this.#retryMs));
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

function stream({ contentType }: StreamFormat, open: HttpStream['open']): HttpStream {
  return {
    status: 200,
    headers: {
      'Content-Type': contentType,
      ...PRIVATE,
      'Cache-Control': `${PRIVATE['Cache-Control']}, no-transform`,
      // Proxies that buffer would hold events back.
      'X-Accel-Buffering': 'no',
    },
    open: (response) => {
      response.flushHeaders();
      open(response);
    },
  };
}
