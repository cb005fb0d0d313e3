/** `Subscriber`: moves one follower through a topic, as fast as its connection accepts events (back-pressure). */
import type { AcquireShare } from '../../process/turn-budget.ts';
import type { GatewayError } from '../../errors.ts';
import { type FollowBounds, type FollowStep, nextFor, type Reader } from '../../live/follow.ts';
import type { LiveTopic, TopicListener } from '../../live/live-topic.ts';
import type { Caller } from '../../security/caller.ts';
import type { SubscriptionSummary } from '../graphql/operation-observer.ts';
import type { Audience, Broadcast, Rendered } from './broadcast.ts';
import type { EventReceiver } from './render-event.ts';
import type { EndReason, SubscriptionTally, SubscriptionTransport } from './subscription-observer.ts';

/** The connection of one subscription. */
export interface Sink {
  readonly transport: SubscriptionTransport;
  /** Sends an event. False when the connection is blocked; then the sink calls `resume` once it has drained. */
  send(event: Rendered): boolean;
  /** Shows that the connection is alive while there are no events. */
  heartbeat(): void;
  /** Ends the subscription. The last call. */
  end(why: SubscriptionEnd): void;
}

/** Why a subscription ends, unless its client left. */
export type SubscriptionEnd =
  /** The last event has been sent. */
  | { readonly kind: 'complete' }
  /** The watcher has failed. */
  | { readonly kind: 'fail'; readonly error: GatewayError }
  /** The caller's credentials are no longer valid: the client should reconnect with fresh ones. */
  | { readonly kind: 'expire'; readonly error: GatewayError }
  /** The gateway shuts down: the client should reconnect and resume. */
  | { readonly kind: 'close' }
  /** The connection was blocked for too long. */
  | { readonly kind: 'stalled' };

/** What all subscribers share. */
export interface SubscriberOptions {
  readonly bounds: FollowBounds;
  readonly now: () => number;
  /** Called once for each, however the subscription ends. */
  readonly onEnd: (subscriber: Subscriber, summary: SubscriptionSummary) => void;
  /** Called when the client has left, before what it followed is released. */
  readonly acquireTurn: AcquireShare;
}

/**
 * A follower has no queue of its own: it is a position in the topic's log, which is bounded. A slow one falls behind, and
 * beyond the bound `nextFor` moves it to the newest event and says how many it lost.
 */
export class Subscriber implements Audience, EventReceiver, TopicListener, Disposable {
  readonly caller: Caller;
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly #topic: LiveTopic;
  readonly #broadcast: Broadcast<Subscriber>;
  readonly #sink: Sink;
  readonly #tally: SubscriptionTally;
  #reader: Reader;
  /** The position after the event that is being rendered; null when none is. `wake` has no effect meanwhile. */
  #next: Reader | null = null;
  /** Since when the connection is blocked; null while it accepts events. */
  #blockedSince: number | null;
  #isEnded = false;
  /** What it holds has been given back, which may take a few turns of the event loop. */
  #isReleased = false;
  #sent = 0;
  #skipped = 0;

  readonly #shared: SubscriberOptions;

  /** Sends nothing before the first `resume`. */
  constructor(
    shared: SubscriberOptions,
    options: {
      readonly topic: LiveTopic;
      readonly reader: Reader;
      readonly caller: Caller;
      readonly requestId: string;
      readonly traceparent: string | undefined;
      readonly broadcast: Broadcast<Subscriber>;
      readonly sink: Sink;
      readonly tally: SubscriptionTally;
    },
  ) {
    this.#shared = shared;
    this.caller = options.caller;
    this.requestId = options.requestId;
    this.traceparent = options.traceparent;
    this.#topic = options.topic;
    this.#reader = options.reader;
    this.#broadcast = options.broadcast;
    this.#sink = options.sink;
    this.#tally = options.tally;
    this.#blockedSince = shared.now();
    options.topic.subscribe(this);
  }

  /** Since when the connection is blocked, as Unix time in milliseconds; null while it accepts events. */
  get blockedSince(): number | null {
    return this.#blockedSince;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Whether everything has been sent, and no more events will come. */
  get isDone(): boolean {
    return nextFor(this.#reader, this.#topic, this.#shared.bounds).kind === 'complete';
  }

  /** The connection accepts events again. */
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
    const isFirst = !this.#isEnded;
    this.#isEnded = true;
    this.#release(isFirst ? why.kind : 'left');
    if (isFirst) this.#sink.end(why);
  }

  /** The client has left. Many leave at once when a connection with hundreds of subscriptions is closed: each in its turn. */
  [Symbol.dispose](): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const turn = this.#shared.acquireTurn(1);
    if (!turn) this.#release('left');
    else
      void turn.then(() => {
        this.#release('left');
      });
  }

  #release(reason: EndReason): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#tally.ended(reason);
    this.#topic[Symbol.dispose]();
    this.#shared.onEnd(this, { reason, sent: this.#sent, skipped: this.#skipped });
  }

  #advance(): void {
    while (!this.#isEnded && this.#next === null && this.#blockedSince === null) {
      const step = nextFor(this.#reader, this.#topic, this.#shared.bounds);
      if (step.kind === 'wait') return;
      if (step.kind !== 'deliver') {
        this.end(step);
        return;
      }
      this.#deliver(step);
    }
  }

  #deliver(step: Extract<FollowStep, { kind: 'deliver' }>): void {
    const { skipped } = step.delivery;
    this.#skipped += skipped;
    this.#tally.skipped += skipped;
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
    this.#sent += 1;
    this.#tally.sent += 1;
    const { appendedAtMs } = event;
    // What it was behind when it came was appended long before.
    if (appendedAtMs !== null && (reader.position ?? 0) > reader.replayUntil)
      this.#tally.delivered(this.#shared.now() - appendedAtMs);
    if (!this.#sink.send(event)) this.#blockedSince ??= this.#shared.now();
  }
}
