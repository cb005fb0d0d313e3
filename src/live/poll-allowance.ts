/** `PollAllowance`: how fast the things of one account may be polled, and how many of them may be waited for at once. */
import type { Clock } from '../clock.ts';

export class PollAllowance {
  readonly #clock: Clock;
  readonly #maxLongPolls: number;
  #slowUntilMs = 0;
  #longPolls = 0;

  constructor(options: { readonly clock: Clock; readonly maxLongPolls: number }) {
    this.#clock = options.clock;
    this.#maxLongPolls = options.maxLongPolls;
  }

  /** Until when the upstream wants no polls, as Unix time in milliseconds. */
  get slowUntilMs(): number {
    return this.#slowUntilMs;
  }

  slowDown(retryAfterMs: number): void {
    this.#slowUntilMs = Math.max(this.#slowUntilMs, this.#clock.now() + retryAfterMs);
  }

  /** A place for one long poll, to be disposed after it; null when they are all taken. */
  enterLongPoll(): Disposable | null {
    if (this.#longPolls >= this.#maxLongPolls) return null;
    this.#longPolls++;
    return {
      [Symbol.dispose]: () => {
        this.#longPolls--;
      },
    };
  }
}
