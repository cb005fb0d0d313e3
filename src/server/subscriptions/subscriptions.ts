/** `Subscriptions`: starts, counts and ends every subscription of this process, whatever transport it came by. */
import { nextTurnOf } from '../../process/paced-turns.ts';
import { createTurnBudget } from '../../process/turn-budget.ts';
import type { GraphQLError } from 'graphql';
import type { Clock } from '../../clock.ts';
import type { FollowBounds } from '../../live/follow.ts';
import type { OnDefect } from '../../process/repeat.ts';
import type { WatchCaller } from '../../security/caller-watch.ts';
import {
  type OperationObserver,
  OperationRecord,
  type OperationTrace,
  type SubscriptionSummary,
  UNOBSERVED_OPERATIONS,
} from '../graphql/operation-observer.ts';
import type { ReadDocument } from '../graphql/operation.ts';
import { createHeartbeat, type HeartbeatSettings } from './heartbeat.ts';
import { oneByOne } from './one-by-one.ts';
import { createOpenFollow, type OpenedFollow } from './open-follow.ts';
import { createRenderEvent, type RenderEventOptions } from './render-event.ts';
import { createSharedBroadcasts, type SharedBroadcast } from './shared-broadcasts.ts';
import { type Sink, Subscriber, type SubscriberOptions } from './subscriber.ts';
import { type SubscriptionObserver, UNOBSERVED } from './subscription-observer.ts';
import type { SubscriptionRequest } from './subscription-request.ts';

export type StartedSubscription =
  /** Its events go to the sink after the first `resume`. */
  | { readonly kind: 'started'; readonly subscriber: Subscriber }
  /** The gateway shuts down; the sink has been ended. */
  | { readonly kind: 'closed' }
  /** There is nothing to follow; the errors say why. */
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLError[] };

export interface SubscriptionSettings extends FollowBounds, HeartbeatSettings {
  /** Rendered events that are cached for each document and variables. */
  readonly renderedEvents: number;
}

/** `execute` is what executes an event. */
export interface SubscriptionsOptions extends RenderEventOptions {
  readonly clock: Clock;
  readonly watchCaller: WatchCaller;
  readonly settings: SubscriptionSettings;
  readonly onDefect: OnDefect;
  /** @default nothing is counted */
  readonly observer?: SubscriptionObserver;
  /** Is told when the operations that have started subscriptions end. @default nothing is told */
  readonly operations?: Pick<OperationObserver, 'started' | 'ended'>;
}

export interface Subscriptions extends AsyncDisposable {
  start(request: SubscriptionRequest, sink: Sink): Promise<StartedSubscription>;
  /** Starts no more, and ends one by one those that have a connection of their own; others end with their socket. */
  drain(spreadMs: number): Promise<void>;
  /** How many subscriptions are under way. */
  readonly size: number;
}

/** Subscribers whose clients have left, and that are released in one turn of the event loop: each takes a tenth of a millisecond. */
const LEAVE_PER_TURN = 16;

/** What is released when a subscriber ends. */
interface Membership {
  readonly sink: Sink;
  readonly shared: SharedBroadcast;
  readonly stopWatching: () => void;
  readonly end: () => void;
  /** Of its operation, as what is told of it when it ends has it; null when nothing is told. */
  readonly startedAtMs: number | null;
  readonly read: ReadDocument | null;
  readonly trace: OperationTrace | null;
}

