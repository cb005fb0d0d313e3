/** `createLruList`: entries in the order of their use, bounded by bytes: the least recently used is evicted first. */

export interface LruEntry {
  readonly bytes: number;
  /** Called when it has been evicted. */
  readonly onEvict: () => void;
  /** The entries that were used before and after it; only the list writes these. */
  older: LruEntry | null;
  younger: LruEntry | null;
}

export interface LruList {
  /** Adds an entry as the latest, and evicts others until there is room. An entry larger than the bound is evicted at once. */
  add(entry: LruEntry): void;
  /** Marks an entry as the latest used. */
  touch(entry: LruEntry): void;
  /** Removes an entry without calling `onEvict`. */
  remove(entry: LruEntry): void;
  readonly bytes: number;
  readonly size: number;
}

export function createLruList({ maxBytes }: { readonly maxBytes: number }): LruList {
  let oldest: LruEntry | null = null;
  let youngest: LruEntry | null = null;
  let bytes = 0;
  let size = 0;

  function link(entry: LruEntry): void {
    entry.older = youngest;
    entry.younger = null;
    if (youngest) youngest.younger = entry;
    else oldest = entry;
    youngest = entry;
  }

  function unlink(entry: LruEntry): void {
    if (entry.older) entry.older.younger = entry.younger;
    else oldest = entry.younger;
    if (entry.younger) entry.younger.older = entry.older;
    else youngest = entry.older;
    entry.older = null;
    entry.younger = null;
  }

  const remove = (entry: LruEntry): void => {
    // An entry without neighbours that is not the only one has been evicted already.
    if (entry.older === null && entry.younger === null && oldest !== entry) return;
    unlink(entry);
    bytes -= entry.bytes;
    size--;
  };

  return {
    add(entry) {
      if (entry.bytes > maxBytes) {
        entry.onEvict();
        return;
      }
      link(entry);
      bytes += entry.bytes;
      size++;
      while (bytes > maxBytes && oldest) {
        const evicted = oldest;
        remove(evicted);
        evicted.onEvict();
      }
    },
    touch(entry) {
      if (entry === youngest || (entry.older === null && oldest !== entry)) return;
      unlink(entry);
      link(entry);
    },
    remove,
    get bytes() {
      return bytes;
    },
    get size() {
      return size;
    },
  };
}
