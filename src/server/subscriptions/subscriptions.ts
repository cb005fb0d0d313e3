/** `Subscriptions`: starts, counts and ends every subscription of this process, whatever transport it came by. */
import { createSourceEventStream, type DocumentNode, type GraphQLError } from 'graphql';
import type { Clock } from '../../clock.ts';
import { GatewayError } from '../../errors.ts';
import type { FollowBounds } from '../../live/follow.ts';
import type { Follow, OpenFollow } from '../../live/following.ts';
import { forEachOf, type OnDefect, repeat } from '../../process/repeat.ts';
import type { WatchCaller } from '../../security/caller-watch.ts';
import type { Caller } from '../../security/caller.ts';
import { type Broadcast, createBroadcast } from './broadcast.ts';
import type { OperationContext } from '../graphql/operation-context.ts';
import { createRenderEvent, type RenderEventOptions } from './render-event.ts';
import { createSharingKey } from './sharing-key.ts';
import { type Sink, Subscriber } from './subscriber.ts';

/** A subscription that is valid and whose transport is open. */
export interface SubscriptionRequest {
  readonly document: DocumentNode;
  /** The document as it was sent: equal documents are executed together. */
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
  readonly caller: Caller;
  /** The cursor that a reconnecting client of an event stream presents; it is later than the one in its variables. */
  readonly lastEventId: string | undefined;
  readonly requestId: string;
  /** Aborts when the client goes away before the subscription has started. Whoever has started it disposes it after. */
  readonly signal: AbortSignal;
}

export type StartedSubscription =
  /** Its events go to the sink once it is told to `resume`. */
  | { readonly kind: 'started'; readonly subscriber: Subscriber }
  /** The gateway shuts down; the sink has been told to end. */
  | { readonly kind: 'closed' }
  /** There is nothing to follow; the errors say why. */
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLError[] };

export interface SubscriptionSettings extends FollowBounds {
  /** Time between two signs of life on a silent event stream. */
  readonly heartbeatMs: number;
  /** Events that are remembered as they are sent, for each question. */
  readonly renderedEvents: number;
  /** A connection that has taken nothing for this long is closed. */
  readonly stallTimeoutMs: number;
}

/** `execute` is what executes an event. */
export interface SubscriptionsOptions extends RenderEventOptions {
  readonly clock: Clock;
  readonly watchCaller: WatchCaller;
  readonly settings: SubscriptionSettings;
  readonly onDefect: OnDefect;
}

export interface Subscriptions extends AsyncDisposable {
  start(request: SubscriptionRequest, sink: Sink): Promise<StartedSubscription>;
  /** How many subscriptions are under way. */
  readonly size: number;
}

/** What a subscriber starts from. */
interface Opened {
  readonly follow: OpenFollow;
  /** Equal for those who are answered together. */
  readonly key: string;
}

/** What is to be let go of when a subscriber ends. */
interface Membership {
  readonly sink: Sink;
  readonly group: Shared;
  readonly stopWatching: () => void;
}

/** A broadcast and how many subscribers share it. */
interface Shared {
  readonly key: string;
  readonly broadcast: Broadcast<Subscriber>;
  /** Aborts when the last one has left: what is rendered for nobody is not finished. */
  readonly leave: AbortController;
  count: number;
}

const NEVER = new AbortController().signal;

/** Why what is rendered for nobody is given up. Made once: a stack is what an error costs most. */
const LEFT = new GatewayError('UPSTREAM_UNAVAILABLE', 'Everybody who followed has left');

