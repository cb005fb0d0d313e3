/** `CacheState`: what the sessions of a `CachingUpstream` have in common: the cache, the calls under way, the counts. */
import type { Clock } from '../../clock.ts';
import { ENTITIES } from '../endpoints.ts';
import { mapTable } from '../map-table.ts';
import type { Kind, Kinds, ReadSpan } from '../types.ts';
import type { Upstream } from '../upstream.ts';
import { createEntityCache, type EntityCache, type EntityCacheSettings } from './entity-cache.ts';
import { ReadClock } from './read-clock.ts';
import type { Changes } from './read-tracker.ts';
import { type Cached, type Reading, uncached } from './reading.ts';
import { createFlights, type Flights } from './single-flight.ts';

export interface CachingOptions {
  readonly clock: Clock;
  /** Null caches nothing; equal calls that are under way are one call all the same. */
  readonly settings: EntityCacheSettings | null;
}

/** How often a read of each kind, or of a page, was answered by the cache, and how often it was not; ever growing. */
export type ReadCounts = Readonly<Record<Kind | 'page', { hits: number; misses: number }>>;

export class CacheState {
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly settings: EntityCacheSettings | null;
  readonly cache: EntityCache | null;
  readonly counts: ReadCounts;
  readonly reads: ReadClock;
  /** Counts the changes of all that is cached. Without a cache it stays 0, and every reading is uncacheable. */
  readonly changes: Changes;
  /** When each entity and page that was answered had been read. */
  readonly spans = new WeakMap<object, ReadSpan>();
  /** By account, while calls of it are under way. */
  readonly #flights = new Map<string, Flights>();
  #mutations = 0;

  constructor(upstream: Upstream, { clock, settings }: CachingOptions) {
    this.upstream = upstream;
    this.clock = clock;
    this.settings = settings;
    this.cache = settings && createEntityCache(settings);
    this.changes = this.cache?.changes ?? { count: 0 };
    this.reads = new ReadClock(clock);
    const none = () => ({ hits: 0, misses: 0 });
    this.counts = { ...mapTable<Omit<ReadCounts, 'page'>>(ENTITIES, none), page: none() };
  }

  flightsOf(accountId: string): Flights {
    const known = this.#flights.get(accountId);
    if (known) return known;
    const flights = createFlights({
      onEmpty: () => {
        // Detached flights end later, when another set may have taken the place of theirs.
        if (this.#flights.get(accountId) === flights) this.#flights.delete(accountId);
      },
      nextTick: () => this.reads.tick(),
    });
    this.#flights.set(accountId, flights);
    return flights;
  }

  /** Begins a read that is sent now; the returned function is called with what was received. */
  begin(accountId: string): <T>(value: T) => Reading<T> {
    return this.reads.begin(this.cache?.find(accountId)?.generation ?? 0);
  }

  /** Caches a reading of an entity. Answers the latest version that is known of it. */
  put<K extends Kind>(
    accountId: string,
    kind: K,
    entity: Reading<Kinds[K] | null> & { readonly id: string },
  ): Cached<Kinds[K] | null> {
    const cached = this.cache?.open(accountId).put(kind, entity.id, entity) ?? uncached(entity);
    if (cached.value) this.spans.set(cached.value, cached.read);
    return cached;
  }

  /** Invalidates what was read of an account before a mutation that did, or may have, changed it. Answers the new generation. */
  invalidate(accountId: string): number {
    const generation = ++this.#mutations;
    if (this.cache) this.cache.open(accountId).generation = generation;
    this.#flights.get(accountId)?.detachAll();
    return generation;
  }
}
