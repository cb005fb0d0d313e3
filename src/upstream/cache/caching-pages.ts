/** `CachingPages`: cached answers under a key that is no id, such as pages: found in the cache, or requested and put into it. */
import type { CachePolicy } from '../endpoint-rows.ts';
import type { UpstreamSession } from '../upstream.ts';
import type { Ask } from './ask.ts';
import type { CacheState } from './cache-state.ts';
import { askedAt, type CachingCaller } from './caching-caller.ts';
import { maxAgeMs } from './freshness.ts';
import type { ListPlace } from './list-index.ts';
import type { ReadTracker } from './read-tracker.ts';
import { type Cached, type Reading, uncached } from './reading.ts';

/** The form in which an answer is cached. */
export interface Made<T> {
  readonly value: T;
  readonly bytes: number;
  /** Whether it never changes again. */
  readonly isLasting: boolean;
  /** See `Cached.isContested`. */
  readonly isContested: boolean;
}

export interface PageCall<T, Result> {
  readonly send: (session: UpstreamSession) => Promise<T>;
  readonly make: (reading: Reading<T>) => Made<Result>;
  readonly cache: Extract<CachePolicy, 'live' | 'definition'>;
  /** The list that it is a page of; null when it is no page. */
  readonly place: ListPlace | null;
}

export interface CachingPages {
  /** The largest page, or log, that is cached, in bytes as JSON. */
  readonly maxBytes: number;
  /** What is cached under a key, if it is fresh. */
  find<T>(key: string): Cached<T> | undefined;
  /** Counts a hit and tracks the dependency: what was found is answered. */
  noteHit(cached: Cached<unknown>): void;
  /** Requests what is not cached, and caches it. */
  ask<T, Result>(key: string, call: PageCall<T, Result>): Promise<Cached<Result>>;
}

/** Share of the whole cache that one page, or one log, may take. */
const MAX_SHARE = 1 / 8;

export function createCachingPages(
  state: CacheState,
  caller: CachingCaller,
  { reads, ask }: { readonly reads: ReadTracker; readonly ask: Ask },
): CachingPages {
  const { cache, clock, upstream, counts, settings } = state;
  const { account, isFresh = false } = caller;
  const maxBytes = (settings?.maxBytes ?? 0) * MAX_SHARE;
  return {
    maxBytes,
    find: <T>(key: string) =>
      isFresh ? undefined : cache?.find(account.id)?.page<T>(key, askedAt(caller, clock)),
    noteHit(cached) {
      counts.page.hits++;
      reads.cached++;
      reads.note(cached);
    },
    ask<T, Result>(key: string, { send, make, cache: policy, place }: PageCall<T, Result>) {
      counts.page.misses++;
      return ask(key, async (shared) => {
        const received = state.begin(account.id);
        const reading = received(await send(upstream.session(shared)));
        const hasMoved = place && cache?.find(account.id)?.hasChangedSince(place.list, reading.sentTick);
        const { value, bytes, isLasting, ...made } = make(reading);
        // A page that takes much of the cache would evict what many others have read.
        if (!cache || !settings || bytes > maxBytes)
          return { ...uncached({ value, read: reading.read }), isContested: made.isContested };
        const isContested = made.isContested || hasMoved === true;
        const endsMs = isLasting ? Infinity : reading.read.sentAtMs + maxAgeMs(policy, settings);
        const freshUntilMs = isContested ? -Infinity : endsMs;
        const page = { ...reading, value, isContested, freshUntilMs, bytes };
        return cache.open(account.id).putPage<Result>(key, page, place);
      });
    },
  };
}
