/** `Subscriber`: moves one follower through a topic, as fast as its connection takes it and no faster. */
import type { GatewayError } from '../../errors.ts';
import { type FollowBounds, type FollowStep, nextFor, type Reader } from '../../live/follow.ts';
import type { LiveTopic, TopicListener } from '../../live/live-topic.ts';
import type { Caller } from '../../security/caller.ts';
import type { Audience, Broadcast, Rendered } from './broadcast.ts';
import type { EventAsker } from './render-event.ts';

/** One subscription's end of a connection. */
export interface Sink {
  /** Sends an event. False when the connection takes no more now; then it calls `resume` as soon as it does. */
  send(event: Rendered): boolean;
  /** Shows that the connection is alive while there is nothing to tell. */
  heartbeat(): void;
  /** Ends the subscription. Called once, and nothing after it. */
  end(why: SubscriptionEnd): void;
}

/** Why a subscription ends, unless its client left. */
export type SubscriptionEnd =
  /** The last event has been sent. */
  | { readonly kind: 'complete' }
  /** Watching has failed. */
  | { readonly kind: 'fail'; readonly error: GatewayError }
  /** The caller may not go on: they come back with fresh credentials. */
  | { readonly kind: 'expire'; readonly error: GatewayError }
  /** The gateway shuts down: resume elsewhere. */
  | { readonly kind: 'close' }
  /** The connection has taken nothing for too long. */
  | { readonly kind: 'stalled' };

/**
 * A follower has no queue of its own: it is a position in the topic's log, which is bounded. A slow one falls behind, and
 * beyond the bound `nextFor` moves it to the newest event and says how many it lost.
 */
export class Subscriber implements Audience, EventAsker, TopicListener, Disposable {
  readonly caller: Caller;
  readonly requestId: string;
  readonly #topic: LiveTopic;
  readonly #broadcast: Broadcast<Subscriber>;
  readonly #sink: Sink;
  readonly #bounds: FollowBounds;
  #reader: Reader;
  /** Where it is after the event that is being rendered; what happens meanwhile is looked at when that is sent. */
  #next: Reader | null = null;
  /** Since when the connection has taken nothing; null while it takes. */
  #blockedSince: number | null;
  #isEnded = false;

  readonly #now: () => number;
  readonly #onEnd: (subscriber: Subscriber) => void;

  /** Sends nothing until it is told to `resume` for the first time. */
  constructor(options: {
    readonly topic: LiveTopic;
    readonly reader: Reader;
    readonly caller: Caller;
    readonly requestId: string;
    readonly broadcast: Broadcast<Subscriber>;
    readonly sink: Sink;
    readonly bounds: FollowBounds;
    readonly now: () => number;
    /** Called once, however the subscription ends. */
    readonly onEnd: (subscriber: Subscriber) => void;
  }) {
    this.caller = options.caller;
    this.requestId = options.requestId;
    this.#topic = options.topic;
    this.#reader = options.reader;
    this.#broadcast = options.broadcast;
    this.#sink = options.sink;
    this.#bounds = options.bounds;
    this.#now = options.now;
    this.#onEnd = options.onEnd;
    this.#blockedSince = options.now();
    options.topic.subscribe(this);
  }

  /** Since when the connection has taken nothing, as Unix time in milliseconds; null while it takes. */
  get blockedSince(): number | null {
    return this.#blockedSince;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Everything has been sent, and there will be no more. */
  get isDone(): boolean {
    return nextFor(this.#reader, this.#topic, this.#bounds).kind === 'complete';
  }

  /** The connection takes again. */
  resume(): void {
    this.#blockedSince = null;
    this.#advance();
  }

  /** The topic may have something new. */
  wake(): void {
    this.#advance();
  }

  /** Ends the subscription from this side. */
  end(why: SubscriptionEnd): void {
    if (this.#isEnded) return;
    this[Symbol.dispose]();
    this.#sink.end(why);
  }

  [Symbol.dispose](): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#topic[Symbol.dispose]();
    this.#onEnd(this);
  }

  #advance(): void {
    while (!this.#isEnded && this.#next === null && this.#blockedSince === null) {
      const step = nextFor(this.#reader, this.#topic, this.#bounds);
      if (step.kind === 'wait') return;
      if (step.kind !== 'deliver') {
        this.end(step);
        return;
      }
      this.#deliver(step);
    }
  }

  #deliver(step: Extract<FollowStep, { kind: 'deliver' }>): void {
    const event = this.#broadcast.render(step.delivery, this);
    if (event) this.#send(event, step.reader);
    else this.#next = step.reader;
  }

  /** The event that it waited for is rendered. */
  receive(event: Rendered): void {
    const reader = this.#next;
    this.#next = null;
    if (this.#isEnded || reader === null) return;
    this.#send(event, reader);
    this.#advance();
  }

  #send(event: Rendered, reader: Reader): void {
    this.#reader = reader;
    if (!this.#sink.send(event)) this.#blockedSince ??= this.#now();
  }
}
