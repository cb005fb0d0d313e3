/** `scan`: finds the rows of a list that match, page by page, up to a stated bound. */
import { GatewayError, UnreadableRow } from '../errors.ts';
import type { Row } from '../upstream/types.ts';
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
  /** Whether neither this row nor any after it can match, which ends the scan. */
  readonly isLast: (row: T) => boolean;
}

/** What a scan found. A row that cannot be read is among it: nobody can say that it does not match. */
export interface ScannedRows<T> extends ListRows<T> {
  /**
   * Whether everything was looked at that the answer speaks of. False when the bound was reached before: then `hasMore`
   * is true, since nobody knows better, and the list goes on after `resumeAfter`.
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
  let examined = 0;
  for (let calls = 0; calls < bounds.maxCalls && examined < bounds.maxRows; calls++) {
    const missing = range.first + 1 - rows.length;
    const rowsLeft = bounds.maxRows - examined;
    lastSize = scanSize({ missing, found: rows.length, examined, lastSize, rowsLeft });
    const page: ListRows<T> = await read({ first: lastSize, after: position });
    const placed = page.hasMore ? upToLastPlaced(page.rows) : page.rows;
    for (const row of placed) {
      if (!(row instanceof GatewayError) && search.isLast(row)) return end(rows);
      if (row instanceof GatewayError || search.matches(row)) {
        if (rows.length === range.first)
          return { rows, hasMore: true, isExhaustive: true, resumeAfter: null };
        rows.push(row);
      }
      position = placeOf(row) ?? position;
    }
    if (!page.hasMore) return end(rows);
    examined += page.rows.length;
  }
  if (position === undefined || position === range.after)
    throw new GatewayError('UPSTREAM_ERROR', 'Runloop answered no row that can be read');
  return { rows, hasMore: true, isExhaustive: false, resumeAfter: position };
}

function end<T>(rows: readonly Row<T>[]): ScannedRows<T> {
  return { rows, hasMore: false, isExhaustive: true, resumeAfter: null };
}

/** The id behind which a list goes on after this row; undefined for a row that cannot be read at all. */
export function placeOf(row: Row<{ readonly id: string }>): string | undefined {
  return row instanceof GatewayError && !(row instanceof UnreadableRow) ? undefined : row.id;
}

/** What comes after the last row with an id is read again by the next call, which can only start behind an id. */
export function upToLastPlaced<T extends { readonly id: string }>(
  rows: readonly Row<T>[],
): readonly Row<T>[] {
  return rows.slice(0, rows.findLastIndex((row) => placeOf(row) !== undefined) + 1);
}
