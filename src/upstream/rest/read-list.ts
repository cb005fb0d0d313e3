/** `createListReader`: a page of a list, in one call, or in as many as it takes where its rows are large. */
import { BoundedMap } from '../../memory/bounded-map.ts';
import { GatewayError } from '../../errors.ts';
import { createFirstSeen, placeOf } from '../walk-pages.ts';
import { type CallRequest, type Calls, parseJson } from './calls.ts';
import { toGatewayError } from './error-mapping.ts';
import { pageQuery, uncountedPageQuery } from './filter-queries.ts';
import { parseListed, parsePage, type ParseRow } from './parse/page.ts';
import type { ReportUnknown } from './parse/enum-values.ts';
import type { Query } from './query.ts';
import type { RowCompleteness } from './row-completeness.ts';
import type { Kind, Listed, Page, Row } from '../types.ts';
import type { PageRequest } from '../page-request.ts';
import type { UpstreamCaller } from '../caller.ts';

/** What a list consists of: the property that holds its rows, of which kind they are, and how to read one. */
export interface ListOf<T> {
  readonly kind: Kind;
  readonly wrapper: string;
  readonly parse: ParseRow<T>;
  /**
   * False for the list that cannot be asked not to count.
   * @default true
   */
  readonly isCounted?: boolean;
}

export interface ListRequest {
  readonly page: PageRequest;
  readonly place: Pick<CallRequest, 'route' | 'id'>;
  readonly filter: Query;
}

type ListedEntity = Listed & { readonly id: string };

export type ListReader = <T extends ListedEntity>(
  caller: UpstreamCaller,
  of: ListOf<T>,
  request: ListRequest,
) => Promise<Page<T>>;

/** A page of an answer, and what it says about the size of the list's rows. */
interface Part<T> extends Page<T> {
  /** Undefined where the answer was small. */
  readonly rowBytes: number | undefined;
  /** The answer was larger than what is read of one: it goes on behind these rows, and its count is not known. */
  readonly isCut: boolean;
}

/** Lists of large rows for which it is remembered how many fit into an answer. */
const MOST_LARGE_LISTS = 1_000;
/** Share of the largest answer that one with so many rows is expected to have. */
const EXPECTED_SHARE = 0.5;
/** By how much more is asked for where an answer was small after all. */
const FEW_BYTES_GROWTH = 4;

export function createListReader(given: {
  readonly calls: Calls;
  readonly completeness: RowCompleteness;
  readonly report: ReportUnknown;
  readonly responseMaxBytes: number;
}): ListReader {
  const { calls, completeness, report, responseMaxBytes } = given;
  /** Rows that are asked for at once in a list of which an answer was too large. */
  const rowsAtOnce = new BoundedMap<number>({ maxEntries: MOST_LARGE_LISTS });

  async function readPart<T extends ListedEntity>(
    caller: UpstreamCaller,
    of: ListOf<T>,
    { page, place, filter }: ListRequest,
  ): Promise<Part<T>> {
    const query = { ...filter, ...(of.isCounted === false ? uncountedPageQuery(page) : pageQuery(page)) };
    const parseRow = parseListed(of.parse, (row) => completeness.isWhole(place.route, of.kind, row));
    const read = (text: string) => parseRow(parseJson(text), report);
    const answer = await calls.send(caller, {
      method: 'GET',
      ...place,
      query,
      rows: { wrapper: of.wrapper, read },
    });
    if (answer === null) throw new GatewayError('NOT_FOUND', 'Runloop does not know what was to be listed');
    // They are what `read` has made.
    const rows = answer.rows as readonly Row<T>[] | undefined;
    const { isCut = false, rowBytes } = answer;
    if (isCut && rows) return { rows: upToAnId(rows), hasMore: true, totalCount: null, rowBytes, isCut };
    return {
      ...parsePage(answer.body, of.wrapper, parseRow, { page, report, rows }),
      rowBytes,
      isCut: false,
    };
  }

  /** Appends parts to what was read, until the page is whole. */
  async function readOn<T extends ListedEntity>(
    caller: UpstreamCaller,
    of: ListOf<T>,
    { page, ...request }: ListRequest,
    { first, key }: { readonly first: Part<T> | null; readonly key: string },
  ): Promise<Page<T>> {
    const isNew = createFirstSeen();
    const rows = (first?.rows ?? []).filter(isNew);
    let totalCount = first?.totalCount ?? null;
    for (;;) {
      const part: PageRequest = {
        limit: Math.min(page.limit - rows.length, rowsAtOnce.get(key) ?? page.limit),
        after: lastId(rows) ?? page.after,
        totalCount: page.totalCount && totalCount === null,
      };
      const answer = await readPart(caller, of, { ...request, page: part });
      const fresh = answer.rows.filter(isNew);
      rows.push(...fresh);
      totalCount ??= answer.totalCount;
      rowsAtOnce.set(key, fitting(answer) ?? part.limit * FEW_BYTES_GROWTH);
      // Rows that came before lead nowhere, and so do rows without an id.
      const isOver = lastId(fresh) === undefined;
      if (!answer.hasMore || isOver || rows.length >= page.limit)
        return { rows, hasMore: answer.hasMore, totalCount };
    }
  }

  return async (caller, of, request) => {
    const key = `${caller.account.id} ${request.place.route} ${request.place.id ?? ''}`;
    if (request.page.limit === 0) return readPart(caller, of, request);
    if (rowsAtOnce.get(key) !== undefined) return readOn(caller, of, request, { first: null, key });
    const first = await readPart(caller, of, request);
    if (!first.isCut) return first;
    rowsAtOnce.set(key, fitting(first) ?? 1);
    return first.rows.length >= request.page.limit ? first : readOn(caller, of, request, { first, key });
  };

  /** How many rows make an answer that is well within the bound; null where they are too small to matter. */
  function fitting({ rows, rowBytes }: Part<unknown>): number | null {
    if (rowBytes === undefined) return null;
    return Math.max(1, Math.floor((rows.length * responseMaxBytes * EXPECTED_SHARE) / Math.max(1, rowBytes)));
  }
}

/** Without the last ones, behind which nobody could ask for more. */
function upToAnId<T extends ListedEntity>(rows: readonly Row<T>[]): readonly Row<T>[] {
  const end = rows.findLastIndex((row) => placeOf(row) !== undefined) + 1;
  if (end === 0) throw tooLarge();
  return rows.slice(0, end);
}

/** Of a list that cannot be read in smaller pages. */
export function tooLarge(): GatewayError {
  return toGatewayError({ kind: 'failure', failure: 'too-large', cause: undefined }, null);
}

function lastId(rows: readonly Row<ListedEntity>[]): string | undefined {
  const last = rows.findLast((row) => placeOf(row) !== undefined);
  return last && placeOf(last);
}
