/** `createEntityCache`: what was read of the upstream, by account, for as long as it is true. */
import { AccountCache } from './account-cache.ts';
import type { FreshnessSettings } from './freshness.ts';
import type { Changes } from './read-tracker.ts';
import { createLruList } from './lru-list.ts';

export interface EntityCacheSettings extends FreshnessSettings {
  /** What all that is kept may take, in bytes as JSON. What was not used for longest is let go first. */
  readonly maxBytes: number;
}

export interface EntityCache {
  /** What is kept of an account, made when it is first written to; undefined when nothing is. */
  find(accountId: string): AccountCache | undefined;
  /** Never use it across a wait: a drawer in which nothing is left is thrown away. */
  open(accountId: string): AccountCache;
  /** Of everything that is kept, of all accounts. */
  readonly changes: Changes;
  readonly bytes: number;
  /** How many entities and pages are kept. */
  readonly size: number;
  readonly accountCount: number;
}

export function createEntityCache(settings: EntityCacheSettings): EntityCache {
  const recency = createLruList(settings);
  const drawers = new Map<string, AccountCache>();
  const changes: Changes = { count: 0 };
  return {
    find: (accountId) => drawers.get(accountId),
    open(accountId) {
      const known = drawers.get(accountId);
      if (known) return known;
      const drawer = new AccountCache({
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
