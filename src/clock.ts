/** The only source of time: everything that asks what time it is, or waits, does it through a `Clock`. */

/** Time as the rest of the code sees it, so that tests can own it. */
export interface Clock {
  /** The current instant, as Unix time in milliseconds. */
  now(): number;
  /**
   * Resolves after `ms` milliseconds. Rejects with the signal's reason as soon as the signal aborts, and at once if it
   * already has; the timer is released either way.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The longest delay a Node.js timer keeps; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Time as the machine tells it. */
export function createSystemClock(): Clock {
  return {
    now: () => Date.now(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(reasonOf(signal));
          return;
        }
        const onAbort = () => {
          clearTimeout(timer);
          reject(reasonOf(signal));
        };
        const timer = setTimeout(
          () => {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
          Math.min(Math.max(0, ms), LONGEST_TIMER_MS),
        );
        signal?.addEventListener('abort', onAbort, { once: true });
      }),
  };
}

/** Why a signal aborted, as an `Error` whatever it was aborted with. */
export function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('Aborted', { cause: reason });
}

/** A time limit on a piece of work. Dispose it when the work is done, or its timer runs on. */
export interface Deadline extends Disposable {
  /** Aborts when the time is up or when the parent does, with the reason of whichever came first. */
  readonly signal: AbortSignal;
  /** When the time is up, as Unix time in milliseconds. */
  readonly at: number;
  /** Ends the work before the time is up: aborts with this reason, and disposes. */
  end(reason: Error): void;
}

/** Nobody sees it: without a reason, Node.js makes an exception with a stack, once per operation. */
const OVER = new Error('There is nothing left to limit');

/** Starts a time limit of `ms` milliseconds whose signal aborts with `reason()`, or earlier with the parent's reason. */
export function startDeadline(
  clock: Clock,
  ms: number,
  options: { readonly parent?: AbortSignal; readonly reason: () => Error },
): Deadline {
  const work = new AbortController();
  const timer = new AbortController();
  const { parent } = options;
  const onParentAbort = () => {
    timer.abort(OVER);
    work.abort(reasonOf(parent));
  };
  if (parent?.aborted) onParentAbort();
  else parent?.addEventListener('abort', onParentAbort, { once: true });
  clock.sleep(ms, timer.signal).then(
    () => {
      parent?.removeEventListener('abort', onParentAbort);
      work.abort(options.reason());
    },
    // The work ended first, or its parent did: there is nothing left to limit.
    () => undefined,
  );
  const dispose = () => {
    parent?.removeEventListener('abort', onParentAbort);
    timer.abort(OVER);
  };
  return {
    signal: work.signal,
    at: clock.now() + ms,
    end: (reason) => {
      dispose();
      work.abort(reason);
    },
    [Symbol.dispose]: dispose,
  };
}
