/** `EventWindow`: the newest entries of a log, as many as fit into its bounds, each found by its sequence. */

export interface EventBounds {
  readonly maxEvents: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}

interface WindowEntry<T> {
  readonly value: T;
  readonly bytes: number;
  readonly atMs: number;
}

export class EventWindow<T> {
  readonly #bounds: EventBounds;
  /** Where `#oldest` lies in `#entries`: dropping the oldest moves this, and now and then the whole array. */
  #start = 0;
  #oldest: number;
  #bytes = 0;
  /** Invariant: `#entries[#start + i]` has the sequence `#oldest + i`; there are no holes. */
  #entries: WindowEntry<T>[] = [];

  /** Empty, and to be filled from the sequence `oldest` on. */
  constructor(oldest: number, bounds: EventBounds) {
    this.#oldest = oldest;
    this.#bounds = bounds;
  }

  /** The oldest sequence that is kept; `newest + 1` when none is. */
  get oldest(): number {
    return this.#oldest;
  }

  /** The sequence that was pushed last, whether or not it is still kept. */
  get newest(): number {
    return this.#oldest + this.#entries.length - this.#start - 1;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Undefined when it has been dropped, or has not come yet. */
  get(sequence: number): T | undefined {
    return sequence < this.#oldest ? undefined : this.#entries[this.#start + sequence - this.#oldest]?.value;
  }

  /** Adds the entry of sequence `newest + 1`, and drops what no longer fits. */
  push(value: T, bytes: number, nowMs: number): void {
    this.#entries.push({ value, bytes, atMs: nowMs });
    this.#bytes += bytes;
    this.trim(nowMs);
  }

  /** Drops the oldest entries until the bounds hold. The newest stays, whatever its size and age. */
  trim(nowMs: number): void {
    const { maxEvents, maxBytes, maxAgeMs } = this.#bounds;
    while (this.#entries.length - this.#start > 1) {
      const oldest = this.#entries[this.#start];
      const isWithin =
        this.#entries.length - this.#start <= maxEvents &&
        this.#bytes <= maxBytes &&
        nowMs - (oldest?.atMs ?? 0) <= maxAgeMs;
      if (isWithin) break;
      this.#bytes -= oldest?.bytes ?? 0;
      this.#start++;
      this.#oldest++;
    }
    // Each entry is moved at most once for each one dropped; what is dropped is not held for ever.
    if (this.#start > 16 && this.#start * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#start);
      this.#start = 0;
    }
  }
}
