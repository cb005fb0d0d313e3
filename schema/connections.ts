/** Relay's connections over the upstream's forward-only lists: rows cost a call when they are selected, a count when it is. */
import type { ObjectRef } from '@pothos/core';
import { GatewayError, UnreadableRow } from '../src/errors.ts';
import type { ListRange, ListRows } from '../src/loaders/list-loader.ts';
import type { FilteredList } from '../src/loaders/filtered-list.ts';
import type { Row } from '../src/upstream/types.ts';
import { builder, type SchemaTypes } from './builder.ts';

/** Rows of a page: when its size is not stated, and at most. */
export const PAGE_SIZES = { default: 20, max: 100 } as const;

const { default: DEFAULT_FIRST, max: MAX_FIRST } = PAGE_SIZES;

/** The arguments of a connection, as they arrive. */
export interface ConnectionArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** A list, and where in it the page lies that was asked for. */
export interface Connection<T> extends FilteredList<T> {
  readonly after: string | undefined;
  readonly before?: string | undefined;
  /** Whether the page was counted from the end of the list. @default false */
  readonly isBackward?: boolean;
}

/** One list that cannot be read is one null: what stands beside it is answered all the same. */
const UNREAD = 'Null, with an error on its path, when the page cannot be read.';

interface Edge<T> {
  readonly cursor: string;
  readonly node: Row<T>;
}

interface PageInfoShape {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

const PageInfo = builder.objectRef<PageInfoShape>('PageInfo').implement({
  description: 'Where a page stands in its list.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', {
      description:
        'Whether rows after this page can be asked for. False, too, where the upstream says that there are some and no row of this page has an id to go on behind: each of its rows is an error then.',
    }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
      description: 'Whether there are rows before this page, though only logs can be walked backwards.',
    }),
    startCursor: t.exposeString('startCursor', {
      nullable: true,
      description:
        'The cursor of the first row, which logs take as `before` for the page before this one; null when the page is empty.',
    }),
    endCursor: t.exposeString('endCursor', {
      nullable: true,
      description:
        'The cursor to be given as `after` for the next page: that of the last row, or of the last row that was looked at where the list is not `isExhaustive`. Null when there is neither.',
    }),
  }),
});

/** The arguments of every connection. */
export const connectionArgs = builder.args((t) => ({
  first: t.int({
    description: `How many rows at most, 1 to ${String(MAX_FIRST)}. ${String(DEFAULT_FIRST)} when absent.`,
  }),
  after: t.string({
    description: 'The cursor of the row to start after: `pageInfo.endCursor` of the page before.',
  }),
}));

/** The conditions that a filter argument states: one that is null states nothing. */
export function conditionsOf<Filter extends object>(
  filter: Filter | null | undefined,
): { readonly [Name in keyof Filter]?: NonNullable<Filter[Name]> } {
  return Object.fromEntries(Object.entries(filter ?? {}).filter(([, value]) => value !== null)) as ReturnType<
    typeof conditionsOf<Filter>
  >;
}

/** The cursor of what stands before every row that has one. No id looks like it. */
const START_OF_LIST = '(start)';

/** The page that the arguments ask for; BAD_USER_INPUT when they ask for none. */
function rangeOf({ first, after }: ConnectionArgs): ListRange {
  return {
    first: pageSize('first', first),
    after: after === START_OF_LIST ? undefined : (after ?? undefined),
  };
}

/** The rows that an argument asks for; BAD_USER_INPUT when these are none, or too many for a page. */
export function pageSize(name: 'first' | 'last', given: number | null | undefined): number {
  const rows = given ?? DEFAULT_FIRST;
  if (rows >= 1 && rows <= MAX_FIRST) return rows;
  throw new GatewayError(
    'BAD_USER_INPUT',
    `Expected \`${name}\` to be 1 to ${String(MAX_FIRST)}, got ${String(rows)}`,
  );
}

/** The page of `list` that the arguments ask for. */
export function connect<T>(args: ConnectionArgs, list: (range: ListRange) => FilteredList<T>): Connection<T> {
  const range = rangeOf(args);
  return { ...list(range), after: range.after };
}

