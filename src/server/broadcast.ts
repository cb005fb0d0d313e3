/** `Broadcast`: one execution and one serialisation of an event for everybody who asked the same question about it. */
import type { Delivery } from '../live/follow.ts';

/** An event as it is sent: the answer to the subscription's document, written once. */
export interface Rendered {
  readonly cursor: string;
  /** The execution result as JSON. */
  readonly payload: Buffer;
  /** The same as one event of an event stream. */
  readonly streamEvent: Buffer;
}

/** Everybody who follows the same thing with the same document, variables and permissions. */
export interface Broadcast {
  /** What to send for a delivery: at once when it is rendered already. Never rejects: errors are part of the answer. */
  render(delivery: Delivery): Rendered | Promise<Rendered>;
}

/**
 * How many rendered events are remembered. Followers who keep up all ask for the newest; those who replay ask in turn for
 * older ones, which are rendered again when they are forgotten.
 */
const REMEMBERED = 16;

export function createBroadcast(execute: (delivery: Delivery) => Promise<string>): Broadcast {
  const rendered = new Map<Delivery, Rendered | Promise<Rendered>>();
  const forget = () => {
    for (const delivery of rendered.keys()) {
      if (rendered.size <= REMEMBERED) return;
      rendered.delete(delivery);
    }
  };
  return {
    render(delivery) {
      const known = rendered.get(delivery);
      if (known) return known;
      const pending = execute(delivery).then((json) => {
        const answer = frame(delivery.cursor, json);
        if (rendered.get(delivery) === pending) rendered.set(delivery, answer);
        return answer;
      });
      rendered.set(delivery, pending);
      forget();
      return pending;
    },
  };
}

/** JSON has no raw line breaks, so one `data:` line holds it. */
function frame(cursor: string, json: string): Rendered {
  return {
    cursor,
    payload: Buffer.from(json),
    streamEvent: Buffer.from(`event: next\nid: ${cursor}\ndata: ${json}\n\n`),
  };
}
