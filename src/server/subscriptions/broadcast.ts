/** `Broadcast`: one execution and one serialisation of an event for all subscriptions with the same document and variables. */
import type { Delivery } from '../../live/follow.ts';
import { partOf } from './multipart.ts';

/** An event as it is sent: the result of the subscription's document, serialised once for each transport that needs it. */
export class Rendered {
  readonly cursor: string;
  /** When the event was appended, as Unix time in milliseconds; null for a snapshot. */
  readonly appendedAtMs: number | null;
  readonly #json: string;
  #payload: Buffer | undefined;
  #streamEvent: Buffer | undefined;
  #part: Buffer | undefined;

  constructor(cursor: string, json: string, appendedAtMs: number | null = null) {
    this.cursor = cursor;
    this.#json = json;
    this.appendedAtMs = appendedAtMs;
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

/** What is shared by all subscriptions to the same entity with the same document, variables and scopes. */
export interface Broadcast<A extends Audience = Audience> {
  /**
   * What to send for a delivery. Null when it is not rendered yet: then each `audience` receives it once it is,
   * in the order of their calls. Never fails: errors are part of the answer.
   */
  render(delivery: Delivery, audience: A): Rendered | null;
}

/** Waits for an event to be rendered. */
export interface Audience {
  /** Must be quick and must not throw: the others receive it right after. */
  receive(event: Rendered): void;
}

/** The answer to an event, as JSON. */
export interface EventAnswer {
  readonly json: string;
  /** Whether all that was read for it is still valid: else a subscriber who joins later gets a new snapshot. */
  readonly isCurrent: () => boolean;
}

interface Rendering<A> {
  event: Rendered | null;
  isCurrent: () => boolean;
  /** Objects rather than promises: thousands wait for the same event. */
  waiting: A[];
}

/**
 * Caches the `maxCachedEvents` events that were rendered last. Followers who keep up all need the newest; those who
 * replay need older ones, which are rendered again when they were evicted. `waiting` are those who wait for the event
 * at the moment of the call.
 */
export function createBroadcast<A extends Audience>(
  execute: (delivery: Delivery, waiting: () => readonly A[]) => Promise<EventAnswer>,
  { maxCachedEvents }: { readonly maxCachedEvents: number },
): Broadcast<A> {
  const renderings = new Map<string, Rendering<A>>();
  const evictOldest = () => {
    for (const key of renderings.keys()) {
      if (renderings.size <= maxCachedEvents) return;
      renderings.delete(key);
    }
  };
  const start = (key: string, delivery: Delivery, waiting: A[]) => {
    const rendering: Rendering<A> = { event: null, isCurrent: () => true, waiting };
    renderings.set(key, rendering);
    evictOldest();
    void execute(delivery, () => rendering.waiting).then(({ json, isCurrent }) => {
      const event = new Rendered(delivery.cursor, json, delivery.appendedAtMs ?? null);
      const audiences = rendering.waiting;
      rendering.event = event;
      if (delivery.kind === 'snapshot') rendering.isCurrent = isCurrent;
      rendering.waiting = [];
      for (const audience of audiences) audience.receive(event);
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

/** Equal for deliveries with equal contents, the number of skipped events included. */
function keyOf({ kind, cursor, skipped, event }: Delivery): string {
  return `${kind} ${String(skipped)} ${String(event.atMs)} ${cursor}`;
}
