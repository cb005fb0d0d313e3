/** `createEntityCache`: what was read of the upstream, by account, within one bound. */
import { AccountCache } from './account-cache.ts';
import type { FreshnessSettings } from './freshness.ts';
import type { Changes } from './read-tracker.ts';
import { createLruList } from './lru-list.ts';

export interface EntityCacheSettings extends FreshnessSettings {
  /** What all that is cached may take, in bytes as JSON. What was not used for longest is evicted first. */
  readonly maxBytes: number;
}

export interface EntityCache {
  /** The cache of an account, made when it is first written to; undefined when nothing is in it. */
  find(accountId: string): AccountCache | undefined;
  /** Never use it across a wait: a cache in which nothing is left is thrown away. */
  open(accountId: string): AccountCache;
  /** Of everything that is cached, of all accounts. */
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
