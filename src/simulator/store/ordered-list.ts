/** A list of entries in the order in which they came to the world, with seeking in logarithmic time. */

export interface Entry<T> {
  /** Grows by one with every entity that comes to a collection, and never changes. */
  readonly order: number;
  view: T;
  /** The view as JSON, made when first asked for; undefined again once the view changes. */
  json: string | undefined;
}

export class OrderedList<T> {
  /** Invariant: sorted by `order`, oldest first. */
  readonly #entries: Entry<T>[];

  constructor(entries: Iterable<Entry<T>> = []) {
    this.#entries = [...entries].sort((a, b) => a.order - b.order);
  }

  get size(): number {
    return this.#entries.length;
  }

  at(position: number): Entry<T> | undefined {
    return this.#entries[position];
  }

  add(entry: Entry<T>): void {
    const last = this.#entries.at(-1);
    if (!last || last.order < entry.order) this.#entries.push(entry);
    else this.#entries.splice(this.position(entry.order), 0, entry);
  }

  delete(entry: Entry<T>): void {
    const position = this.position(entry.order);
    if (this.#entries[position] === entry) this.#entries.splice(position, 1);
  }

  /** How many entries are older than `order`. */
  position(order: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = this.#entries[middle];
      if (entry && entry.order < order) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  *newestFirst(): Generator<Entry<T>> {
    for (let position = this.#entries.length - 1; position >= 0; position--) {
      const entry = this.#entries[position];
      if (entry) yield entry;
    }
  }

  *oldestFirst(): Generator<Entry<T>> {
    yield* this.#entries;
  }
}
