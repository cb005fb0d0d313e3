/** `AdaptiveRate`: how many calls per second one account may send, by the refusals of the upstream. It decides only. */

/** Share of the calls that were let through before a refusal which is taken to be the limit. */
export const SAFE_SHARE = 0.9;
/** Share of that limit at which it starts again. */
export const RESTART_SHARE = 0.8;
/** Share of the limit by which the rate grows in a second, until it is reached. */
export const GROWTH_PER_SEC = 0.05;
export const SLOWEST_PER_SEC = 0.5;
/** The first refusal may be due to others with the same key: few calls before it say little. */
export const FIRST_LIMIT_PER_SEC = 10;
/** So long after the last refusal the limit may have been raised: it is tried a tenth higher. */
export const PROBE_AFTER_MS = 300_000;
export const PROBE_SHARE = 1.1;
/** A limit that probes have raised beyond this is none. */
export const FORGET_PER_SEC = 5_000;

const BUCKETS = 10;
const BUCKET_MS = 100;

export class AdaptiveRate {
  #perSec = Infinity;
  /** The limit that the latest refusal showed. */
  #limitPerSec = Infinity;
  #nextAtMs = -Infinity;
  #grownAtMs = 0;
  #limitedAtMs = -Infinity;
  /** The rate at which the latest refusal came. */
  #refusedPerSec = Infinity;
  #probedAtMs = -Infinity;
  /** How many calls were sent in each tenth of the latest second and have been let through. */
  readonly #sent = new Array<number>(BUCKETS).fill(0);
  #bucket = 0;

  /** Calls per second; `Infinity` while no limit is known. */
  get perSec(): number {
    return this.#perSec;
  }

  /** From when on the next call may start, as Unix time in milliseconds. */
  get nextAtMs(): number {
    return this.#nextAtMs;
  }

  get isKnown(): boolean {
    return this.#limitPerSec !== Infinity;
  }

  /** How many calls were let through in a second: the one before the latest of them, if that was lately. */
  letThrough(nowMs: number): number {
    return Math.floor(nowMs / BUCKET_MS) - this.#bucket < 2 * BUCKETS ? this.#letThrough : 0;
  }

  get #letThrough(): number {
    return this.#sent.reduce((sum, count) => sum + count, 0);
  }

  started(nowMs: number): void {
    this.#grow(nowMs);
    // Evenly, so that no window of the upstream's, wherever it begins, sees more than the rate.
    if (this.#perSec !== Infinity) this.#nextAtMs = Math.max(nowMs, this.#nextAtMs) + 1_000 / this.#perSec;
  }

  /** A call was let through. */
  passed({ sentAtMs, nowMs }: { readonly sentAtMs: number; readonly nowMs: number }): void {
    this.#count(sentAtMs);
    // Those that were let through before the refusal come in after it, too.
    if (sentAtMs <= this.#limitedAtMs && nowMs - this.#limitedAtMs < 1_000) this.#estimate();
  }

  /** A call was refused because there were too many. */
  refused({ sentAtMs, nowMs }: { readonly sentAtMs: number; readonly nowMs: number }): void {
    // Of many that were refused together only the first counts.
    if (sentAtMs < this.#limitedAtMs) return;
    this.#refusedPerSec = this.#perSec;
    this.#limitPerSec = SLOWEST_PER_SEC;
    this.#limitedAtMs = nowMs;
    this.#probedAtMs = nowMs;
    this.#grownAtMs = nowMs;
    this.#estimate();
    this.#nextAtMs = nowMs + 1_000 / this.#perSec;
  }

  #estimate(): void {
    const least = this.#refusedPerSec === Infinity ? FIRST_LIMIT_PER_SEC : SLOWEST_PER_SEC;
    const limit = Math.max(least, Math.min(this.#refusedPerSec, this.#letThrough) * SAFE_SHARE);
    if (limit <= this.#limitPerSec) return;
    this.#limitPerSec = limit;
    this.#perSec = limit * RESTART_SHARE;
  }

  #grow(nowMs: number): void {
    if (this.#limitPerSec === Infinity) return;
    if (nowMs - this.#probedAtMs > PROBE_AFTER_MS) {
      this.#probedAtMs = nowMs;
      this.#limitPerSec *= PROBE_SHARE;
      if (this.#limitPerSec > FORGET_PER_SEC) this.#limitPerSec = Infinity;
    }
    const grown = this.#perSec + (this.#limitPerSec * GROWTH_PER_SEC * (nowMs - this.#grownAtMs)) / 1_000;
    this.#perSec = Math.min(this.#limitPerSec, grown);
    this.#grownAtMs = nowMs;
  }

  /** What was let through counts at the time it was sent, as far as that lies within the latest second. */
  #count(sentAtMs: number): void {
    const bucket = Math.floor(sentAtMs / BUCKET_MS);
    if (bucket > this.#bucket) {
      for (let at = Math.max(this.#bucket + 1, bucket - BUCKETS + 1); at <= bucket; at++)
        this.#sent[at % BUCKETS] = 0;
      this.#bucket = bucket;
    }
    if (bucket <= this.#bucket - BUCKETS) return;
    this.#sent[bucket % BUCKETS] = (this.#sent[bucket % BUCKETS] ?? 0) + 1;
  }
}
