/** `WholeListLoader`: reads lists to their end, with as few calls as pages go into each, and few lists at a time. */
import pLimit, { type LimitFunction } from 'p-limit';
import { GatewayError } from '../errors.ts';
import type { Page, Row } from '../upstream/types.ts';
import type { PageRequest } from '../upstream/page-request.ts';
import { placeOf, walkPages } from '../upstream/walk-pages.ts';

/** A list from its newest row on. */
export interface WholeList<T> {
  readonly rows: readonly Row<T>[];
  /** False when the list goes on beyond the bound. */
  readonly isWhole: boolean;
}

export interface WholeListLoader<T> {
  /**
   * Once per operation, as long as all that it has read is within the bound of one list; what is read beyond that is not
   * remembered.
   */
  load(id: string): Promise<WholeList<T>>;
  /** The same for whoever reads many lists and needs none again: the operation does not remember the rows. */
  loadUncached(id: string): Promise<WholeList<T>>;
  /** A page of a list that is read as a whole in this operation anyway; null when it is not, or does not reach so far. */
  page(id: string, page: PageRequest): Promise<Page<T> | null>;
}

export interface WholeListBounds {
  /** Rows of one call; the upstream gives 5,000 at most. */
  readonly pageSize: number;
  /** Rows of one list; older ones are not read. */
  readonly maxRows: number;
}

/** Lists that are read at the same time: their rows are held until somebody has made something of them. */
const MAX_CONCURRENT_LISTS = 16;

export function createWholeListLoader<T extends { readonly id: string }>(
  options: WholeListBounds & {
    readonly load: (id: string, page: PageRequest) => Promise<Page<T>>;
    /** Told every entity that a list carried. */
    readonly onRow: (entity: T) => void;
  },
): WholeListLoader<T> {
  const lists = new Map<string, Promise<WholeList<T>>>();
  let made: LimitFunction | undefined;
  // Made when it is first used: most operations read no list as a whole.
  const limited = <Result>(work: () => Promise<Result>) => (made ??= pLimit(MAX_CONCURRENT_LISTS))(work);
  let heldRows = 0;

  async function read(id: string): Promise<WholeList<T>> {
    const rows: Row<T>[] = [];
    const pages = walkPages<T, Page<T>>((after) => {
      const limit = Math.min(options.pageSize, options.maxRows - rows.length);
      return options.load(id, { limit, after, totalCount: false });
    });
    let isWhole = false;
    for await (const page of pages) {
      for (const row of page.rows) rows.push(row);
      isWhole = !page.hasMore;
      if (rows.length >= options.maxRows) break;
    }
    return { rows, isWhole };
  }

  async function readAndRemember(id: string): Promise<WholeList<T>> {
    const list = await limited(() => read(id));
    heldRows += list.rows.length;
    if (heldRows > options.maxRows) lists.delete(id);
    else for (const row of list.rows) if (isReadable(row)) options.onRow(row);
    return list;
  }

  return {
    load(id) {
      const known = lists.get(id);
      if (known) return known;
      const list = readAndRemember(id);
      lists.set(id, list);
      return list;
    },
    loadUncached: (id) => lists.get(id) ?? limited(() => read(id)),
    async page(id, { limit, after, totalCount }) {
      const list = await lists.get(id);
      if (!list) return null;
      const { rows, isWhole } = list;
      const start = after === undefined ? 0 : 1 + rows.findIndex((row) => placeOf(row) === after);
      if (after !== undefined && start === 0) return null;
      if (!isWhole && (totalCount || start + limit > rows.length)) return null;
      return {
        rows: rows.slice(start, start + limit),
        hasMore: !isWhole || start + limit < rows.length,
        totalCount: totalCount ? rows.length : null,
      };
    },
  };
}

function isReadable<T>(row: Row<T>): row is T {
  return !(row instanceof GatewayError);
}
