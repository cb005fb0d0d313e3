/** `parsePage`: an answer that is a list, row by row, so that a bad row costs no other. */
import { GatewayError, UnreadableRow } from '../../../errors.ts';
import { isId } from '../../id.ts';
import type { PageRequest } from '../../page-request.ts';
import type { Listed, Page, Row } from '../../types.ts';
import { createFirstSeen, placeOf } from '../../walk-pages.ts';
import { isObject, readCount, readNumber } from './primitives.ts';
import type { ReportUnknown } from './enum-values.ts';

/** Reads one row: the entity, or the error that takes its place. Never throws. */
export type ParseRow<T> = (row: unknown, report: ReportUnknown) => Row<T>;

/** `wrapper` is the property that holds the rows. Throws UPSTREAM_ERROR when the answer is no list at all. */
export function parsePage<T extends Listed & { readonly id: string }>(
  body: unknown,
  wrapper: string,
  parse: ParseRow<T>,
  options: {
    readonly page: PageRequest;
    readonly report: ReportUnknown;
    /** What was made of the rows of a large list already; they are not in the body. */
    readonly rows?: readonly Row<T>[] | undefined;
  },
): Page<T> {
  const { page, report } = options;
  const inBody = parseRows(body, wrapper, parse, report);
  const sent = options.rows ?? inBody;
  const behind = page.after === undefined ? sent : behindCursor(sent, page.after);
  const distinct = behind.filter(createFirstSeen());
  const rows = distinct.slice(0, page.limit);
  const list = isObject(body) ? body : {};
  // Without the flag a full page is taken to have a successor, as the official SDK does.
  const saysMore = typeof list['has_more'] === 'boolean' ? list['has_more'] : sent.length >= page.limit;
  return {
    rows,
    // A client that sees `hasMore` on a page without rows would ask for that page again, and again.
    hasMore: rows.length > 0 && (saysMore || distinct.length > rows.length),
    totalCount: page.totalCount ? readCount(list['total_count']) : null,
  };
}

/**
 * The rows of a page that are behind the row of its cursor. An upstream that does not honour the cursor sends that row
 * again, and those before it; but when every row before it is older, then it is that row alone which is out of place.
 */
function behindCursor<T extends Listed & { readonly id: string }>(
  rows: readonly Row<T>[],
  cursor: string,
): readonly Row<T>[] {
  const at = rows.findIndex((row) => placeOf(row) === cursor);
  if (at === -1) return rows;
  const [before, after] = [rows.slice(0, at), rows.slice(at + 1)];
  const cursorMs = beginningOf(rows[at]);
  const isOlder = (row: Row<T>) => (beginningOf(row) ?? Infinity) < (cursorMs ?? -Infinity);
  return before.every(isOlder) ? [...before, ...after] : after;
}

/** When what the row shows came to be, as far as the row says. */
function beginningOf(row: unknown): number | null {
  if (!isObject(row)) return null;
  return readNumber(row['startedAtMs']) ?? readNumber(row['createdAtMs']);
}

/** Reads a row with its place in the list, and with what it holds: `isWhole` says whether that is all that get-by-id has. */
export function parseListed<T extends Listed>(
  parse: ParseRow<T>,
  isWhole: (row: unknown) => boolean,
): ParseRow<T> {
  return (row, report) => {
    const parsed = parse(row, report);
    if (parsed instanceof GatewayError) return placed(parsed, row);
    return isWhole(row) ? parsed : { ...parsed, isPartial: true };
  };
}

/** With its id, if that can be read: else nobody could ask for what comes after it. */
function placed(error: GatewayError, row: unknown): GatewayError {
  const id = isObject(row) ? row['id'] : undefined;
  return isId(id) ? new UnreadableRow(id, error) : error;
}

/** The rows alone, of a list that is not paged. */
export function parseRows<T>(
  body: unknown,
  wrapper: string,
  parse: ParseRow<T>,
  report: ReportUnknown,
): Row<T>[] {
  const items: unknown = isObject(body) ? body[wrapper] : undefined;
  if (!Array.isArray(items))
    throw new GatewayError('UPSTREAM_ERROR', `Runloop answered no list of ${wrapper}`);
  const rows: Row<T>[] = [];
  for (const item of items as readonly unknown[]) rows.push(parse(item, report));
  return rows;
}

/** The error that takes the place of a row in which `property` is missing or is not what it has to be. */
export function unreadable(entity: string, property: string): GatewayError {
  return new GatewayError('UPSTREAM_ERROR', `Runloop answered a ${entity} without a usable ${property}`);
}