export function createSubscriptions(options: SubscriptionsOptions): Subscriptions {
  const {
    schema,
    clock,
    createContext,
    watchCaller,
    presentErrors,
    settings,
    observer = UNOBSERVED,
    operations = UNOBSERVED_OPERATIONS,
  } = options;
  const broadcasts = createSharedBroadcasts(createRenderEvent(options), {
    maxCachedEvents: settings.renderedEvents,
  });
  const open = createOpenFollow(schema, createContext);
  const subscribers = new Map<Subscriber, Membership>();
  const heartbeat = createHeartbeat(subscribers, options);
  const acquireTurn = createTurnBudget({ nextTurn: nextTurnOf(clock), perTurn: LEAVE_PER_TURN });
  let isClosed = false;

  const remove = (subscriber: Subscriber, summary: SubscriptionSummary) => {
    const membership = subscribers.get(subscriber);
    if (!membership) return;
    membership.stopWatching();
    membership.end();
    membership.shared.leave();
    subscribers.delete(subscriber);
    if (subscribers.size === 0) heartbeat.stop();
    const record = recordOf(subscriber, membership);
    if (!record) return;
    record.subscription = summary;
    operations.ended(record);
  };
  const shared: SubscriberOptions = { bounds: settings, now: () => clock.now(), onEnd: remove, acquireTurn };

  // There are thousands of subscribers, so each is a few objects, without closures and signals of its own.
  const subscribe = (request: SubscriptionRequest, sink: Sink, opened: OpenedFollow): Subscriber => {
    const { signal, caller, requestId, record } = request;
    const { follow, key, document, end } = opened;
    const sharing = broadcasts.join(key, document);
    const { broadcast } = sharing;
    const { topic, reader, isResuming } = follow;
    const subscriber = new Subscriber(shared, {
      topic,
      reader,
      caller,
      requestId,
      traceparent: record?.trace?.traceparent,
      broadcast,
      sink,
      tally: observer.started({
        kind: topic.ref.kind,
        transport: sink.transport,
        start: isResuming ? (reader.position === null ? 'snapshot' : 'resumed') : 'new',
      }),
    });
    // Ends the subscription when the caller's credentials are no longer valid.
    const stopWatching = watchCaller(caller, (error) => {
      subscriber.end({ kind: 'expire', error });
    });
    subscribers.set(subscriber, {
      sink,
      shared: sharing,
      stopWatching,
      end,
      startedAtMs: record?.startedAtMs ?? null,
      read: record?.read ?? null,
      trace: record?.trace ?? null,
    });
    heartbeat.start();
    if (record) {
      record.transport = sink.transport;
      record.isSubscribed = true;
      operations.started(record);
    }
    if (signal.aborted) subscriber[Symbol.dispose]();
    return subscriber;
  };

  return {
    get size() {
      return subscribers.size;
    },
    async start(request, sink) {
      try {
        const opened = isClosed ? null : await open(request);
        if (!opened || isClosed) {
          opened?.follow.topic[Symbol.dispose]();
          opened?.end();
          sink.end({ kind: 'close' });
          return { kind: 'closed' };
        }
        return { kind: 'started', subscriber: subscribe(request, sink, opened) };
      } catch (error) {
        return { kind: 'refused', errors: presentErrors([error], request.requestId) };
      }
    },
    async drain(spreadMs) {
      isClosed = true;
      const alone = [...subscribers].filter(([, { sink }]) => sink.transport !== 'websocket');
      await oneByOne(alone, { clock, spreadMs }, ([subscriber]) => {
        if (subscribers.has(subscriber)) subscriber.end({ kind: 'close' });
      });
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      for (const subscriber of [...subscribers.keys()]) subscriber.end({ kind: 'close' });
      await Promise.resolve();
    },
  };
}

/** Made anew at the end: most of a record says nothing of a subscription, and thousands would be held for as long as theirs last. */
function recordOf(
  { requestId, caller }: Subscriber,
  { sink, startedAtMs, read, trace }: Membership,
): OperationRecord | null {
  if (startedAtMs === null) return null;
  const { transport } = sink;
  const isSocket = transport === 'websocket';
  const arrival = { requestId, method: null, transport: isSocket ? transport : 'http', headers: {} } as const;
  const record = new OperationRecord(arrival, { startedAtMs, trace });
  record.transport = transport;
  record.caller = caller;
  record.read = read;
  record.isSubscribed = true;
  // A stream has one as soon as it is opened.
  record.status = isSocket ? null : 200;
  return record;
}
