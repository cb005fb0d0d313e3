/** `ListIndex`: which cached pages are of which list, and since when a list may show more than what was read of it. */
import type { Kind } from '../types.ts';

/** Which list a page is of. */
export interface ListPlace {
  /** See `listName`. */
  readonly list: string;
  /** Whether the page shows only what meets a condition. */
  readonly isConditional: boolean;
}

/** The list of all entities of a kind, or of those that one entity has. */
export function listName(kind: Kind, parentId: string | null): string {
  return parentId === null ? kind : `${kind} ${parentId}`;
}

/** Lists of which it is remembered when they moved: enough for those that are under way at the same time. */
const MAX_MOVED_LISTS = 1_000;

export class ListIndex {
  /** The keys of cached pages by their list, and whether they show only what meets a condition. */
  readonly #pages = new Map<string, Map<string, boolean>>();
  /** When something was last seen that a list read before may lack, by list. */
  readonly #moved = new Map<string, number>();
  /** The latest of those that `#moved` has no room for. */
  #movedBefore = 0;

  /** A page is cached under this key; the function that comes back is called when it is not any more. */
  add(key: string, { list, isConditional }: ListPlace): () => void {
    const keys = this.#pages.get(list) ?? new Map<string, boolean>();
    this.#pages.set(list, keys);
    keys.set(key, isConditional);
    return () => {
      keys.delete(key);
      if (keys.size === 0 && this.#pages.get(list) === keys) this.#pages.delete(list);
    };
  }

  /** The keys of the pages that may lack what has moved: of all, or of those that show only what meets a condition. */
  *keysOf(list: string, { onlyConditional }: { readonly onlyConditional: boolean }): Iterable<string> {
    for (const [key, isConditional] of this.#pages.get(list) ?? [])
      if (isConditional || !onlyConditional) yield key;
  }

  /** Something was seen that what was read of the list before may lack. */
  noteMove(list: string, tick: number): void {
    if (this.#moved.size >= MAX_MOVED_LISTS) {
      this.#movedBefore = tick;
      this.#moved.clear();
    }
    this.#moved.set(list, tick);
  }

  /** Whether something was seen since then that the list may have lacked. */
  hasMovedSince(list: string, tick: number): boolean {
    return (this.#moved.get(list) ?? this.#movedBefore) > tick;
  }
}
