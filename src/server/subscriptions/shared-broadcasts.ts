/** `createSharedBroadcasts`: one broadcast for all who have asked the same of the same thing, for as long as there is one of them. */
import { GatewayError } from '../../errors.ts';
import { type Broadcast, createBroadcast } from './broadcast.ts';
import type { EventDocument, RenderEvent } from './render-event.ts';
import type { Subscriber } from './subscriber.ts';

export interface SharedBroadcasts {
  /** `key` is equal for those who are answered together. Each that joins leaves once. */
  join(key: string, document: EventDocument): SharedBroadcast;
}

export interface SharedBroadcast {
  readonly broadcast: Broadcast<Subscriber>;
  /** The last one to leave ends what is being rendered: nobody waits for it. */
  leave(): void;
}

/** Why what is rendered for nobody is given up. Made once: a stack is what an error costs most. */
const LEFT = new GatewayError('UPSTREAM_UNAVAILABLE', 'Everybody who followed has left');

export function createSharedBroadcasts(
  render: (document: EventDocument, signal: AbortSignal) => RenderEvent,
  settings: {
    /** Events that are remembered as they are sent, for each broadcast. */
    readonly remembered: number;
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
        life.abort(LEFT);
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
