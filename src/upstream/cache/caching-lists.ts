/** `createCachingLists`: the pages of a caching session: cached for a moment, or for good when nothing in them can change. */
import { sizeOf } from '../../memory/size.ts';
import { ENTITIES, LISTS, type ListedBy, type ListName, type Lists } from '../endpoints.ts';
import type { Kind, Kinds, Page } from '../types.ts';
import type { UpstreamSession } from '../upstream.ts';
import { cacheKey, conditionCount } from './cache-key.ts';
import type { CacheState } from './cache-state.ts';
import type { CachingCaller } from './caching-caller.ts';
import type { CachingPages, Made } from './caching-pages.ts';
import { listName, type ListPlace } from './list-index.ts';
import type { ReadTracker } from './read-tracker.ts';
import type { Cached, Reading } from './reading.ts';

/** A page, and the cached readings of its rows. */
interface CachedRows<K extends Kind> {
  readonly page: Page<Kinds[K]>;
  /** In the order of the rows; null for a row that says nothing about the entity as such. */
  readonly entities: readonly (Cached<Kinds[K] | null> | null)[];
}

/** What a page takes beside its rows, in bytes. */
const PAGE_BYTES = 200;

export function createCachingLists(
  state: CacheState,
  { account, isFresh = false, since }: CachingCaller,
  { reads, pages }: { readonly reads: ReadTracker; readonly pages: CachingPages },
): UpstreamSession['list'] {
  const { cache, clock, spans } = state;

  /** Caches the rows of a page by their ids, too. */
  function takeIn<K extends Kind>(
    kind: K,
    reading: Reading<Page<Kinds[K]>>,
    { isClosed }: { readonly isClosed: boolean },
  ): Made<CachedRows<K>> {
    const { rows } = reading.value;
    const entities = rows.map((row) =>
      row instanceof Error || row.isPartial
        ? null
        : state.put(account.id, kind, { ...reading, id: row.id, value: row }),
    );
    const page = { ...reading.value, rows: rows.map((row, index) => entities[index]?.value ?? row) };
    spans.set(page, reading.read);
    const size = (bytes: number, entity: Cached<unknown> | null, index: number) =>
      bytes + (entity ? entity.bytes : sizeOf(rows[index]));
    return {
      value: { page, entities },
      isLasting: isClosed && entities.every((entity) => entity?.freshUntilMs === Infinity),
      isContested: entities.some((entity) => entity?.isContested),
      bytes: entities.reduce(size, PAGE_BYTES),
    };
  }

  /**
   * A cached page with the latest reading of each row, so that no client sees an older state after a newer one.
   * Undefined when a replaced row has no fresh reading.
   */
  function latestOf<K extends Kind>(kind: K, cached: Cached<CachedRows<K>>): Page<Kinds[K]> | undefined {
    const { page: stored, entities } = cached.value;
    // The rows of a page that never changes are not replaced.
    if (cached.freshUntilMs === Infinity || !entities.some((entity) => entity?.isReplaced)) {
      pages.noteHit(cached);
      if (cached.freshUntilMs !== Infinity) noteAll(entities);
      return stored;
    }
    const known = cache?.find(account.id);
    const latest = stored.rows.map((row, index) =>
      row instanceof Error || !entities[index]?.isReplaced
        ? entities[index]
        : known?.entity(kind, row.id, { nowMs: clock.now(), since }),
    );
    if (latest.some((entity) => entity === undefined || entity?.value === null)) return undefined;
    pages.noteHit(cached);
    noteAll(latest);
    const page = { ...stored, rows: stored.rows.map((row, index) => latest[index]?.value ?? row) };
    spans.set(page, cached.read);
    return page;
  }

  function noteAll(entities: readonly (Cached<unknown> | null | undefined)[]): void {
    for (const entity of entities) if (entity) reads.note(entity);
  }

  /** Whether an entity is known to be terminal for good. */
  const hasEnded = (kind: Kind, id: string) =>
    !isFresh && cache?.find(account.id)?.latest(kind, id)?.freshUntilMs === Infinity;

  return async (list, filter, page) => {
    const { kind, of, cache: policy } = LISTS[list];
    const key = cacheKey(list, filter, page);
    const known = pages.find<CachedRows<ListedBy<typeof list>>>(key);
    const latest = known && latestOf(kind, known);
    if (latest) return latest;
    // The list can be cached for good only if its entity was terminal before the list was read.
    const isClosed = of ? hasEnded(of.kind, of.idOf(filter)) : false;
    const { value } = await pages.ask(key, {
      send: (session) => session.list(list, filter, page),
      make: (reading: Reading<Page<Kinds[ListedBy<typeof list>]>>) => takeIn(kind, reading, { isClosed }),
      cache: policy,
      place: placeOf(list, filter),
    });
    noteAll(value.entities);
    return value.page;
  };
}

/** A list has a name of its own where its entities hold the id of their parent; else it belongs to the list of all. */
function placeOf<L extends ListName>(list: L, filter: Lists[L]['filter']): ListPlace {
  const { kind, of } = LISTS[list];
  const parentId = of && ENTITIES[kind].parentOf ? of.idOf(filter) : null;
  // Every page of a list with a parent has the condition for the parent's id.
  const ownConditions = parentId === null ? 0 : 1;
  return { list: listName(kind, parentId), isConditional: conditionCount(filter) > ownConditions };
}
