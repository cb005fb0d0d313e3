/** `EntityLoader`: looks entities up by id, each id once per operation. */
import DataLoader from 'dataloader';

/** An entity is null when the upstream does not know the id; a look-up that failed rejects for that id alone. */
export interface EntityLoader<T> {
  load(id: string): Promise<T | null>;
  /** Hands over an entity that an answer carried, so that nobody asks for it again. */
  readonly prime: (entity: T) => void;
}

/**
 * Answers every id of one turn of the event loop together, by `loadMany`, which owes an entity, null or an `Error` for
 * each id in the same order: one id that cannot be fetched fails nobody else.
 */
export function createEntityLoader<T extends { readonly id: string }>(
  loadMany: (ids: readonly string[]) => Promise<readonly (T | null | Error)[]>,
): EntityLoader<T> {
  const loader = new DataLoader<string, T | null>(loadMany);
  return {
    load: (id) => loader.load(id),
    prime: (entity) => {
      loader.prime(entity.id, entity);
    },
  };
}

/** Asks for each id by itself, side by side: what is left where the upstream has no other way. */
export function oneByOne<T>(
  load: (id: string) => Promise<T | null>,
): (ids: readonly string[]) => Promise<readonly (T | null | Error)[]> {
  return (ids) => Promise.all(ids.map((id) => load(id).catch(asError)));
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('A look-up failed', { cause: reason });
}
