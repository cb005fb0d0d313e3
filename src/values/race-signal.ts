/** `raceSignal`: waits for a promise no longer than until a signal aborts. */
import { reasonOf } from '../clock.ts';

/** Settles as `work` does, or rejects with the signal's reason as soon as it aborts. The work goes on and is not waited for. */
export function raceSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      reject(reasonOf(signal));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    const stopListening = () => {
      signal.removeEventListener('abort', onAbort);
    };
    work.then(resolve, reject);
    // Not by `finally`, which makes three promises more of every call.
    work.then(stopListening, stopListening);
  });
}
