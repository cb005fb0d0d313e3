/** `createFollowing(live, account)`: what a subscription resolver asks: follow this thing, from here on. */
import type { EntityKind, ListKind, LiveEvent, LiveEventOf, WatchRef } from '../events/event.ts';
import type { Account } from '../upstream/account.ts';
import {
  type Delivery,
  type DeliveryOf,
  type FollowBounds,
  nextFor,
  type Reader,
  startReader,
} from './follow.ts';
import { forEachKind } from './kinds/kinds.ts';
import { type ListQuestion, listRef } from './kinds/list-ref.ts';
import type { Live } from './live.ts';
import type { LiveTopic, TopicListener } from './live-topic.ts';

/** What a resolver may follow. Nothing is watched until somebody opens or iterates the answer. */
export type Following = {
  readonly [K in EntityKind]: (id: string, after: string | null | undefined) => Follow<LiveEventOf<K>>;
} & {
  /** BAD_USER_INPUT when a condition of the filter makes no sense. */
  readonly [L in ListKind]: (
    question: ListQuestion<L>,
    after: string | null | undefined,
  ) => Follow<LiveEventOf<L>>;
};

/**
 * The intention to follow one thing. Iterating it gives every delivery in order, one reader's own; a transport with many
 * followers opens it instead, and steps through the topic itself.
 */
export interface Follow<E extends LiveEvent = LiveEvent> extends AsyncIterable<DeliveryOf<E>> {
  readonly ref: WatchRef;
  /**
   * Starts or joins the watching. `lastEventId` is where a reconnecting client says it was, which is later than where
   * its document says. Rejects as `Live.open` does. The topic must be disposed.
   */
  open(options: {
    readonly signal: AbortSignal;
    readonly lastEventId?: string | undefined;
  }): Promise<OpenFollow>;
}

export interface OpenFollow {
  readonly topic: LiveTopic;
  readonly reader: Reader;
  /** Whether it continues behind a cursor, if that is of a log that is kept. */
  readonly isResuming: boolean;
}

/** Behind a cursor, or from how things are now. */
export function followFrom(topic: LiveTopic, cursor: string | null | undefined): OpenFollow {
  const after = cursor ?? undefined;
  return { topic, reader: startReader(topic, { after }), isResuming: after !== undefined };
}

export function createFollowing(
  live: Live,
  account: Account,
  options: {
    readonly signal: AbortSignal;
    readonly bounds: FollowBounds;
    /** Who of several with the same account. */
    readonly callerId?: string | undefined;
  },
): Following {
  const follow = (ref: WatchRef, after: string | null | undefined): Follow => {
    const open: Follow['open'] = async ({ signal, lastEventId }) => {
      const topic = await live.open(account, ref, { signal, callerId: options.callerId });
      return followFrom(topic, lastEventId ?? after);
    };
    return {
      ref,
      open,
      async *[Symbol.asyncIterator]() {
        const { topic, reader } = await open({ signal: options.signal });
        yield* deliveries(topic, reader, options);
      },
    };
  };
  // A topic of a kind has events of that kind only.
  return forEachKind(
    ({ kind }) =>
      (asked: string | ListQuestion, after: string | null | undefined) =>
        follow(typeof asked === 'string' ? { kind, id: asked } : listRef(kind as ListKind, asked), after),
  ) as Following;
}

async function* deliveries(
  topic: LiveTopic,
  start: Reader,
  { signal, bounds }: { readonly signal: AbortSignal; readonly bounds: FollowBounds },
): AsyncGenerator<Delivery> {
  const listener: TopicListener = { wake: () => undefined };
  topic.subscribe(listener);
  // A waiting generator is not ended by whoever leaves it: the signal wakes it.
  const onAbort = () => {
    listener.wake();
  };
  signal.addEventListener('abort', onAbort);
  try {
    let reader = start;
    while (!signal.aborted) {
      const step = nextFor(reader, topic, bounds);
      if (step.kind === 'fail') throw step.error;
      if (step.kind === 'complete' || step.kind === 'close') return;
      if (step.kind === 'deliver') {
        reader = step.reader;
        yield step.delivery;
        continue;
      }
      await new Promise<void>((resolve) => {
        listener.wake = resolve;
      });
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    topic[Symbol.dispose]();
  }
}
