/** `diffPages`: what happened to the rows of a followed list between two reads of its newest page, as one event. */
import type { ListKind, ListLiveEvent, ListPage, ListRows, RowChange } from '../../events/event.ts';

export interface PageStep<L extends ListKind> {
  readonly previous: ListPage<L>;
  readonly next: ListPage<L>;
  /** Versions of rows that were read since `previous`, by id: what is no longer in the page is told as it is now, if that is known. */
  readonly latest: ReadonlyMap<string, ListRows[L]>;
  readonly atMs: number;
  readonly isSameRow: (a: ListRows[L], b: ListRows[L]) => boolean;
}

/** At most one event. */
export function diffPages<L extends ListKind>(step: PageStep<L>): readonly ListLiveEvent<L>[] {
  const { previous, next, latest, atMs, isSameRow } = step;
  const before = new Map(previous.rows.map((row) => [row.id, row]));
  const now = new Set(next.rows.map(({ id }) => id));
  const removed = previous.rows
    .filter(({ id }) => !now.has(id))
    .map((row): RowChange<L> => {
      const { state: previousState } = row;
      return { kind: 'removed', row: latest.get(row.id) ?? row, previousState, index: null };
    });
  const isMoved = isReordered(previous, next);
  const present = next.rows.flatMap((row, index): readonly RowChange<L>[] => {
    const earlier = before.get(row.id);
    if (!earlier) return [{ kind: 'added', row, previousState: null, index }];
    // Who takes out what moved, and puts it back in order, needs all of what stayed.
    if (!isMoved && isSameRow(earlier, row)) return [];
    return [{ kind: 'changed', row, previousState: earlier.state, index }];
  });
  const changes = [...removed, ...present];
  const isSame =
    changes.length === 0 && previous.hasMore === next.hasMore && previous.isExhaustive === next.isExhaustive;
  return isSame ? [] : [{ type: next.type, atMs, page: next, changes }];
}

/** Makes one event of neighbours that are about different rows. Nothing is lost: a row that changed twice stays in two events. */
export function coalescePages<L extends ListKind>(
  events: readonly ListLiveEvent<L>[],
): readonly ListLiveEvent<L>[] {
  const joined: ListLiveEvent<L>[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    if (last && isApart(last, event)) joined[joined.length - 1] = join(last, event);
    else joined.push(event);
  }
  return joined;
}

function isApart<L extends ListKind>(one: ListLiveEvent<L>, other: ListLiveEvent<L>): boolean {
  const ids = new Set(one.changes.map(({ row }) => row.id));
  return !other.changes.some(({ row }) => ids.has(row.id));
}

function join<L extends ListKind>(one: ListLiveEvent<L>, other: ListLiveEvent<L>): ListLiveEvent<L> {
  const places = new Map(other.page.rows.map(({ id }, index) => [id, index]));
  const placed = [...one.changes, ...other.changes].map((change) => ({
    ...change,
    index: places.get(change.row.id) ?? null,
  }));
  const changes = placed.sort((a, b) => (a.index ?? -1) - (b.index ?? -1));
  return { ...other, changes };
}

/** Whether the rows that both pages have are in another order. */
function isReordered<L extends ListKind>(previous: ListPage<L>, next: ListPage<L>): boolean {
  const places = new Map(previous.rows.map(({ id }, index) => [id, index]));
  let last = -1;
  for (const { id } of next.rows) {
    const place = places.get(id);
    if (place === undefined) continue;
    if (place < last) return true;
    last = place;
  }
  return false;
}
