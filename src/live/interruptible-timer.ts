/** `createInterruptibleTimer`: a wait that can be cut short, and that holds no timer once it is over. */
import type { Clock } from '../clock.ts';

export interface InterruptibleTimer {
  /** Resolves after `ms` milliseconds, or when it rings; with null only when it rings. */
  wait(ms: number | null): Promise<void>;
  /** Ends the wait that is under way. Without one it does nothing. */
  ring(): void;
}

/** For one who waits: a second wait replaces the first. */
export function createInterruptibleTimer(clock: Clock): InterruptibleTimer {
  let cut: AbortController | null = null;
  return {
    async wait(ms) {
      const own = new AbortController();
      cut = own;
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
    ring: () => {
      cut?.abort();
    },
  };
}
