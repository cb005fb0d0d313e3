/** Waits for an entity to reach a status, or for the poll to run out. */
import { ApiError } from '../wire/api-error.ts';
import type { Clock } from '../../clock.ts';
import type { Fields } from '../http/fields.ts';
import type { Collection } from '../store/collection.ts';

export interface LongPoll<T> {
  /** Undefined when the entity was dropped meanwhile. */
  readonly isReached: (view: T) => boolean;
  readonly timeoutSeconds: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The entity once it is there, or undefined when the time ran out. */
export async function waitFor<T, Field extends string>(
  collection: Collection<T, Field>,
  id: string,
  { isReached, timeoutSeconds, clock, signal }: LongPoll<T>,
): Promise<T | undefined> {
  const isThere = () => {
    const view = collection.get(id);
    return view === undefined || isReached(view);
  };
  if (!isThere()) {
    const wait = new AbortController();
    const onEnd = () => {
      wait.abort();
    };
    const stopWatching = collection.watch(id, () => {
      if (isThere()) onEnd();
    });
    signal.addEventListener('abort', onEnd, { once: true });
    if (signal.aborted) onEnd();
    await clock.sleep(timeoutSeconds * 1_000, wait.signal).catch(() => undefined);
    signal.removeEventListener('abort', onEnd);
    stopWatching();
  }
  const view = collection.get(id);
  return view !== undefined && isReached(view) ? view : undefined;
}

/** The statuses that a poll waits for, and for how long at most. */
export function pollOf(
  body: Fields,
  known: readonly string[],
  maxSeconds: number,
): { readonly statuses: ReadonlySet<string>; readonly timeoutSeconds: number } {
  const statuses = body.strings('statuses') ?? [];
  const unknown = statuses.filter((status) => !known.includes(status));
  if (statuses.length === 0 || unknown.length > 0) {
    throw ApiError.invalid(`statuses must name one or more of ${known.join(', ')}`);
  }
  const timeoutSeconds = body.number('timeout_seconds') ?? maxSeconds;
  if (timeoutSeconds < 0 || timeoutSeconds > maxSeconds) {
    throw ApiError.invalid(`timeout_seconds must be from 0 to ${String(maxSeconds)}`);
  }
  return { statuses: new Set(statuses), timeoutSeconds };
}
