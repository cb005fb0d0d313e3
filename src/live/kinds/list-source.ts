/** `createListSource`: reads the newest page of a list, with the conditions that the upstream does not know. */
import { GatewayError } from '../../errors.ts';
import type { ListKind, ListPage, ListRows, Watchable } from '../../events/event.ts';
import type { FilteredList } from '../../loaders/filtered-list.ts';
import type { ListRange, ListRows as RowsOfList } from '../../loaders/list-loader.ts';
import type { ListFilters } from './list-ref.ts';
import { questionOf } from './list-ref.ts';
import { pollOnly, type Source, type SourceOptions } from '../source.ts';

/** Asks for rows of the list as the upstream filters it. */
export type ReadRows<Filter, T> = (filter: Filter, range: ListRange) => Promise<RowsOfList<T>>;

export interface ListSourceOptions<L extends ListKind> extends SourceOptions {
  readonly list: L;
  readonly id: string;
  /** The list with all of its conditions, over what `read` answers. */
  readonly select: (
    read: ReadRows<ListFilters[L], ListRows[L]>,
    filter: ListFilters[L],
    range: ListRange,
  ) => FilteredList<ListRows[L]>;
}

/** One call, and with conditions that the upstream does not know as many as one search of a query makes. */
export function createListSource<L extends ListKind>(options: ListSourceOptions<L>): Source {
  const { list, id, select, clock, onRead } = options;
  const { filter, first } = questionOf<L>(id);
  let calls = 1;
  const source = pollOnly(async (session) => {
    const sentAtMs = clock.now();
    calls = 0;
    const found = select(
      async (known, { first: limit, after }) => {
        calls++;
        // A list has the rows of its kind; TypeScript cannot tell for one that is still open.
        return (await session.list(list, known, { limit, after, totalCount: false })) as RowsOfList<
          ListRows[L]
        >;
      },
      filter,
      { first },
    );
    const { rows, hasMore } = await found.rows();
    const { isExhaustive = true } = (await found.scanned?.()) ?? {};
    const readable = rows.filter((row): row is ListRows[L] => !(row instanceof GatewayError));
    const page: ListPage<L> = { type: list, id, rows: readable, hasMore, isExhaustive };
    onRead({ entities: [page as Watchable], read: { sentAtMs, receivedAtMs: clock.now() } });
    return true;
  });
  return {
    ...source,
    get weight() {
      return Math.max(1, calls);
    },
  };
}
