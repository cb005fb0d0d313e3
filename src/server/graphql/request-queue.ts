/** `createRequestQueue`: whoever asks for much hard work at once waits for themselves, and hardly for others. */
import type { Clock } from '../../clock.ts';
import { GatewayError } from '../../errors.ts';

/**
 * Lets a caller go on when it is their turn: each gets one per turn of the event loop. Undefined when it is at once. Throws
 * RATE_LIMITED when too much of the same caller waits. `bytes` is what waits.
 */
export type AcquireTurn = (callerId: string, bytes: number) => Promise<void> | undefined;

export interface RequestQueueOptions {
  readonly clock: Clock;
  /** What may wait of one caller, in bytes. */
  readonly maxBytes: number;
}

interface Queue {
  readonly waiting: { readonly bytes: number; readonly goOn: () => void }[];
  /** Of all that waits. */
  bytes: number;
}

/** What a refused caller is told to wait: by then most of what waits has been dealt with. */
const RETRY_AFTER_MS = 1_000;

/**
 * Reading what nobody has sent before takes milliseconds, during which nobody else is answered. What a caller sends side by
 * side arrives together; done in one go, everybody would wait for all of it, at each step of their own.
 */
export function createRequestQueue({ clock, maxBytes }: RequestQueueOptions): AcquireTurn {
  /** Who had their turn, with what comes after it, in the order in which it came. */
  const queues = new Map<string, Queue>();

  const next = () => {
    for (const [callerId, queue] of queues) {
      const first = queue.waiting.shift();
      if (!first) queues.delete(callerId);
      else {
        queue.bytes -= first.bytes;
        first.goOn();
      }
    }
    if (queues.size > 0) clock.nextTurn(next);
  };

  return (callerId, bytes) => {
    const queue = queues.get(callerId);
    if (!queue) {
      if (queues.size === 0) clock.nextTurn(next);
      queues.set(callerId, { waiting: [], bytes: 0 });
      return undefined;
    }
    if (queue.bytes + bytes > maxBytes) {
      throw new GatewayError(
        'RATE_LIMITED',
        `Expected at most ${String(maxBytes)} bytes of new requests of one caller to wait (CALLER_WAITING_MAX_BYTES), got more: send fewer at once`,
        { retryAfterMs: RETRY_AFTER_MS },
      );
    }
    queue.bytes += bytes;
    return new Promise((goOn) => {
      queue.waiting.push({ bytes, goOn });
    });
  };
}