export function createSubscriptions(options: SubscriptionsOptions): Subscriptions {
  const { schema, clock, createContext, watchCaller, presentErrors, settings, onDefect } = options;
  const render = createRenderEvent(options);
  const sharingKey = createSharingKey(schema);
  const shared = new Map<string, Shared>();
  const subscribers = new Map<Subscriber, Membership>();
  let pulse: AbortController | undefined;
  let isClosed = false;
  const now = () => clock.now();

  const join = (key: string, request: SubscriptionRequest): Shared => {
    let group = shared.get(key);
    if (!group) {
      const leave = new AbortController();
      group = {
        key,
        broadcast: createBroadcast<Subscriber>(render(request, leave.signal), {
          remembered: settings.renderedEvents,
        }),
        leave,
        count: 0,
      };
      shared.set(key, group);
    }
    group.count++;
    return group;
  };

  const leave = (group: Shared) => {
    group.count--;
    if (group.count > 0) return;
    shared.delete(group.key);
    group.leave.abort(LEFT);
  };

  /** Signs of life to those who take them, and an end to those who have taken nothing for too long. */
  const beat = () => {
    const visit = ([subscriber, { sink }]: [Subscriber, Membership]) => {
      const { blockedSince } = subscriber;
      if (blockedSince === null) sink.heartbeat();
      else if (clock.now() - blockedSince >= settings.stallTimeoutMs) subscriber.end({ kind: 'stalled' });
    };
    forEachOf(subscribers, visit, onDefect);
  };

  /** One timer for all. */
  const startHeart = (): AbortController => {
    const heart = new AbortController();
    const { signal } = heart;
    void repeat({ clock, waitMs: () => settings.heartbeatMs, run: beat, signal, onDefect });
    return heart;
  };

  const add = (subscriber: Subscriber, membership: Membership) => {
    subscribers.set(subscriber, membership);
    // The heart stops when the last subscriber leaves.
    pulse ??= startHeart();
  };

  const remove = (subscriber: Subscriber) => {
    const membership = subscribers.get(subscriber);
    if (!membership) return;
    membership.stopWatching();
    leave(membership.group);
    subscribers.delete(subscriber);
    if (subscribers.size > 0) return;
    pulse?.abort(LEFT);
    pulse = undefined;
  };

  /**
   * What the resolvers get that say what to follow: they look at who asks and read nothing, so the operation is over for
   * it when it begins, and one does for all that a caller starts.
   */
  const openings = new WeakMap<Caller, OperationContext>();
  const openingOf = (caller: Caller) => {
    const known = openings.get(caller);
    if (known) return known;
    using opening = createContext({ caller, signal: NEVER });
    openings.set(caller, opening);
    return opening;
  };

  /** Validates the arguments, and starts or joins the watching. */
  const open = async (request: SubscriptionRequest): Promise<Opened> => {
    const { document, variables, operationName, caller, lastEventId, signal } = request;
    const contextValue = openingOf(caller);
    const stream = await createSourceEventStream({
      schema,
      document,
      contextValue,
      variableValues: variables,
      operationName,
    });
    if (!(Symbol.asyncIterator in stream)) throw new AggregateError(stream.errors ?? []);
    // Every subscription of the graph answers a Follow, which is iterable for anybody else.
    const intention = stream as unknown as Follow;
    const { ref } = intention;
    const key = `${caller.viewKey} ${ref.kind} ${ref.id} ${sharingKey(request)}`;
    return { follow: await intention.open({ signal, lastEventId }), key };
  };

  /** Ends it when its caller may not go on. */
  const watch = (subscriber: Subscriber, caller: Caller) =>
    watchCaller(caller, (error) => {
      subscriber.end({ kind: 'expire', error });
    });

  // There are thousands of subscribers, so each is a few objects, without functions and signals of its own.
  const subscribe = (request: SubscriptionRequest, sink: Sink, { follow, key }: Opened): Subscriber => {
    const { signal, caller, requestId } = request;
    const group = join(key, request);
    const { broadcast } = group;
    const subscriber = new Subscriber({
      ...follow,
      caller,
      requestId,
      broadcast,
      sink,
      bounds: settings,
      now,
      onEnd: remove,
    });
    add(subscriber, { sink, group, stopWatching: watch(subscriber, caller) });
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
          sink.end({ kind: 'close' });
          return { kind: 'closed' };
        }
        return { kind: 'started', subscriber: subscribe(request, sink, opened) };
      } catch (error) {
        return { kind: 'refused', errors: presentErrors([error], request.requestId) };
      }
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      for (const subscriber of [...subscribers.keys()]) subscriber.end({ kind: 'close' });
      await Promise.resolve();
    },
  };
}
