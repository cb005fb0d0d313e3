/** Turns entities into replies. */
import { ApiError } from '../wire/api-error.ts';
import type { Collection } from '../store/collection.ts';

/** The entity's JSON, or a 404 that names the id. */
export function entityReply<T, Field extends string>(
  collection: Collection<T, Field>,
  kind: string,
  id: string | undefined,
): string {
  const json = id === undefined ? undefined : collection.json(id);
  if (json === undefined) throw ApiError.missing(kind, id ?? '');
  return json;
}

/** The entity, or a 404 that names the id. */
export function entity<T, Field extends string>(
  collection: Collection<T, Field>,
  kind: string,
  id: string | undefined,
): T {
  const view = id === undefined ? undefined : collection.get(id);
  if (view === undefined) throw ApiError.missing(kind, id ?? '');
  return view;
}
