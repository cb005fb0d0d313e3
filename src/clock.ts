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
  /** Calls `wake` after `ms` milliseconds, unless what it answers is called before. Cheaper than a sleep that is ended. */
  after(ms: number, wake: () => void): () => void;
  /** Calls `wake` in the next turn of the event loop, after everything that is ready in this one. */
  nextTurn(wake: () => void): void;
}

/** The longest delay a Node.js timer keeps; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Time as the machine tells it. */
export function createSystemClock(): Clock {
  const after: Clock['after'] = (ms, wake) => {
    const timer = setTimeout(wake, Math.min(Math.max(0, ms), LONGEST_TIMER_MS));
    return () => {
      clearTimeout(timer);
    };
  };
  return {
    now: () => Date.now(),
    nextTurn: (wake) => {
      setImmediate(wake);
    },
    after,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(reasonOf(signal));
          return;
        }
        const onAbort = () => {
          cancel();
          reject(reasonOf(signal));
        };
        const cancel = after(ms, () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        });
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

/** Starts a time limit of `ms` milliseconds whose signal aborts with `reason()`, or earlier with the parent's reason. */
export function startDeadline(
  clock: Clock,
  ms: number,
  options: { readonly parent?: AbortSignal; readonly reason: () => Error },
): Deadline {
  const work = new AbortController();
  const { parent } = options;
  const onParentAbort = () => {
    cancel();
    work.abort(reasonOf(parent));
  };
  const cancel = clock.after(ms, () => {
    parent?.removeEventListener('abort', onParentAbort);
    work.abort(options.reason());
  });
  if (parent?.aborted) onParentAbort();
  else parent?.addEventListener('abort', onParentAbort, { once: true });
  const dispose = () => {
    parent?.removeEventListener('abort', onParentAbort);
    cancel();
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
