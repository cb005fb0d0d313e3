/** `BoundedMap`: a map that forgets what was not used for long when it holds too much. */

export interface MapBounds<Value> {
  readonly maxEntries: number;
  /** In bytes, by `size`. @default unbounded */
  readonly maxBytes?: number;
  /** What an entry weighs, in bytes; asked once, when it is set. @default nothing */
  readonly size?: (value: Value, key: string) => number;
  /** Told what was forgotten for want of room, and nothing else. */
  readonly onEvict?: (key: string, value: Value) => void;
}

interface Entry<Value> {
  readonly value: Value;
  readonly bytes: number;
  /** Since it was last spared. */
  isUsed: boolean;
}

/**
 * Entries are forgotten in the order in which they came, but one that was used since is spared once more (the clock
 * algorithm). So a look-up changes a flag: moving the entry, as an exact order would have it, costs a busy map a new
 * table every few look-ups.
 *
 * Invariant: `#bytes` is the sum of what the entries weigh.
 */
export class BoundedMap<Value> {
  readonly #bounds: MapBounds<Value>;
  readonly #entries = new Map<string, Entry<Value>>();
  /**
   * Goes on where the last look for the first entry ended. But for the one that is pending, all entries before it are gone: a look
   * from the start would pass the places of those that were deleted, of which a full map has as many as entries.
   */
  #hand = this.#entries.entries();
  #pending: readonly [string, Entry<Value>] | undefined;
  #bytes = 0;

  constructor(bounds: MapBounds<Value>) {
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** What would be forgotten next, unless it was used. */
  get oldest(): { readonly key: string; readonly value: Value } | undefined {
    const next = this.#next();
    return next && { key: next[0], value: next[1].value };
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    entry.isUsed = true;
    return entry.value;
  }

  /** One that alone weighs more than all may is not stored. */
  set(key: string, value: Value): void {
    this.delete(key);
    const { size, maxBytes = Infinity, maxEntries } = this.#bounds;
    const bytes = size?.(value, key) ?? 0;
    if (bytes > maxBytes || maxEntries < 1) return;
    while (this.#entries.size >= maxEntries || this.#bytes + bytes > maxBytes) this.#evictOne();
    this.#entries.set(key, { value, bytes, isUsed: false });
    this.#bytes += bytes;
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  /** Evicts entries that were not used since they were set, or since this was last called. */
  evictUnused(): void {
    for (const [key, entry] of this.#entries) {
      if (entry.isUsed) entry.isUsed = false;
      else this.delete(key);
    }
  }

  #evictOne(): void {
    for (let next = this.#next(); next; next = this.#next()) {
      const [key, entry] = next;
      this.#pending = undefined;
      this.#entries.delete(key);
      if (entry.isUsed) {
        entry.isUsed = false;
        this.#entries.set(key, entry);
        continue;
      }
      this.#bytes -= entry.bytes;
      this.#bounds.onEvict?.(key, entry.value);
      return;
    }
  }

  /** The first entry. */
  #next(): readonly [string, Entry<Value>] | undefined {
    const pending = this.#pending;
    if (pending && this.#entries.get(pending[0]) === pending[1]) return pending;
    if (this.#entries.size === 0) return undefined;
    for (;;) {
      const { value: next } = this.#hand.next();
      this.#pending = next;
      if (next) return next;
      this.#hand = this.#entries.entries();
    }
  }
}
