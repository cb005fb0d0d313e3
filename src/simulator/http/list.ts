/** Answers lists: limits, cursors, counts and filters as every list of the API has them. */
import { ApiError } from '../wire/api-error.ts';
import type { Collection, Page, PageRequest, Where } from '../store/collection.ts';
import type { Call } from './route.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 5_000;

export interface ListOptions<T, Field extends string> {
  /** Fixed by the route. */
  readonly where?: Where<Field>;
  /** Fields that a query parameter of the same name filters on. */
  readonly filters?: readonly Field[];
  /** The words that a filter accepts; any other is a 400. */
  readonly words?: Readonly<Partial<Record<Field, readonly string[]>>>;
  /** Only entities with these ids. */
  readonly among?: readonly string[] | undefined;
  /** Adds what changes by itself, such as how long something has taken so far. */
  readonly seen?: (view: T) => T;
  /** What the `search` parameter looks at; absent when the list has no search. */
  readonly search?: (view: T) => readonly (string | null)[];
}

/** The JSON of a page: `{<wrapper>: […], has_more, total_count}`. */
export function listReply<T, Field extends string>(
  wrapper: string,
  collection: Collection<T, Field>,
  { query }: Pick<Call, 'query'>,
  options: ListOptions<T, Field> = {},
): string {
  const request: PageRequest<T, Field> = {
    where: { ...whereOf(query, options), ...options.where },
    among: options.among,
    matches: searchOf(query, options),
    seen: options.seen,
    limit: limitOf(query),
    startingAfter: query.get('starting_after') ?? undefined,
    isCounted: isCounted(query),
  };
  const page = collection.page(request);
  // The API says nowhere what an unknown cursor means; a list from the start would loop a client for ever.
  if (!page) throw ApiError.invalid(`starting_after ${request.startingAfter ?? ''} is unknown`);
  return pageJson(wrapper, page);
}

function pageJson(wrapper: string, { items, hasMore, total }: Page): string {
  const count = total === undefined ? '' : `,"total_count":${String(total)}`;
  return `{"${wrapper}":[${items.join(',')}],"has_more":${String(hasMore)}${count}}`;
}

function whereOf<T, Field extends string>(
  query: URLSearchParams,
  options: ListOptions<T, Field>,
): Where<Field> {
  const conditions = (options.filters ?? []).flatMap((field) => {
    const value = query.get(field);
    if (value === null || value === '') return [];
    const words = options.words?.[field];
    if (words && !words.includes(value))
      throw ApiError.invalid(`${field} must be one of ${words.join(', ')}`);
    return [[field, value]];
  });
  return Object.fromEntries(conditions) as Where<Field>;
}

function searchOf<T, Field extends string>(
  query: URLSearchParams,
  { search }: ListOptions<T, Field>,
): ((view: T) => boolean) | undefined {
  const wanted = query.get('search')?.toLowerCase();
  if (!search || wanted === undefined || wanted === '') return undefined;
  return (view) => search(view).some((text) => text?.toLowerCase().includes(wanted) ?? false);
}

function limitOf(query: URLSearchParams): number {
  const text = query.get('limit');
  if (text === null || text === '') return DEFAULT_LIMIT;
  const limit = /^\d+$/.test(text) ? Number(text) : NaN;
  if (limit <= MAX_LIMIT) return limit;
  throw ApiError.invalid(`limit must be a whole number from 0 to ${String(MAX_LIMIT)}, not ${text}`);
}

function isCounted(query: URLSearchParams): boolean {
  const text = query.get('include_total_count') ?? 'true';
  if (text === 'true' || text === 'false') return text === 'true';
  throw ApiError.invalid('include_total_count must be true or false');
}
