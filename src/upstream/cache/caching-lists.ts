/** `createCachingLists`: the pages of a caching session: cached for a moment, or for good when nothing in them can change. */
import { sizeOf } from '../../memory/size.ts';
import { ENTITIES, LISTS, type ListedBy, type ListName, type Lists } from '../endpoints.ts';
import type { Kind, Kinds, Page, ReadSpan } from '../types.ts';
import type { UpstreamSession } from '../upstream.ts';
import { cacheKey, conditionCount } from './cache-key.ts';
import type { CacheState } from './cache-state.ts';
import { askedAt, type CachingCaller } from './caching-caller.ts';
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
  caller: CachingCaller,
  { reads, pages }: { readonly reads: ReadTracker; readonly pages: CachingPages },
): UpstreamSession['list'] {
  const { cache, clock, spans } = state;
  const { account, isFresh = false } = caller;

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
      isLasting: isClosed && isLasting(entities),
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
        : known?.entity(kind, row.id, askedAt(caller, clock)),
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

  /** Whether nothing can have changed in a list since this read of it, because its entity had ended long before. */
  const isClosed = <L extends ListName>(list: L, filter: Lists[L]['filter'], read: ReadSpan) => {
    const { of } = LISTS[list];
    if (!of || isFresh) return false;
    return cache?.find(account.id)?.hasSettledBefore(of.kind, of.idOf(filter), read) === true;
  };

  /**
   * A list that was read beside its entity may have been answered before it: only later is it known that the list can
   * be cached for good.
   */
  function closeLate<L extends ListName>(list: L, filter: Lists[L]['filter'], key: string): void {
    const page = cache?.find(account.id)?.latestPage<CachedRows<ListedBy<L>>>(key);
    if (!page || page.freshUntilMs === Infinity || page.isReplaced || page.isContested) return;
    if (isClosed(list, filter, page.read) && isLasting(page.value.entities)) page.freshUntilMs = Infinity;
  }

  return async (list, filter, page) => {
    const { kind, cache: policy } = LISTS[list];
    const key = cacheKey(list, filter, page);
    closeLate(list, filter, key);
    const known = pages.find<CachedRows<ListedBy<typeof list>>>(key);
    const latest = known && latestOf(kind, known);
    if (latest) return latest;
    const { value } = await pages.ask(key, {
      send: (session) => session.list(list, filter, page),
      make: (reading: Reading<Page<Kinds[ListedBy<typeof list>]>>) =>
        takeIn(kind, reading, { isClosed: isClosed(list, filter, reading.read) }),
      cache: policy,
      place: placeOf(list, filter),
    });
    noteAll(value.entities);
    return value.page;
  };
}

/** Whether none of these can change any more. */
function isLasting(entities: readonly (Cached<unknown> | null)[]): boolean {
  return entities.every((entity) => entity?.freshUntilMs === Infinity);
}

/** A list has a name of its own where its entities hold the id of their parent; else it belongs to the list of all. */
function placeOf<L extends ListName>(list: L, filter: Lists[L]['filter']): ListPlace {
  const { kind, of } = LISTS[list];
  const parentId = of && ENTITIES[kind].parentOf ? of.idOf(filter) : null;
  // Every page of a list with a parent has the condition for the parent's id.
  const ownConditions = parentId === null ? 0 : 1;
  return { list: listName(kind, parentId), isConditional: conditionCount(filter) > ownConditions };
}
