/** `FilteredList`: a list that takes conditions which the upstream does not know. */
import type { List, ListRange } from './list-loader.ts';
import type { Row } from '../upstream/types.ts';
import type { ScannedRows } from './scan.ts';

/** A list, some of whose conditions may be client-side filters, over a bounded part of it. */
export interface FilteredList<T> extends List<T> {
  /** Absent when the upstream knows all conditions, and every row that it answers counts. */
  readonly scanned?: () => Promise<ScannedRows<T>>;
  /** The cursor of a row, undefined when it has none. Absent in the order of the upstream, where it is the id. */
  readonly cursorOf?: (row: Row<T>) => string | undefined;
}

export interface FilteredListLoader<Filter, T> {
  list(filter: Filter, range: ListRange): FilteredList<T>;
}

/** By which value, and from which end. Rows without the value come last, equal ones in the order of their ids. */
export interface ListOrder<Field extends string> {
  readonly field: Field;
  readonly direction: 'ascending' | 'descending';
}

/** One whose lists can be ordered by a value, over as many rows as a filter looks at. */
export interface OrderedListLoader<Filter, T, Field extends string> extends FilteredListLoader<Filter, T> {
  /** @param order that of the upstream when it is undefined, newest first */
  list(filter: Filter, range: ListRange, order?: ListOrder<Field>): FilteredList<T>;
}
