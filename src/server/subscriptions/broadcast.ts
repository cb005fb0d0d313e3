/** `Broadcast`: one execution and one serialisation of an event for everybody who asked for it with the same document and variables. */
import type { Delivery } from '../../live/follow.ts';
import { partOf } from './multipart.ts';

/** An event as it is sent: the answer to the subscription's document, written once in each form that anybody takes. */
export class Rendered {
  readonly cursor: string;
  readonly #json: string;
  #payload: Buffer | undefined;
  #streamEvent: Buffer | undefined;
  #part: Buffer | undefined;

  constructor(cursor: string, json: string) {
    this.cursor = cursor;
    this.#json = json;
  }

  /** The execution result as JSON. */
  get payload(): Buffer {
    return (this.#payload ??= Buffer.from(this.#json));
  }

  /** The same as one event of an event stream. JSON has no raw line breaks, so one `data:` line holds it. */
  get streamEvent(): Buffer {
    return (this.#streamEvent ??= Buffer.from(`event: next\nid: ${this.cursor}\ndata: ${this.#json}\n\n`));
  }

  /** The same as one part of a multipart response. */
  get part(): Buffer {
    return (this.#part ??= Buffer.from(partOf(`{"payload":${this.#json}}`)));
  }
}

/** Everybody who follows the same thing with the same document, variables and permissions. */
export interface Broadcast<A extends Audience = Audience> {
  /**
   * What to send for a delivery. Null when it is not rendered yet: then each `audience` receives it once it is,
   * in the order in which they asked. Never fails: errors are part of the answer.
   */
  render(delivery: Delivery, audience: A): Rendered | null;
}

/** Who waits for an event to be rendered. */
export interface Audience {
  /** Is quick and does not throw: others receive it right after. */
  receive(event: Rendered): void;
}

/** The answer to an event, as JSON. */
export interface EventAnswer {
  readonly json: string;
  /** Whether all that was read for it is still so; a snapshot shows how things are, to who joins later as well. */
  readonly isCurrent: () => boolean;
}

interface Rendering<A> {
  event: Rendered | null;
  isCurrent: () => boolean;
  /** Objects rather than promises: thousands wait for the same event. */
  waiting: A[];
}

/**
 * Remembers the `remembered` events that were rendered last. Followers who keep up all ask for the newest; those who
 * replay ask in turn for older ones, which are rendered again when they are forgotten. `waiting` are those whom an event
 * is rendered for, as far as they have asked by now.
 */
export function createBroadcast<A extends Audience>(
  execute: (delivery: Delivery, waiting: () => readonly A[]) => Promise<EventAnswer>,
  { remembered }: { readonly remembered: number },
): Broadcast<A> {
  const renderings = new Map<string, Rendering<A>>();
  const forget = () => {
    for (const key of renderings.keys()) {
      if (renderings.size <= remembered) return;
      renderings.delete(key);
    }
  };
  const start = (key: string, delivery: Delivery, waiting: A[]) => {
    const rendering: Rendering<A> = { event: null, isCurrent: () => true, waiting };
    renderings.set(key, rendering);
    forget();
    void execute(delivery, () => rendering.waiting).then(({ json, isCurrent }) => {
      const event = new Rendered(delivery.cursor, json);
      const told = rendering.waiting;
      rendering.event = event;
      if (delivery.kind === 'snapshot') rendering.isCurrent = isCurrent;
      rendering.waiting = [];
      for (const audience of told) audience.receive(event);
    });
  };
  return {
    render(delivery, audience) {
      const key = keyOf(delivery);
      const known = renderings.get(key);
      if (known?.event && known.isCurrent()) return known.event;
      if (known && !known.event) known.waiting.push(audience);
      else start(key, delivery, [audience]);
      return null;
    },
  };
}

/** Equal for deliveries that say the same. Those who have skipped equally many events are answered together, too. */
function keyOf({ kind, cursor, skipped, event }: Delivery): string {
  return `${kind} ${String(skipped)} ${String(event.atMs)} ${cursor}`;
}