/** Declares the connection and edge types of an entity. `cursorOf` gives the cursor of a row that could be read. */
export function connectionOf<T extends object>(
  node: ObjectRef<SchemaTypes, T>,
  options: { readonly plural: string; readonly order?: string; readonly cursorOf: (entity: T) => string },
) {
  // Pothos decides by the shape of a type whether a field is a list, which it cannot for a T that is still open.
  const type = node as ObjectRef<SchemaTypes, object>;
  const edge = builder.objectRef<Edge<T>>(`${node.name}Edge`).implement({
    description: `One row of a list of ${options.plural}.`,
    fields: (t) => ({
      cursor: t.exposeString('cursor', { description: 'Where this row stands: `after` takes it.' }),
      node: t.field({
        type,
        nullable: true,
        description:
          'The row itself; null, with an error on its path, when the upstream sent something unreadable.',
        resolve: ({ node: row }) => readable(row),
      }),
    }),
  });
  return builder.objectRef<Connection<T>>(`${node.name}Connection`).implement({
    description: `A page of ${options.plural}, in the order of the upstream: ${options.order ?? 'newest first'}.`,
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        nullable: true,
        description: `The rows with their cursors. ${UNREAD}`,
        resolve: async (connection) => edgesOf(await connection.rows(), connection, options.cursorOf),
      }),
      nodes: t.field({
        type: t.listRef(type, { nullable: true }),
        nullable: true,
        description: `The rows without their cursors; a row is null, with an error on its path, where it is unreadable. ${UNREAD}`,
        // An Error among the items fails that item alone: graphql reports it on the item's path.
        resolve: async (connection) => (await connection.rows()).rows,
      }),
      pageInfo: t.field({
        type: PageInfo,
        nullable: true,
        description: `Where this page stands in its list. ${UNREAD}`,
        resolve: async (connection) => {
          const { after, before, isBackward = false } = connection;
          const [page, scanned] = await Promise.all([connection.rows(), connection.scanned?.()]);
          const edges = edgesOf(page, connection, options.cursorOf);
          const [start, end] = [edges[0]?.cursor ?? null, edges.at(-1)?.cursor ?? null];
          const resume = scanned?.resumeAfter ?? null;
          const next = resume ?? end;
          return isBackward
            ? {
                hasNextPage: before !== undefined,
                hasPreviousPage: page.hasMore,
                startCursor: resume ?? start,
                endCursor: end,
              }
            : {
                // A page of rows without ids would lead to itself, and who follows it nowhere else.
                hasNextPage: page.hasMore && next !== (after ?? START_OF_LIST),
                hasPreviousPage: after !== undefined,
                startCursor: start,
                endCursor: next,
              };
        },
      }),
      totalCount: t.int({
        nullable: true,
        description:
          'How many rows there are in all, never a guess: null when the upstream does not say, or when the gateway would have to look further than it may. Counted only when selected.',
        resolve: (connection) => connection.totalCount(),
      }),
      isExhaustive: t.boolean({
        description:
          'Whether the page is all that it would be without bounds. False when the gateway, which applies filters that the upstream does not know, reached one before the page was full: then `pageInfo.hasNextPage` is true and `endCursor` goes on where it stopped. In a list with `orderBy`, false when the list has more rows than the gateway orders, which are the newest ones: all pages are taken from these. False, too, when the page cannot be read.',
        resolve: isExhaustive,
      }),
    }),
  });
}

/** The rows carry the error of a page that cannot be read: here it is enough that not all of it was looked at. */
async function isExhaustive<T>({ scanned }: FilteredList<T>): Promise<boolean> {
  try {
    return (await scanned?.())?.isExhaustive ?? true;
  } catch {
    return false;
  }
}

/**
 * A row of which not even the id could be read takes the cursor of the one before, or of the start, after which it comes
 * again: the upstream can only go on behind an id.
 */
function edgesOf<T>(
  page: ListRows<T>,
  { after, cursorOf: ownCursorOf }: Connection<T>,
  usually: (entity: T) => string,
): Edge<T>[] {
  const cursorOf = ownCursorOf ?? cursorById(usually);
  let cursor = after ?? START_OF_LIST;
  return page.rows.map((node) => {
    cursor = cursorOf(node) ?? cursor;
    return { cursor, node };
  });
}

function cursorById<T>(idOf: (entity: T) => string): (row: Row<T>) => string | undefined {
  return (row) => {
    if (row instanceof UnreadableRow) return row.id;
    return row instanceof GatewayError ? undefined : idOf(row);
  };
}

function readable<T>(row: Row<T>): T {
  if (row instanceof GatewayError) throw row;
  return row;
}
