/** `WholeListLoader`: reads lists to their end, each once per operation, with as few calls as pages go into it. */
import { GatewayError } from '../errors.ts';
import type { Page, Row } from '../upstream/types.ts';
import type { PageRequest } from '../upstream/upstream.ts';

/** A list from its newest row on. */
export interface WholeList<T> {
  readonly rows: readonly Row<T>[];
  /** False when the list goes on beyond the bound. */
  readonly isWhole: boolean;
}

export interface WholeListLoader<T> {
  load(id: string): Promise<WholeList<T>>;
  /** The same for whoever reads many lists and keeps none: the operation does not remember the rows. */
  glance(id: string): Promise<WholeList<T>>;
  /** A page of a list that is read as a whole in this operation anyway; null when it is not, or does not reach so far. */
  page(id: string, page: PageRequest): Promise<Page<T> | null>;
}

export interface WholeListBounds {
  /** Rows of one call; the upstream gives 5,000 at most. */
  readonly pageSize: number;
  /** Rows of one list; older ones are not read. */
  readonly maxRows: number;
}

export function createWholeListLoader<T extends { readonly id: string }>(
  options: WholeListBounds & {
    readonly load: (id: string, page: PageRequest) => Promise<Page<T>>;
    /** Told every entity that a list carried. */
    readonly onRow: (entity: T) => void;
  },
): WholeListLoader<T> {
  const lists = new Map<string, Promise<WholeList<T>>>();

  async function read(id: string, onRow?: (entity: T) => void): Promise<WholeList<T>> {
    const rows: Row<T>[] = [];
    for (let after: string | undefined; ;) {
      const limit = Math.min(options.pageSize, options.maxRows - rows.length);
      const page = await options.load(id, { limit, after, totalCount: false });
      for (const row of page.rows) {
        rows.push(row);
        if (row instanceof GatewayError) continue;
        onRow?.(row);
        after = row.id;
      }
      // A page without a readable row would be asked for again, and again.
      const canGoOn = page.rows.some((row) => !(row instanceof GatewayError));
      if (!page.hasMore || !canGoOn || rows.length >= options.maxRows)
        return { rows, isWhole: !page.hasMore };
    }
  }

  return {
    load(id) {
      const known = lists.get(id);
      if (known) return known;
      const list = read(id, options.onRow);
      lists.set(id, list);
      return list;
    },
    glance: (id) => lists.get(id) ?? read(id),
    async page(id, { limit, after, totalCount }) {
      const list = await lists.get(id);
      if (!list) return null;
      const { rows, isWhole } = list;
      const start =
        after === undefined
          ? 0
          : 1 + rows.findIndex((row) => !(row instanceof GatewayError) && row.id === after);
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
