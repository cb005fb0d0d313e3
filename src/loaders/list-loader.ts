/** `ListLoader`: reads pages of lists, equal ones once per operation, and counts only what was asked to be counted. */
import DataLoader from 'dataloader';
import { GatewayError } from '../errors.ts';
import type { Page, Row } from '../upstream/types.ts';
import type { PageRequest } from '../upstream/page-request.ts';

/** A list that nothing has been asked of yet: it costs a call when its rows or its count are read. */
export interface List<T> {
  rows(): Promise<ListRows<T>>;
  /** How many rows there are in all, whatever the page; null when the upstream does not say. */
  totalCount(): Promise<number | null>;
}

export interface ListRows<T> {
  readonly rows: readonly Row<T>[];
  readonly hasMore: boolean;
}

/** Which part of a list. */
export interface ListRange {
  readonly first: number;
  readonly after?: string | undefined;
}

export interface ListLoader<Filter, T> {
  list(filter: Filter, range: ListRange): List<T>;
}

type Key<Filter> =
  | { readonly want: 'rows'; readonly filter: Filter; readonly range: ListRange }
  | { readonly want: 'count'; readonly filter: Filter };

/**
 * Rows and counts asked for in one turn of the event loop share calls: a count travels with a page of the same list,
 * and is a call without rows only when no page is asked for.
 */
export function createListLoader<Filter extends object, T>(options: {
  readonly load: (filter: Filter, page: PageRequest) => Promise<Page<T>>;
  /** Called with every entity that a page carried. */
  readonly onRow?: ((entity: T) => void) | undefined;
}): ListLoader<Filter, T> {
  let made: DataLoader<Key<Filter>, Page<T>, string> | undefined;
  // Most operations ask for few of the lists that there are: a loader is made when it is first used.
  const load = (key: Key<Filter>) =>
    (made ??= new DataLoader((keys) => loadPages(keys, options), { cacheKeyFn: keyOf })).load(key);
  return {
    list: (filter, range) => ({
      rows: () => load({ want: 'rows', filter, range }),
      totalCount: async () => (await load({ want: 'count', filter })).totalCount,
    }),
  };
}

function keyOf<Filter extends object>(key: Key<Filter>): string {
  return key.want === 'rows' ? `${filterKey(key.filter)} ${rangeKey(key.range)}` : filterKey(key.filter);
}

async function loadPages<Filter extends object, T>(
  keys: readonly Key<Filter>[],
  options: Parameters<typeof createListLoader<Filter, T>>[0],
): Promise<readonly (Page<T> | Error)[]> {
  const counted = new Set(keys.filter(({ want }) => want === 'count').map(({ filter }) => filterKey(filter)));
  const counts = new Map<string, Promise<Page<T>>>();
  const pages = keys.map((key) => {
    if (key.want === 'count') return null;
    const list = filterKey(key.filter);
    const totalCount = counted.has(list) && !counts.has(list);
    const page = options.load(key.filter, { limit: key.range.first, after: key.range.after, totalCount });
    if (totalCount) counts.set(list, page);
    return page;
  });
  return Promise.all(
    keys.map(async (key, index) => {
      const list = filterKey(key.filter);
      const countAlone = () => options.load(key.filter, { limit: 0, totalCount: true });
      const page = pages[index] ?? counts.get(list)?.catch(unlessRefused(countAlone)) ?? countAlone();
      if (key.want === 'count') counts.set(list, page);
      try {
        const answer = await page;
        for (const row of answer.rows) if (!(row instanceof Error)) options.onRow?.(row);
        return answer;
      } catch (error) {
        return error instanceof Error ? error : new Error('A list could not be read', { cause: error });
      }
    }),
  );
}

/** A page that is refused for its cursor says nothing about the count that was to travel with it. */
function unlessRefused<T>(countAlone: () => Promise<T>): (error: unknown) => Promise<T> {
  return (error) => {
    if (error instanceof GatewayError && error.code === 'BAD_USER_INPUT') return countAlone();
    throw error;
  };
}

/** An empty cursor is one, which the upstream refuses. */
function rangeKey({ first, after }: ListRange): string {
  return after === undefined ? String(first) : `${String(first)} ${JSON.stringify(after)}`;
}

/** Equal filters have equal keys, whatever the order of their conditions. */
function filterKey(filter: object): string {
  return JSON.stringify(Object.entries(filter).sort(([a], [b]) => (a < b ? -1 : 1)));
}
