/** `createCachingUpstream`: an upstream with a cache, in which equal calls under way are one. */
import type { ReadMark } from '../types.ts';
import type { Upstream, UpstreamSession } from '../upstream.ts';
import { CacheState, type CachingOptions, type ReadCounts } from './cache-state.ts';
import type { CachingCaller } from './caching-caller.ts';
import { createCachingSession } from './caching-session.ts';
import type { EntityCache } from './entity-cache.ts';
import { ReadTracker } from './read-tracker.ts';

export interface CachingUpstream extends Upstream {
  session(caller: CachingCaller): UpstreamSession;
  /** Makes a tracker of what sessions read, to be passed to each of them (see `CachingCaller.reads`). */
  trackReads(): ReadTracker;
  /** A point in the order of all reads, see `CachingCaller.since`. */
  mark(): ReadMark;
  /** What was read of an account before now answers no later read, unless it never changes. */
  invalidate(accountId: string): void;
  readonly counts: ReadCounts;
  /** What is cached at the moment. */
  readonly cached: Pick<EntityCache, 'bytes' | 'size' | 'accountCount'>;
}

export function createCachingUpstream(upstream: Upstream, options: CachingOptions): CachingUpstream {
  const state = new CacheState(upstream, options);
  const { cache, counts } = state;
  return {
    session: (caller) => createCachingSession(state, caller),
    trackReads: () => new ReadTracker(state.changes),
    mark: () => state.reads.mark(),
    invalidate: (accountId) => {
      state.invalidate(accountId);
    },
    counts,
    cached: {
      get bytes() {
        return cache?.bytes ?? 0;
      },
      get size() {
        return cache?.size ?? 0;
      },
      get accountCount() {
        return cache?.accountCount ?? 0;
      },
    },
    hasSpareSlots: (account) => upstream.hasSpareSlots(account),
    ping: (account, signal) => upstream.ping(account, signal),
    releaseSockets: () => {
      upstream.releaseSockets();
    },
    [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose](),
  };
}

/** The same upstream for callers that need the current state: reads go past the cache, and their answers are cached. */
export function asFresh(upstream: CachingUpstream): Upstream {
  return { ...upstream, session: (caller) => upstream.session({ ...caller, isFresh: true }) };
}
