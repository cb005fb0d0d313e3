/** `repeat`: does something again and again until it is stopped: an error is reported, and ends nothing. */
import type { Clock } from '../clock.ts';

/** Called with an error that nobody expected, which is a defect. */
export type OnDefect = (error: unknown) => void;

export interface Repetition {
  readonly clock: Clock;
  /** How long to wait before the next time, in milliseconds; null when there is none. */
  readonly waitMs: () => number | null;
  readonly run: () => void | Promise<void>;
  /** Ends it at once when it aborts, also within a wait. */
  readonly signal: AbortSignal;
  readonly onDefect: OnDefect;
}

/** Resolves when there is no next time, or the signal has aborted. Never rejects. */
export async function repeat({ clock, waitMs, run, signal, onDefect }: Repetition): Promise<void> {
  for (let ms = waitMs(); ms !== null; ms = waitMs()) {
    try {
      await clock.sleep(ms, signal);
      await run();
    } catch (error) {
      // What is given up because it is to stop is no defect.
      if (signal.aborted) return;
      tell(onDefect, error);
    }
  }
}

/** Does something with each: an error with one of them does not stop the others. */
export function forEachOf<T>(all: Iterable<T>, visit: (one: T) => void, onDefect: OnDefect): void {
  for (const one of all) {
    try {
      visit(one);
    } catch (error) {
      tell(onDefect, error);
    }
  }
}

function tell(onDefect: OnDefect, error: unknown): void {
  try {
    onDefect(error);
  } catch {
    // Nobody is left to report it to.
  }
}
