/** `parsePage`: an answer that is a list, row by row, so that a bad row spoils no other. */
import { GatewayError, UnreadableRow } from '../../errors.ts';
import { isId } from '../id.ts';
import type { PageRequest } from '../upstream.ts';
import type { Listed, Page, Row } from '../types.ts';
import { isObject, readNumber } from './primitives.ts';
import type { ReportUnknown } from './vocabulary.ts';

/** Reads one row: the entity, or the error that takes its place. Never throws. */
export type ParseRow<T> = (row: unknown, report: ReportUnknown) => Row<T>;

/** `wrapper` is the property that holds the rows. Throws UPSTREAM_ERROR when the answer is no list at all. */
export function parsePage<T extends Listed>(
  body: unknown,
  wrapper: string,
  parse: ParseRow<T>,
  options: {
    readonly page: PageRequest;
    readonly report: ReportUnknown;
    /** Whether a row holds all that get-by-id has. */
    readonly isWhole: (row: unknown) => boolean;
  },
): Page<T> {
  const { page, report, isWhole } = options;
  const parseListed: ParseRow<T> = (row) => {
    const parsed = parse(row, report);
    if (parsed instanceof GatewayError) return placed(parsed, row);
    return isWhole(row) ? parsed : { ...parsed, isPartial: true };
  };
  const rows = parseRows(body, wrapper, parseListed, report);
  const list = isObject(body) ? body : {};
  return {
    rows,
    // Without the flag a full page is taken to have a successor, as the official SDK does.
    hasMore:
      typeof list['has_more'] === 'boolean' ? list['has_more'] : rows.length > 0 && rows.length >= page.limit,
    totalCount: page.totalCount ? readNumber(list['total_count']) : null,
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
