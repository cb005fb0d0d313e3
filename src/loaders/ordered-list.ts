/** `orderedList`: a list in the order of a value of its rows instead of that of the upstream, page by page. */
import { GatewayError } from '../errors.ts';
import type { Row } from '../upstream/types.ts';
import { placeOf as idOf } from '../upstream/walk-pages.ts';
import type { FilteredList, ListOrder } from './filtered-list.ts';
import type { ListRange } from './list-loader.ts';
import type { ScannedRows } from './scan.ts';

/** The value of a row; null when it has none. */
export type OrderedBy<T> = (row: T) => number | null;

/**
 * Each page is taken from all rows that the list has at the time. A cursor holds the value and the id of its row, so that
 * the next page begins at the same place, whatever rows have come or gone: a row is left out or comes twice only where its
 * value has changed.
 */
export function orderedList<T extends { readonly id: string }, Field extends string>(given: {
  /** The rows, unordered, and whether these are all. */
  readonly all: () => Promise<ScannedRows<T>>;
  readonly order: ListOrder<Field>;
  readonly value: OrderedBy<T>;
  readonly range: ListRange;
  /** @default counts the rows */
  readonly totalCount?: (() => Promise<number | null>) | undefined;
}): FilteredList<T> {
  const { order, range, value } = given;
  let read: Promise<ScannedRows<T>> | undefined;
  const all = () => (read ??= given.all());
  const ordered = async (): Promise<ScannedRows<T>> => {
    // A cursor that is none costs no call.
    const after = range.after === undefined ? null : readCursor(range.after, order);
    const { rows, isExhaustive } = await all();
    const places = rows.map((row) => placeOf(row, value));
    const left = after ? places.filter((place) => compare(place, after, order) > 0) : places;
    left.sort((a, b) => compare(a, b, order));
    const page = left.slice(0, range.first).map(({ row }) => row);
    return { rows: page, hasMore: left.length > range.first, isExhaustive, resumeAfter: null };
  };
  let page: Promise<ScannedRows<T>> | undefined;
  const scanned = () => (page ??= ordered());
  return {
    rows: scanned,
    scanned,
    totalCount:
      given.totalCount ??
      (async () => {
        const { rows, isExhaustive } = await all();
        return isExhaustive && !rows.some((row) => row instanceof GatewayError) ? rows.length : null;
      }),
    cursorOf: (row) => {
      const place = placeOf(row, value);
      return place.group === 'unplaced' ? undefined : writeCursor(place, order);
    },
  };
}

/** In this order: rows with a value, those without, those that are unreadable, and of these the ones without an id. */
const GROUPS = ['valued', 'unvalued', 'unreadable', 'unplaced'] as const;
type Group = (typeof GROUPS)[number];

interface Place {
  readonly group: Group;
  /** 0 where there is none. */
  readonly value: number;
  readonly id: string;
}

function placeOf<T extends { readonly id: string }>(
  row: Row<T>,
  valueOf: OrderedBy<T>,
): Place & { readonly row: Row<T> } {
  const id = idOf(row);
  if (id === undefined) return { row, group: 'unplaced', value: 0, id: '' };
  if (row instanceof GatewayError) return { row, group: 'unreadable', value: 0, id };
  const value = valueOf(row);
  return value !== null && Number.isFinite(value)
    ? { row, group: 'valued', value, id }
    : { row, group: 'unvalued', value: 0, id };
}

function compare(a: Place, b: Place, { direction }: Pick<ListOrder<string>, 'direction'>): number {
  if (a.group !== b.group) return GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group);
  if (a.value !== b.value) return direction === 'ascending' ? a.value - b.value : b.value - a.value;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function writeCursor({ group, value, id }: Place, { field, direction }: ListOrder<string>): string {
  const text = JSON.stringify([field, direction, group === 'valued' ? value : group, id]);
  return Buffer.from(text).toString('base64url');
}

/** BAD_USER_INPUT for what is no cursor of a list in this order. */
function readCursor(cursor: string, order: ListOrder<string>): Place {
  const place = placeIn(parsed(cursor), order);
  // What is written otherwise is another text for the same place, which no page has given.
  if (place && writeCursor(place, order) === cursor) return place;
  throw new GatewayError(
    'BAD_USER_INPUT',
    'Expected `after` to be the cursor of a row on a page with the same `orderBy`',
  );
}

function placeIn(parts: unknown, { field, direction }: ListOrder<string>): Place | null {
  if (!Array.isArray(parts) || parts[0] !== field || parts[1] !== direction) return null;
  const [value, id] = [parts[2] as unknown, parts[3] as unknown];
  if (typeof id !== 'string') return null;
  if (typeof value === 'number') return { group: 'valued', value, id };
  return value === 'unvalued' || value === 'unreadable' ? { group: value, value: 0, id } : null;
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
