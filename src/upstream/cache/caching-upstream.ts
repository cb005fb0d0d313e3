/** `createCachingUpstream`: the same upstream, asked only for what is not cached, and once for what several ask. */
import type { ReadMark } from '../types.ts';
import type { Upstream, UpstreamSession } from '../upstream.ts';
import { CacheState, type CachingOptions, type ReadCounts } from './cache-state.ts';
import type { CachingCaller } from './caching-caller.ts';
import { createCachingSession } from './caching-session.ts';
import type { EntityCache } from './entity-cache.ts';
import { ReadTracker } from './read-tracker.ts';

export interface CachingUpstream extends Upstream {
  session(caller: CachingCaller): UpstreamSession;
  /** A record of what sessions read, to be given to each of them (see `CachingCaller.reads`). */
  trackReads(): ReadTracker;
  /** A point in the order of all reads, see `CachingCaller.since`. */
  mark(): ReadMark;
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
    ping: (account, signal) => upstream.ping(account, signal),
    releaseSockets: () => {
      upstream.releaseSockets();
    },
    [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose](),
  };
}

/** The same for whoever has to see how things are now: nothing cached answers it, and what it reads is cached. */
export function asFresh(upstream: CachingUpstream): Upstream {
  return { ...upstream, session: (caller) => upstream.session({ ...caller, isFresh: true }) };
}
