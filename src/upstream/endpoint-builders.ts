/** What makes rows of the endpoint table: it fills in what most endpoints have in common, and lets types be inferred. */
import type {
  DetailEndpoint,
  Done,
  ListEndpoint,
  MutationEndpoint,
  WaitEndpoint,
  WithId,
} from './endpoint-rows.ts';
import { type ParseRow, parseRows } from './rest/parse/page.ts';
import type { Query } from './rest/query.ts';
import type { Entity, Kind, Row } from './types.ts';

type Defaults<T, Defaulted extends keyof T> = Omit<T, Defaulted> & Partial<Pick<T, Defaulted>>;

/** By default it changes at any moment, counts only when asked to, and its rows answer look-ups. */
export function list<Filter extends object, K extends Kind>(
  row: Defaults<ListEndpoint<Filter, K>, 'isCounted' | 'cache' | 'primes'>,
): ListEndpoint<Filter, K> {
  return { isCounted: true, cache: 'live', primes: true, ...row };
}

/** By default it is no list, and takes nothing but the id. */
export function detail<Of extends WithId, T>(row: {
  readonly route: string;
  readonly parse: ParseRow<T>;
  readonly query?: (of: Of) => Query;
}): DetailEndpoint<Of, T> {
  const { route, parse, query = () => ({}) } = row;
  return { route, query, parse: ({ body }, report) => parse(body, report), cache: 'live' };
}

/** A list without pages. */
export function rows<Of extends WithId, T>(row: {
  readonly route: string;
  readonly wrapper: string;
  readonly parse: ParseRow<T>;
  readonly query: (of: Of) => Query;
}): DetailEndpoint<Of, readonly Row<T>[]> {
  const { route, wrapper, parse, query } = row;
  return {
    route,
    query,
    rows: { wrapper, parse },
    parse: ({ body, rows: large }, report) =>
      // They are what `rows.parse` has made.
      (large as readonly Row<T>[] | undefined) ?? parseRows(body, wrapper, parse, report),
    cache: 'live',
  };
}

export function wait<On extends WithId, K extends Kind>(row: WaitEndpoint<On, K>): WaitEndpoint<On, K> {
  return row;
}

export function mutation<Input, Answer extends Entity | Done>(
  row: MutationEndpoint<Input, Answer>,
): MutationEndpoint<Input, Answer> {
  return row;
}
