/** `AdaptiveConcurrency`: how many calls of one account an upstream in trouble can answer at once. It decides only. */

/** Share of the calls under way that is left when the upstream is overloaded. */
const BACK_OFF_SHARE = 0.7;
const FEWEST_CALLS = 4;
/** Share of the most that is given back after as many good answers as calls may be under way. */
const RECOVERY_SHARE = 1 / 32;

export class AdaptiveConcurrency {
  readonly #mostCalls: number;
  #calls: number;
  #backedOffAtMs = -Infinity;
  #fineInARow = 0;

  constructor(mostCalls: number) {
    this.#mostCalls = mostCalls;
    this.#calls = mostCalls;
  }

  /** How many calls may be under way at once. */
  get calls(): number {
    return Math.floor(this.#calls);
  }

  get isReduced(): boolean {
    return this.#calls < this.#mostCalls;
  }

  /** A call was answered well. */
  recover(): void {
    if (!this.isReduced || ++this.#fineInARow < this.#calls) return;
    this.#fineInARow = 0;
    this.#calls = Math.min(this.#mostCalls, this.#calls + Math.max(1, this.#mostCalls * RECOVERY_SHARE));
  }

  /** The upstream is overloaded; of calls that were sent before it was known to be, only the first counts. */
  backOff({ sentAtMs, nowMs }: { readonly sentAtMs: number; readonly nowMs: number }): void {
    this.#fineInARow = 0;
    if (sentAtMs < this.#backedOffAtMs) return;
    this.#backedOffAtMs = nowMs;
    this.#calls = Math.min(this.#calls, Math.max(FEWEST_CALLS, this.#calls * BACK_OFF_SHARE));
  }
}
