/** `createInterruptibleTimer`: a wait that can be cut short, and that holds no timer once it is over. */
import type { Clock } from '../clock.ts';

export interface InterruptibleTimer {
  /** Resolves after `ms` milliseconds, or when it is interrupted; with null only when it is interrupted. */
  wait(ms: number | null): Promise<void>;
  /** Ends the wait that is under way. Without one it does nothing. */
  interrupt(): void;
}

/** For one who waits: a second wait replaces the first. */
export function createInterruptibleTimer(clock: Clock): InterruptibleTimer {
  let interruption: AbortController | null = null;
  return {
    async wait(ms) {
      const own = new AbortController();
      interruption = own;
      const { signal } = own;
      if (ms !== null) await clock.sleep(ms, signal).catch(() => undefined);
      else
        await new Promise<void>((resolve) => {
          signal.addEventListener(
            'abort',
            () => {
              resolve();
            },
            { once: true },
          );
        });
    },
    interrupt: () => {
      interruption?.abort();
    },
  };
}
