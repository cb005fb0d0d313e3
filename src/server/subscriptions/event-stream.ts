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
import { isRefusedForGood, NO_RECONNECT } from './refused-for-good.ts';
import { EVENTS, PARTS, type StreamFormat } from './stream-format.ts';
import type { Sink, Subscriber, SubscriptionEnd } from './subscriber.ts';
import type { SubscriptionTransport } from './subscription-observer.ts';
import type { SubscriptionRequest } from './subscription-request.ts';
import type { Subscriptions } from './subscriptions.ts';

export interface EventStreamOptions {
  readonly subscriptions: Subscriptions;
  readonly presentErrors: PresentErrors;
  /** Rejects when the caller's budget or a bound does not admit the subscription. */
  readonly admit: Admissions['admitSubscription'];
  /** Slots of open streams and sockets. */
  readonly connections: CallerSlots;
  /** From 0 to below 1: spreads the reconnects after a shutdown over time. */
  readonly random: () => number;
}

/** The shortest and the longest `retry` that clients get at a shutdown, in milliseconds. */
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
    // HEAD sends no events, so nothing is followed.
    if (request.method === 'HEAD') return stream(format, (response) => response.end());
    const { signal, requestId, caller } = subscription;
    const slotOf = caller.boundId;
    options.connections.enter(slotOf);
    const sink = new EventStreamSink(options, { format, requestId, slotOf });
    // A client that leaves before the stream is open causes no `close` of the response.
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
  subscription: SubscriptionRequest,
  given: {
    readonly request: HttpRequest;
    readonly sink: EventStreamSink;
    readonly format: StreamFormat;
    readonly subscriptions: Subscriptions;
  },
): Promise<HttpAnswer | HttpStream> {
  const { request, sink, format, subscriptions } = given;
  const header = request.headers['last-event-id'];
  const id = typeof header === 'string' && header !== '' ? header : undefined;
  const lastEventId = id ?? subscription.lastEventId;
  const started = await subscriptions.start({ ...subscription, lastEventId }, sink);
  if (started.kind === 'refused') {
    if (subscription.record) subscription.record.errors = started.errors;
    const codes = started.errors.map(({ extensions }) => extensions['code']);
    // Missing authentication is a status; any other refusal is a result on the stream.
    if (codes.includes('UNAUTHENTICATED')) {
      sink.leave();
      return httpAnswer(new FreshAnswer({ errors: started.errors }), EVENT_STREAM, {});
    }
    // An EventSource reconnects after every end, until status 204: a refusal that will not change ends that.
    if (isRefusedForGood(started.errors) && id !== undefined) {
      sink.leave();
      return NO_RECONNECT;
    }
    sink.refuse(started.errors);
  }
  if (started.kind === 'started') {
    sink.follow(started.subscriber);
    // An EventSource reconnects after every end, until status 204.
    if (id !== undefined && started.subscriber.isDone) {
      sink.leave();
      return NO_RECONNECT;
    }
  }
  return stream(format, (response) => {
    request.release();
    sink.open(response);
  });
}

/** The sink of one subscription over an HTTP response. There are thousands: each holds only what it needs of its request. */
class EventStreamSink implements Sink {
  readonly #format: StreamFormat;
  readonly #options: EventStreamOptions;
  readonly #requestId: string;
  /** Whose slot of a connection it holds; null when that was given back. */
  #slotOf: string | null;
  #response: ServerResponse | undefined;
  #subscriber: Subscriber | undefined;
  /** What to end with, when the subscription has ended before the response was opened. */
  #ending: string | undefined;

  constructor(
    options: EventStreamOptions,
    of: { readonly format: StreamFormat; readonly requestId: string; readonly slotOf: string },
  ) {
    this.#options = options;
    this.#format = of.format;
    this.#requestId = of.requestId;
    this.#slotOf = of.slotOf;
  }

  get transport(): SubscriptionTransport {
    return this.#format.transport;
  }

  /** Sets the subscriber whose events it sends. */
  follow(subscriber: Subscriber): void {
    this.#subscriber = subscriber;
  }

  /** The client has left, or the stream was never opened. */
  leave(): void {
    this.#subscriber?.[Symbol.dispose]();
    if (this.#slotOf !== null) this.#options.connections.leave(this.#slotOf);
    this.#slotOf = null;
  }

  /** Ends with the errors of a refused subscription. */
  refuse(errors: readonly GraphQLError[]): void {
    this.#ending = this.#format.refusal(errors);
  }

  open(response: ServerResponse): void {
    this.#response = response;
    response.on('close', () => {
      this.leave();
    });
    const { opening } = this.#format;
    if (opening !== null) this.#out?.write(opening);
    if (this.#ending === undefined) this.#subscriber?.resume();
    else response.end(this.#ending);
  }

  send(event: Rendered): boolean {
    const out = this.#out;
    if (!out) return false;
    if (out.write(this.#format.eventOf(event))) return true;
    out.once('drain', () => this.#subscriber?.resume());
    return false;
  }

  /**
   * Events are written straight to the socket: the response would buffer and chunk them, which costs more. It has no socket
   * while an earlier request on the same connection is being answered.
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
        this.#end(this.#format.failure(this.#options.presentErrors([why.error], this.#requestId)));
        return;
      case 'close':
        // Without `complete`, so that the client reconnects, to this process or another, with its last id. A client that
        // reads nothing would not read `retry` either.
        if (this.#out?.writableNeedDrain) this.#response?.destroy();
        else this.#end(this.#format.retry(retryMs(this.#options.random)));
        return;
      case 'stalled':
        this.#response?.destroy();
        return;
    }
  }

  #end(ending: string): void {
    if (this.#response) this.#response.end(ending);
    else this.#ending = ending;
  }
}

function retryMs(random: () => number): number {
  return RETRY_MS[0] + Math.floor(random() * (RETRY_MS[1] - RETRY_MS[0]));
}

function stream({ contentType }: StreamFormat, open: HttpStream['open']): HttpStream {
  return {
    status: 200,
    headers: {
      'Content-Type': contentType,
      ...PRIVATE,
      'Cache-Control': `${PRIVATE['Cache-Control']}, no-transform`,
      // Keeps buffering proxies from delaying events.
      'X-Accel-Buffering': 'no',
    },
    open: (response) => {
      response.flushHeaders();
      open(response);
    },
  };
}
