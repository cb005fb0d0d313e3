/** `createRequestQueue`: a fair queue for expensive work: a caller who sends much at once waits behind their own requests. */
import { GatewayError } from '../../errors.ts';
import type { NextTurn } from '../../process/paced-turns.ts';

/**
 * Resolves when the caller may go on: each gets one request per turn of the event loop. Undefined when they may at once.
 * Throws RATE_LIMITED when too many bytes of the same caller wait. `bytes` is the size of this request.
 */
export type AcquireTurn = (callerId: string, bytes: number) => Promise<void> | undefined;

export interface RequestQueueOptions {
  readonly nextTurn: NextTurn;
  /** The most bytes of one caller that may wait. May change. */
  readonly maxBytes: () => number;
}

interface Queue {
  readonly waiting: { readonly bytes: number; readonly goOn: () => void }[];
  /** Of all that wait. */
  bytes: number;
}

/** `retryAfterMs` of a refusal: by then most of the queue has been worked off. */
const RETRY_AFTER_MS = 1_000;

/**
 * Parsing and validating a new request blocks the event loop for milliseconds. The parallel requests of a caller arrive
 * together; read in one go, they would delay every step of all other callers by their sum.
 */
export function createRequestQueue({ nextTurn, maxBytes }: RequestQueueOptions): AcquireTurn {
  /** Callers who had a request admitted in this turn, with their waiting requests in the order of arrival. */
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
    if (queues.size > 0) nextTurn(next);
  };

  return (callerId, bytes) => {
    const queue = queues.get(callerId);
    if (!queue) {
      if (queues.size === 0) nextTurn(next);
      queues.set(callerId, { waiting: [], bytes: 0 });
      return undefined;
    }
    const most = maxBytes();
    if (queue.bytes + bytes > most) {
      throw new GatewayError(
        'RATE_LIMITED',
        `Expected at most ${String(most)} bytes of new requests of one caller to wait (CALLER_WAITING_MAX_BYTES), got more: send fewer at once`,
        { retryAfterMs: RETRY_AFTER_MS },
      );
    }
    queue.bytes += bytes;
    return new Promise((goOn) => {
      queue.waiting.push({ bytes, goOn });
    });
  };
}
