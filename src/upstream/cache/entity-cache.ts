/** `createEntityCache`: one `AccountCache` per account, bounded by bytes together. */
import { AccountCache } from './account-cache.ts';
import type { FreshnessSettings } from './freshness.ts';
import type { Changes } from './read-tracker.ts';
import { createLruList } from './lru-list.ts';

export interface EntityCacheSettings extends FreshnessSettings {
  /** The size of the whole cache, in bytes as JSON. The least recently used is evicted first. */
  readonly maxBytes: number;
}

export interface EntityCache {
  /** The cache of an account; undefined when it is empty. */
  find(accountId: string): AccountCache | undefined;
  /** Makes the cache of an account if there is none. Never use it across a wait: a cache that becomes empty is dropped. */
  open(accountId: string): AccountCache;
  /** Of all accounts. */
  readonly changes: Changes;
  readonly bytes: number;
  /** How many entities and pages are cached. */
  readonly size: number;
  readonly accountCount: number;
}

export function createEntityCache(settings: EntityCacheSettings): EntityCache {
  const lru = createLruList(settings);
  const accounts = new Map<string, AccountCache>();
  const changes: Changes = { count: 0 };
  return {
    find: (accountId) => accounts.get(accountId),
    open(accountId) {
      const known = accounts.get(accountId);
      if (known) return known;
      const cache = new AccountCache({
        changes,
        settings,
        lru,
        onEmpty: () => {
          if (accounts.get(accountId) === cache) accounts.delete(accountId);
        },
      });
      accounts.set(accountId, cache);
      return cache;
    },
    changes,
    get bytes() {
      return lru.bytes;
    },
    get size() {
      return lru.size;
    },
    get accountCount() {
      return accounts.size;
    },
  };
}
