/** `createListKind`: a followed list: the newest rows that meet its conditions, and what happens to them. */
import type {
  EntityKind,
  ListKind,
  ListLiveEvent,
  ListPage,
  ListRows,
  Watchable,
  WatchKind,
} from '../../events/event.ts';
import type { FollowedKind } from './followed-kind.ts';
import { coalescePages, diffPages } from './list-diff.ts';
import type { ListFilters } from './list-ref.ts';
import { questionOf } from './list-ref.ts';
import { createListSource, type ListSourceOptions } from './list-source.ts';
import type { SourceOptions } from '../source.ts';

export interface ListKindOptions<L extends ListKind> {
  readonly list: L;
  /** The kind of its rows. */
  readonly rows: EntityKind;
  readonly isSameRow: (a: ListRows[L], b: ListRows[L]) => boolean;
  readonly select: (
    settings: SourceOptions['settings'],
    ...asked: Parameters<ListSourceOptions<L>['select']>
  ) => ReturnType<ListSourceOptions<L>['select']>;
  /** Whether a row meets the conditions of the list, as far as a row says. */
  readonly matches: (filter: ListFilters[L], row: ListRows[L]) => boolean;
  /** What is done to things of these kinds may change which rows there are, or how they are. */
  readonly touchedBy: readonly WatchKind[];
}

export function createListKind<L extends ListKind>(
  options: ListKindOptions<L>,
): FollowedKind<L, ListPage<L>, ListLiveEvent<L>> {
  const { list, rows, isSameRow, select, matches, touchedBy } = options;
  return {
    kind: list,
    type: list,
    read: (id, given) =>
      createListSource({ ...given, list, id, select: (...asked) => select(given.settings, ...asked) }),
    diff: ({ previous, next, news, atMs }) => {
      const latest = new Map(news.map(({ known: { entity } }) => [entity.id, entity as ListRows[L]]));
      return diffPages<L>({ previous, next, latest, atMs, isSameRow });
    },
    coalesce: (events) => coalescePages<L>(events),
    isSame: (a, b) => {
      if (a === b) return true;
      if (a.rows.length !== b.rows.length || a.hasMore !== b.hasMore || a.isExhaustive !== b.isExhaustive)
        return false;
      return a.rows.every((row, index) => {
        const other = b.rows[index];
        return other?.id === row.id && isSameRow(row, other);
      });
    },
    // Rows come and go: no page is further than another.
    rank: () => null,
    snapshot: (page, atMs) => ({ type: list, atMs, page, changes: [] }),
    subject: ({ page }) => page,
    shown: ({ page, changes }) => [
      // A page of a list is one that can be watched; TypeScript cannot tell for a list that is still open.
      page as Watchable,
      ...changes.flatMap(({ kind, row }) => (kind === 'removed' ? [] : [row])),
    ],
    totals: () => null,
    ends: {
      isTerminal: () => false,
      endedAtMs: () => null,
      pollMode: () => 'list',
      isPartFinished: null,
    },
    related: { listedBy: null, isTouchedBy: ({ kind }) => touchedBy.includes(kind) },
    rows: {
      kind: rows,
      matches: (id) => {
        const { filter } = questionOf<L>(id);
        // The rows of a list are of its kind.
        return (row) => matches(filter, row as ListRows[L]);
      },
    },
  };
}
