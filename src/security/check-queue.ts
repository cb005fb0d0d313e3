/** `createCheckQueue`: bounds the checks of unverified credentials that run at once, and the bytes that wait for them. */
import { GatewayError } from '../errors.ts';

export interface CheckQueue {
  /** Waits for a check on behalf of a request of so many bytes. Rejects with RATE_LIMITED when too much waits already. */
  wait<T>(bytes: number, check: () => Promise<T>): Promise<T>;
  /** Runs a check as soon as one of the places is free, in the order of arrival. Rejects with RATE_LIMITED as `wait` does. */
  run<T>(check: () => Promise<T>): Promise<T>;
}

export interface CheckQueueOptions {
  readonly maxChecks: number;
  readonly maxWaitingBytes: () => number;
}

/** Checks that wait for a place, for each place. An upstream that says nothing has nobody wait for longer than that takes. */
const MAX_WAITING_EACH = 8;

/** `retryAfterMs` of a refusal: by then most of the queue has been worked off. */
const RETRY_AFTER_MS = 1_000;

export function createCheckQueue({ maxChecks, maxWaitingBytes }: CheckQueueOptions): CheckQueue {
  /** In the order in which they came. */
  const waiting = new Set<() => void>();
  let running = 0;
  const wait = createWaitingBytes(maxWaitingBytes);

  /** Hands the place to whoever is next. */
  const leave = () => {
    for (const start of waiting) {
      waiting.delete(start);
      start();
      return;
    }
    running--;
  };

  return {
    wait,
    async run(check) {
      if (running < maxChecks) running++;
      else {
        if (waiting.size >= maxChecks * MAX_WAITING_EACH) throw tooMany();
        await new Promise<void>((start) => waiting.add(start));
      }
      try {
        return await check();
      } finally {
        leave();
      }
    },
  };
}

/** What may wait until it is known who sends it, of all together. */
export function createWaitingBytes(currentMax: () => number): CheckQueue['wait'] {
  let waiting = 0;
  return async (bytes, check) => {
    const maxBytes = currentMax();
    if (waiting + bytes > maxBytes) throw tooMuch(maxBytes);
    waiting += bytes;
    try {
      return await check();
    } finally {
      waiting -= bytes;
    }
  };
}

function tooMuch(maxBytes: number): GatewayError {
  return new GatewayError(
    'RATE_LIMITED',
    `Expected at most ${String(maxBytes)} bytes to wait until it is known who sends them (CALLER_WAITING_MAX_BYTES), got more: come again in a moment`,
    { retryAfterMs: RETRY_AFTER_MS },
  );
}

function tooMany(): GatewayError {
  return new GatewayError(
    'RATE_LIMITED',
    'Too many keys that are not known yet are being checked (AUTH_KEY_CHECKS): come again in a moment',
    { retryAfterMs: RETRY_AFTER_MS },
  );
}
