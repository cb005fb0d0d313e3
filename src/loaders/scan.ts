/** `scan`: finds the rows of a list that match, page by page, up to a stated bound. */
import { GatewayError } from '../errors.ts';
import type { Row } from '../upstream/types.ts';
import { placeOf, walkPages } from '../upstream/walk-pages.ts';
import type { ListRange, ListRows } from './list-loader.ts';
import { scanSize } from './scan-size.ts';

export interface ScanBounds {
  /** Rows that one scan reads at most. */
  readonly maxRows: number;
  /** Calls that one scan makes at most. */
  readonly maxCalls: number;
}

/** What a scan looks for. */
export interface Search<T> {
  readonly matches: (row: T) => boolean;
  /**
   * Matches can only be in the first part of the list, by its order: a row is `ahead` of the end of that part or `behind` it;
   * `unknown` when the row does not say.
   */
  readonly place: (row: T) => 'ahead' | 'behind' | 'unknown';
}

/** So many rows in succession have to be behind before a scan ends: a few that say something absurd end none. */
const ROWS_BEHIND = 20;

/** What a scan found. A row that cannot be read is among it: nobody can say that it does not match. */
export interface ScannedRows<T> extends ListRows<T> {
  /**
   * Whether all rows that could match were looked at. False when the bound was reached before: then `hasMore` is true, since
   * there may be more, and the list goes on after `resumeAfter`, unless no row has an id that could be a cursor.
   */
  readonly isExhaustive: boolean;
  /** Where the list goes on, when that is not the cursor of the last row: behind the row that was looked at last. */
  readonly resumeAfter: string | null;
}

/**
 * The first `range.first` matches after `range.after`. `hasMore` is true only when one more match was seen, so the scan
 * looks for that one, too.
 */
export async function scan<T extends { readonly id: string }>(
  read: (range: ListRange) => Promise<ListRows<T>>,
  range: ListRange,
  search: Search<T>,
  bounds: ScanBounds,
): Promise<ScannedRows<T>> {
  const rows: Row<T>[] = [];
  let position = range.after;
  let lastSize: number | null = null;
  let [calls, examined, behind] = [0, 0, 0];
  const pages = walkPages<T, ListRows<T>>((after) => {
    const missing = range.first + 1 - rows.length;
    const rowsLeft = bounds.maxRows - examined;
    lastSize = scanSize({ missing, found: rows.length, examined, lastSize, rowsLeft });
    return read({ first: lastSize, after });
  }, range.after);
  for await (const page of pages) {
    for (const row of page.rows) {
      const place = row instanceof GatewayError ? 'unknown' : search.place(row);
      if (place !== 'unknown') behind = place === 'behind' ? behind + 1 : 0;
      if (behind === ROWS_BEHIND) return end(rows);
      // What cannot be read is where the rows around it are.
      if (row instanceof GatewayError ? behind === 0 : search.matches(row)) {
        if (rows.length === range.first)
          return { rows, hasMore: true, isExhaustive: true, resumeAfter: null };
        rows.push(row);
      }
      position = placeOf(row) ?? position;
    }
    calls++;
    examined += page.rows.length;
    if (!page.hasMore) return end(rows);
    if (calls >= bounds.maxCalls || examined >= bounds.maxRows) break;
  }
  if (rows.length === 0 && (position === undefined || position === range.after))
    throw new GatewayError('UPSTREAM_ERROR', 'Runloop says that there is more, and answered no new row');
  return { rows, hasMore: true, isExhaustive: false, resumeAfter: position ?? null };
}

function end<T>(rows: readonly Row<T>[]): ScannedRows<T> {
  return { rows, hasMore: false, isExhaustive: true, resumeAfter: null };
}
