/** What tools have to know about the graph that its SDL does not say. */
import { KEYLESS_TYPES } from './keyless-types.ts';

/** How the scalars of the graph are written as JSON: `config.scalars` of GraphQL Code Generator. */
export const scalars = {
  /** An instant by RFC 3339, in UTC with milliseconds. */
  DateTime: 'string',
  /** Opaque. */
  Cursor: 'string',
  JSON: 'unknown',
} as const;

/** The types that have no id and are a part of what they stand in: `keys` of urql's `cacheExchange`. */
export const keys: Readonly<Record<string, () => null>> = Object.fromEntries(
  KEYLESS_TYPES.map((name) => [name, () => null]),
);

/**
 * `typePolicies` of Apollo's `InMemoryCache`: what has no id is merged into what it stands in, so that two queries for other fields of
 * a run's progress do not replace each other's.
 */
export const typePolicies: Readonly<Record<string, { readonly merge: true }>> = Object.fromEntries(
  KEYLESS_TYPES.map((name) => [name, { merge: true }]),
);
