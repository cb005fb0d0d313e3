/** `ListIndex`: which cached pages belong to which list, and when each list last gained an entity. */
import type { Kind } from '../types.ts';

/** The list that a page belongs to. */
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

/** Lists whose last change is recorded: enough for those that are read at the same time. */
const MAX_CHANGED_LISTS = 1_000;

export class ListIndex {
  /** By list: the keys of its cached pages, and whether each page is conditional. */
  readonly #pages = new Map<string, Map<string, boolean>>();
  /** By list: the tick at which an entity was last read that earlier pages may lack. */
  readonly #changed = new Map<string, number>();
  /** The latest tick of the lists that `#changed` had no room for. */
  #changedBefore = 0;

  /** Adds the key of a cached page; the returned function is called at its eviction. */
  add(key: string, { list, isConditional }: ListPlace): () => void {
    const keys = this.#pages.get(list) ?? new Map<string, boolean>();
    this.#pages.set(list, keys);
    keys.set(key, isConditional);
    return () => {
      keys.delete(key);
      if (keys.size === 0 && this.#pages.get(list) === keys) this.#pages.delete(list);
    };
  }

  /** The keys of the pages of a list: of all, or of the conditional ones. */
  *keysOf(list: string, { onlyConditional }: { readonly onlyConditional: boolean }): Iterable<string> {
    for (const [key, isConditional] of this.#pages.get(list) ?? [])
      if (isConditional || !onlyConditional) yield key;
  }

  /** An entity was read that earlier pages of the list may lack. */
  noteChange(list: string, tick: number): void {
    if (this.#changed.size >= MAX_CHANGED_LISTS) {
      this.#changedBefore = tick;
      this.#changed.clear();
    }
    this.#changed.set(list, tick);
  }

  /** Whether an entity was read after this tick that the list may lack. */
  hasChangedSince(list: string, tick: number): boolean {
    return (this.#changed.get(list) ?? this.#changedBefore) > tick;
  }
}
