/** `FilteredList`: a list that takes conditions which the upstream does not know. */
import type { List, ListRange } from './list-loader.ts';
import type { ScannedRows } from './scan.ts';

/** A list, some of whose conditions may be client-side filters, over a bounded part of it. */
export interface FilteredList<T> extends List<T> {
  /** Absent when the upstream knows all conditions, and every row that it answers counts. */
  readonly scanned?: () => Promise<ScannedRows<T>>;
}

export interface FilteredListLoader<Filter, T> {
  list(filter: Filter, range: ListRange): FilteredList<T>;
}
