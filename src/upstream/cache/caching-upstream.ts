/** `createCachingUpstream`: the same upstream, asked only for what is not known, and once for what several ask. */
import type { EntityCache } from './entity-cache.ts';
import type { Kind, ReadMark } from '../types.ts';
import { createCachingSession, type CachingSession } from './caching-session.ts';
import { CacheState, type CachingOptions, type ReadCounts } from './cache-state.ts';
import type { Upstream, UpstreamCaller } from '../upstream.ts';

export interface CachingUpstream extends Upstream {
  session(caller: CachingCaller): CachingSession;
  /** A point in the order of all reads, see `CachingCaller.since`. */
  mark(): ReadMark;
  /** How often a read of each kind was answered by what is kept, and how often it was not; ever growing. */
  readonly counts: Readonly<Record<Kind | 'page', Readonly<ReadCounts>>>;
  /** What is kept at the moment. */
  readonly kept: Pick<EntityCache, 'bytes' | 'size' | 'accountCount'>;
}

export interface CachingCaller extends UpstreamCaller {
  /**
   * Whether everything is asked for anew; what comes back is kept for others.
   * @default false
   */
  readonly isFresh?: boolean | undefined;
  /**
   * What may move and was asked for before this point is too old to be told, and is asked for again: a mark of the same
   * upstream. @default none, everything is told for as long as it is true
   */
  readonly since?: ReadMark | undefined;
}

export function createCachingUpstream(upstream: Upstream, options: CachingOptions): CachingUpstream {
  const keeping = new CacheState(upstream, options);
  const { cache, counts } = keeping;
  return {
    session: (caller) => createCachingSession(keeping, caller),
    mark: () => keeping.mark(),
    counts,
    kept: {
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

/** The same for whoever has to see how things are now: it is told nothing that is kept, and what it reads is kept. */
export function asFresh(upstream: CachingUpstream): Upstream {
  return { ...upstream, session: (caller) => upstream.session({ ...caller, isFresh: true }) };
}
