/** `BoundedMap`: a map that forgets what was not used for longest when it holds too much. */

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
}

/** Invariant: `#entries` is ordered from the least to the most recently used, and `#bytes` is the sum of what they weigh. */
export class BoundedMap<Value> {
  readonly #bounds: MapBounds<Value>;
  readonly #entries = new Map<string, Entry<Value>>();
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

  /** What was not used for longest. */
  get oldest(): { readonly key: string; readonly value: Value } | undefined {
    for (const [key, { value }] of this.#entries) return { key, value };
    return undefined;
  }

  /** Makes the entry the most recently used one. */
  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** One that alone weighs more than all may is not kept. */
  set(key: string, value: Value): void {
    this.delete(key);
    const { size, maxBytes = Infinity, maxEntries, onEvict } = this.#bounds;
    const bytes = size?.(value, key) ?? 0;
    if (bytes > maxBytes || maxEntries < 1) return;
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= maxEntries && this.#bytes <= maxBytes) return;
      this.delete(oldest);
      onEvict?.(oldest, entry.value);
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }
}
