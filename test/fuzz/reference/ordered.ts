/** Lists of the naive reference in another order than that of the upstream: sorted as a whole, and cursors that say where. */
import { scoreOf, startOf } from './runs.ts';
import { type Args, isAbsent, type Listed, refuse, span, type Thing, type Wire } from './thing.ts';

const VALUES: Readonly<Record<string, (wire: Wire) => number | null>> = {
  DURATION: (wire) => span(wire['duration_ms']),
  SCORE: scoreOf,
  STARTED_AT: (wire) => (Number.isNaN(startOf(wire)) ? null : startOf(wire)),
};

/** What a cursor says of the order that it is one of. */
const WORDS: Readonly<Record<string, string>> = {
  DURATION: 'duration',
  SCORE: 'score',
  STARTED_AT: 'startedAt',
  ASC: 'ascending',
  DESC: 'descending',
};

/** The list in the order that is asked for; as it is when none is. */
export function inOrder(list: Listed, { orderBy }: Args): Listed {
  if (isAbsent(orderBy) || list.isNothing) return list;
  const { field, direction = 'ASC' } = orderBy as { readonly field: string; readonly direction?: string };
  const valueOf = VALUES[field] ?? refuse();
  const sign = direction === 'ASC' ? 1 : -1;
  const isBefore = (a: Wire, b: Wire) => {
    const [one, other] = [valueOf(a), valueOf(b)];
    if (one === other) return (a['id'] as string) < (b['id'] as string);
    if (one === null || other === null) return other === null;
    return (one - other) * sign < 0;
  };
  const all = () => [...list.all()].sort((a, b) => (isBefore(a.wire, b.wire) ? -1 : 1));
  const cursorOf = ({ wire }: Thing) => orderCursor(wire, field, direction);
  return {
    ...list,
    all,
    behind: (cursor) => {
      const rows = all();
      // The pool has cursors of rows that exist; whether a row is on the list decides nothing.
      const [word, way, , id] = partsOf(cursor);
      if (word !== WORDS[field] || way !== WORDS[direction]) return refuse();
      const at = list.rowWith(id);
      return rows.filter(({ wire }) => wire['id'] !== id && isBefore(at, wire));
    },
    cursorOf,
    // Only who looks at the rows can order them.
    isFiltered: true,
  };
}

/** The cursor of a scenario run in a list in this order. */
export function orderCursor(wire: Wire, field: string, direction: string): string {
  const value = VALUES[field]?.(wire) ?? 'unvalued';
  return Buffer.from(JSON.stringify([WORDS[field], WORDS[direction], value, wire['id']])).toString(
    'base64url',
  );
}

function partsOf(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parts) ? parts : refuse();
  } catch {
    return refuse();
  }
}
