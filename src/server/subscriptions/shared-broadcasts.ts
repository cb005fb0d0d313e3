/** `createSharedBroadcasts`: one ref-counted broadcast per sharing key. */
import { GatewayError } from '../../errors.ts';
import { type Broadcast, createBroadcast } from './broadcast.ts';
import type { EventDocument, RenderEvent } from './render-event.ts';
import type { Subscriber } from './subscriber.ts';

export interface SharedBroadcasts {
  /** `key` is equal for subscriptions that share a broadcast. Each that joins must leave once. */
  join(key: string, document: EventDocument): SharedBroadcast;
}

export interface SharedBroadcast {
  readonly broadcast: Broadcast<Subscriber>;
  /** The last one to leave aborts the rendering under way. */
  leave(): void;
}

/** Why a rendering is aborted. Made once, because capturing a stack is the most expensive part of an error. */
const ALL_LEFT = new GatewayError('UPSTREAM_UNAVAILABLE', 'Everybody who followed has left');

export function createSharedBroadcasts(
  render: (document: EventDocument, signal: AbortSignal) => RenderEvent,
  settings: {
    /** Rendered events that each broadcast caches. */
    readonly maxCachedEvents: number;
  },
): SharedBroadcasts {
  const shared = new Map<string, SharedBroadcast & { count: number }>();

  const begin = (key: string, document: EventDocument) => {
    const life = new AbortController();
    const begun = {
      broadcast: createBroadcast<Subscriber>(render(document, life.signal), settings),
      count: 0,
      leave: () => {
        begun.count--;
        if (begun.count > 0) return;
        shared.delete(key);
        life.abort(ALL_LEFT);
      },
    };
    shared.set(key, begun);
    return begun;
  };

  return {
    join(key, document) {
      const joined = shared.get(key) ?? begin(key, document);
      joined.count++;
      return joined;
    },
  };
}
