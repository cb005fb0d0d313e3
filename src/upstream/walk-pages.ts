/** `walkPages`: a list from page to page, each row once, however the upstream repeats itself. */
import { GatewayError, UnreadableRow } from '../errors.ts';

/** A row, or why it could not be read. */
type Row<T> = T | GatewayError;

interface Identified {
  readonly id: string;
}

interface PageOf<T> {
  readonly rows: readonly Row<T>[];
  readonly hasMore: boolean;
}

/** A page of which only those rows are left that no page before it had. */
export type WalkedPage<Page> = Page & {
  /** No page follows, although the upstream may say that there is more: this one brought no row that is new. */
  readonly isLast: boolean;
};

/**
 * Reads page after page, each behind the last new row with an id of the one before. Counting what it yields is counting by id:
 * pages that overlap, and a cursor that the upstream ignores, add nothing. Rows without an id have nothing to be distinguished
 * by, and come as often as they are sent.
 */
export async function* walkPages<T extends Identified, Page extends PageOf<T>>(
  read: (after: string | undefined) => Promise<Page & PageOf<T>>,
  from?: string,
): AsyncGenerator<WalkedPage<Page>, void> {
  const firstSeen = createFirstSeen(from === undefined ? [] : [from]);
  for (let after = from; ;) {
    const page = await read(after);
    const placed = page.hasMore ? upToLastPlaced(page.rows) : page.rows;
    const rows = placed.filter(firstSeen);
    const isLast = !page.hasMore || rows.every((row) => placeOf(row) === undefined);
    yield { ...page, rows, isLast };
    if (isLast) return;
    // The last one that is new: what was sent before leads back.
    const last = rows.findLast((row) => placeOf(row) !== undefined);
    after = last && placeOf(last);
  }
}

/** Whether a row is the first with its id, or has none. */
export function createFirstSeen(ids: Iterable<string> = []): (row: Row<Identified>) => boolean {
  const seen = new Set(ids);
  return (row) => {
    const id = placeOf(row);
    if (id === undefined) return true;
    const before = seen.size;
    return seen.add(id).size > before;
  };
}

/** The id behind which a list goes on after this row; undefined for a row that cannot be read at all. */
export function placeOf(row: Row<Identified>): string | undefined {
  return row instanceof GatewayError && !(row instanceof UnreadableRow) ? undefined : row.id;
}

/**
 * What comes after the last row with an id is read again by the next call, which can only start behind an id. Where no row
 * has one there is no next call, and all of them are shown.
 */
function upToLastPlaced<T extends Identified>(rows: readonly Row<T>[]): readonly Row<T>[] {
  const end = rows.findLastIndex((row) => placeOf(row) !== undefined) + 1;
  return end === 0 ? rows : rows.slice(0, end);
}
