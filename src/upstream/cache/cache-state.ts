/** `CacheState`: what the sessions of a `CachingUpstream` have in common: the cache, the calls under way, the counts. */
import type { Clock } from '../../clock.ts';
import { createEntityCache, type EntityCache, type EntityCacheSettings } from './entity-cache.ts';
import type { Cached, Reading } from './cached-value.ts';
import { createFlights, type Flights } from './single-flight.ts';
import type { Upstream } from '../upstream.ts';
import type { Kind, Kinds, ReadMark, ReadSpan } from '../types.ts';

export class CacheState {
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly settings: EntityCacheSettings | null;
  readonly cache: EntityCache | null;
  readonly counts: Record<Kind | 'page', ReadCounts>;
  /** Of every entity and page that was answered. */
  readonly spans = new WeakMap<object, ReadSpan>();
  /** By account, as long as calls of it are under way. */
  readonly #flights = new Map<string, Flights>();
  #mutations = 0;
  #ticks = 0;

  constructor(upstream: Upstream, { clock, settings }: CachingOptions) {
    const none = () => ({ hits: 0, misses: 0 });
    this.upstream = upstream;
    this.clock = clock;
    this.settings = settings;
    this.cache = settings && createEntityCache(settings);
    this.counts = {
      scenarioRun: none(),
      benchmarkRun: none(),
      benchmarkJob: none(),
      benchmark: none(),
      scenario: none(),
      devbox: none(),
      page: none(),
    };
  }

  flightsOf(accountId: string): Flights {
    const known = this.#flights.get(accountId);
    if (known) return known;
    const flights = createFlights({
      onEmpty: () => {
        // What was detached ends later, when another set may have taken the place of its own.
        if (this.#flights.get(accountId) === flights) this.#flights.delete(accountId);
      },
      nextTick: () => ++this.#ticks,
    });
    this.#flights.set(accountId, flights);
    return flights;
  }

  /** A point in the order of all reads: whatever is sent from now on shows what was so after it. */
  mark(): ReadMark {
    return this.#ticks;
  }

  /** A read is sent now; the answer is called when it was received. */
  begin(accountId: string): <T>(value: T) => Reading<T> {
    const generation = this.cache?.find(accountId)?.generation ?? 0;
    const sentAtMs = this.clock.now();
    const sentTick = ++this.#ticks;
    return (value) => ({
      value,
      read: { sentAtMs, receivedAtMs: this.clock.now() },
      sentTick,
      receivedTick: ++this.#ticks,
      generation,
    });
  }

  /** Takes in an entity. Answers what is to be told of it, which is a later version if one is known. */
  put<K extends Kind>(
    accountId: string,
    kind: K,
    entity: Reading<Kinds[K] | null> & { readonly id: string },
  ): Cached<Kinds[K] | null> {
    const kept = this.cache?.open(accountId).put(kind, entity.id, entity) ?? uncached(entity);
    if (kept.value) this.spans.set(kept.value, kept.read);
    return kept;
  }

  /** Something was changed, or may have been: what was read before is doubtful. Answers the generation that begins. */
  invalidate(accountId: string): number {
    const generation = ++this.#mutations;
    if (this.cache) this.cache.open(accountId).generation = generation;
    this.#flights.get(accountId)?.detachAll();
    return generation;
  }
}

export interface CachingOptions {
  readonly clock: Clock;
  /** Null keeps nothing; equal calls that are under way are one call all the same. */
  readonly settings: EntityCacheSettings | null;
}

export interface ReadCounts {
  hits: number;
  misses: number;
}

/** Something that was read and is not kept: it is told once. */
export function uncached<T>({ value, read }: Pick<Reading<T>, 'value' | 'read'>): Cached<T> {
  return { value, read, freshUntilMs: -Infinity, isReplaced: false, isContested: false, bytes: 0 };
}
