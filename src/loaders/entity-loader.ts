/** `EntityLoader`: looks entities up by id, each id once per operation. */
import DataLoader from 'dataloader';
import type { Listed } from '../upstream/types.ts';
import type { Wanted } from './plan/strategy.ts';

/** An entity is null when the upstream does not know the id; a look-up that failed rejects for that id alone. */
export interface EntityLoader<T, Origin = never> {
  /** `origin` says what is known of where the id comes from: it saves calls, and never changes the answer. */
  load(id: string, origin?: Origin): T | null | Promise<T | null>;
  /** Primes an entity that an answer carried, so that it is not requested again. A partial one is ignored. */
  readonly prime: (entity: T) => void;
  /** What is cached; undefined when it has to be requested, or is under way. */
  readonly peek: (id: string) => T | null | undefined;
}

export interface EntityLoaderOptions<T, Origin> {
  /**
   * Answers all ids of one turn of the event loop together, with an entity, null or an `Error` for each, in their order. One
   * that cannot be fetched fails no other.
   */
  readonly loadMany: (wanted: readonly Wanted[]) => Promise<readonly (T | null | Error)[]>;
  /** What is cached; undefined when it has to be requested. */
  readonly peek?: (id: string) => T | null | undefined;
  /** What the planner gets to know; asked when the batch is sent, and so knows what was answered in the meantime. */
  readonly hintOf?: (origin: Origin) => Wanted['hint'];
}

interface Asked<Origin> {
  readonly id: string;
  readonly origin: Origin | undefined;
}

export function createEntityLoader<T extends Listed & { readonly id: string }, Origin = never>(
  options: EntityLoaderOptions<T, Origin>,
): EntityLoader<T, Origin> {
  const { loadMany, peek, hintOf } = options;
  const known = new Map<string, T | null>();
  const underWay = new Map<string, Promise<T | null>>();
  let made: DataLoader<Asked<Origin>, T | null> | undefined;
  const batch = () =>
    (made ??= new DataLoader<Asked<Origin>, T | null>(
      (keys) =>
        loadMany(
          keys.map(({ id, origin }) => ({ id, hint: origin === undefined ? undefined : hintOf?.(origin) })),
        ),
      // What was answered, and what is under way, is remembered here: an answer needs no promise then.
      { cache: false },
    ));

  return {
    load(id, origin) {
      const answered = known.get(id);
      if (answered !== undefined) return answered;
      const asked = underWay.get(id);
      if (asked) return asked;
      const cached = peek?.(id);
      if (cached !== undefined) {
        known.set(id, cached);
        return cached;
      }
      const answer = batch()
        .load({ id, origin })
        .then((entity) => {
          // A list that came first has primed it already: one answer never shows two versions.
          const first = known.get(id);
          if (first !== undefined) return first;
          known.set(id, entity);
          return entity;
        });
      underWay.set(id, answer);
      return answer;
    },
    prime: (entity) => {
      if (entity.isPartial || known.has(entity.id)) return;
      known.set(entity.id, entity);
    },
    peek: (id) => {
      const answered = known.get(id);
      return answered === undefined ? peek?.(id) : answered;
    },
  };
}

/** Asks for each key by itself, concurrently: what is left where the upstream has no other way. */
export function oneByOne<T, Key = string>(
  load: (key: Key) => Promise<T | null>,
): (keys: readonly Key[]) => Promise<readonly (T | null | Error)[]> {
  return (keys) => Promise.all(keys.map((key) => load(key).catch(asError)));
}

export function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('A look-up failed', { cause: reason });
}
