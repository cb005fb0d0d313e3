/** `cacheKey`: equal reads have equal keys, whatever the order of their conditions. Conditions that are undefined are left out. */
import type { PageRequest } from '../page-request.ts';

export function cacheKey(endpoint: string, filter: object, page?: PageRequest): string {
  const conditions = Object.entries(filter)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const conditionsText = conditions.length === 0 ? '' : JSON.stringify(conditions);
  if (!page) return `${endpoint} ${conditionsText}`;
  const { limit, after, totalCount } = page;
  // An empty cursor has a key of its own: the upstream refuses it, and answers a read without one.
  const cursor = after === undefined ? '' : JSON.stringify(after);
  return `${endpoint} ${String(limit)}${totalCount ? ' counted' : ''} ${cursor} ${conditionsText}`;
}

/** How many conditions a filter has. */
export function conditionCount(filter: object): number {
  return Object.values(filter).filter((value) => value !== undefined).length;
}
