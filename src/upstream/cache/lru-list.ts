/** `createLruList`: what was used last, bounded by bytes: what was not used for longest is let go first. */

/** Something that is kept as long as it is used. */
export interface LruEntry {
  readonly bytes: number;
  /** It has been let go. */
  readonly onEvict: () => void;
  /** The next to be let go, and the one that was used after it; only `Recency` touches these. */
  older: LruEntry | null;
  younger: LruEntry | null;
}

export interface LruList {
  /** Takes it in as the latest, and lets go of others until there is room. What is larger than all room goes at once. */
  add(resident: LruEntry): void;
  /** It was used. */
  touch(resident: LruEntry): void;
  /** Takes it out without letting it know. */
  remove(resident: LruEntry): void;
  readonly bytes: number;
  readonly size: number;
}

export function createLruList({ maxBytes }: { readonly maxBytes: number }): LruList {
  let oldest: LruEntry | null = null;
  let youngest: LruEntry | null = null;
  let bytes = 0;
  let size = 0;

  function link(resident: LruEntry): void {
    resident.older = youngest;
    resident.younger = null;
    if (youngest) youngest.younger = resident;
    else oldest = resident;
    youngest = resident;
  }

  function unlink(resident: LruEntry): void {
    if (resident.older) resident.older.younger = resident.younger;
    else oldest = resident.younger;
    if (resident.younger) resident.younger.older = resident.older;
    else youngest = resident.older;
    resident.older = null;
    resident.younger = null;
  }

  const remove = (resident: LruEntry): void => {
    // One that is linked to nobody and is not the only one has been let go already.
    if (resident.older === null && resident.younger === null && oldest !== resident) return;
    unlink(resident);
    bytes -= resident.bytes;
    size--;
  };

  return {
    add(resident) {
      if (resident.bytes > maxBytes) {
        resident.onEvict();
        return;
      }
      link(resident);
      bytes += resident.bytes;
      size++;
      while (bytes > maxBytes && oldest) {
        const evicted = oldest;
        remove(evicted);
        evicted.onEvict();
      }
    },
    touch(resident) {
      if (resident === youngest || (resident.older === null && oldest !== resident)) return;
      unlink(resident);
      link(resident);
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
