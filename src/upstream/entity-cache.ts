/** `createEntityCache`: what was read of the upstream, by account, for as long as it is true. */
import { Drawer } from './drawer.ts';
import type { KeepingSettings } from './keeping.ts';
import type { Changes } from './read-record.ts';
import { createRecency } from './recency.ts';

export interface EntityCacheSettings extends KeepingSettings {
  /** What all that is kept may take, in bytes as JSON. What was not used for longest is let go first. */
  readonly maxBytes: number;
}

export interface EntityCache {
  /** What is kept of an account, made when it is first written to; undefined when nothing is. */
  find(accountId: string): Drawer | undefined;
  /** Never use it across a wait: a drawer in which nothing is left is thrown away. */
  open(accountId: string): Drawer;
  /** Of everything that is kept, of all accounts. */
  readonly changes: Changes;
  readonly bytes: number;
  /** How many entities and pages are kept. */
  readonly size: number;
  readonly accountCount: number;
}

export function createEntityCache(settings: EntityCacheSettings): EntityCache {
  const recency = createRecency(settings);
  const drawers = new Map<string, Drawer>();
  const changes: Changes = { count: 0 };
  return {
    find: (accountId) => drawers.get(accountId),
    open(accountId) {
      const known = drawers.get(accountId);
      if (known) return known;
      const drawer = new Drawer({
        changes,
        settings,
        recency,
        onEmpty: () => {
          if (drawers.get(accountId) === drawer) drawers.delete(accountId);
        },
      });
      drawers.set(accountId, drawer);
      return drawer;
    },
    changes,
    get bytes() {
      return recency.bytes;
    },
    get size() {
      return recency.size;
    },
    get accountCount() {
      return drawers.size;
    },
  };
}
