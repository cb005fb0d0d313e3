/** `openPublishedKeys`: the public keys of an issuer, of a file or an address, refreshed while a caller depends on them. */
import { createRemoteJWKSet, errors } from 'jose';
import type { Clock } from '../clock.ts';
import { repeat } from '../process/repeat.ts';
import { createTurnBudget } from '../process/turn-budget.ts';
import { type KeySet, keySetOf, parseKeySet } from './key-set.ts';
import { openWatchedFile, type FileObserver } from './watched-file.ts';

export type KeySource =
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'url';
      readonly url: string;
      /** How long a fetch may take. */
      readonly timeoutMs: number;
      /** How long fetched keys count. */
      readonly maxAgeMs: number;
    };

export interface KeysObserver extends FileObserver {
  /** The keys cannot be fetched; a token that was not verified before is refused as retryable. */
  keysUnavailable(code: string): void;
  /** Keys have been published or withdrawn; these are their names. */
  keysChanged(change: { readonly added: readonly string[]; readonly withdrawn: readonly string[] }): void;
}

export interface PublishedKeys extends Disposable {
  readonly find: KeySet['find'];
  /** Whether the key that has this mark is still published, as far as is known. */
  holds(mark: string): boolean;
  /** Looks at a file of keys now; fetched ones are fetched again by themselves. */
  look(): Promise<void>;
  /** A caller is authenticated by one of the keys until then, as Unix time in milliseconds: its withdrawal has to be noticed. */
  relyUntil(ms: number): void;
}

export interface PublishedKeysOptions {
  readonly keys: KeySource;
  readonly clock: Clock;
  /** How often a file of keys is looked at, in milliseconds. */
  readonly checkIntervalMs: number;
  readonly observer: KeysObserver;
}

export async function openPublishedKeys(options: PublishedKeysOptions): Promise<PublishedKeys> {
  const { keys, clock, checkIntervalMs, observer } = options;
  if (keys.kind === 'url') return createFetchedKeys({ ...options, keys });
  let latest: KeySet | null = null;
  const file = await openWatchedFile({
    path: keys.path,
    parse: (text) => {
      const set = parseKeySet(text);
      tellChange(observer, latest, set);
      latest = set;
      return set;
    },
    clock,
    intervalMs: checkIntervalMs,
    observer,
  });
  return {
    find: (header, token) => file.current.find(header, token),
    holds: (mark) => file.current.names.has(mark),
    relyUntil: () => undefined,
    look: () => file.look(),
    [Symbol.dispose]: () => {
      file[Symbol.dispose]();
    },
  };
}

/** How long keys that were just fetched are not fetched again for a token that names none of them, in milliseconds. */
const COOLDOWN_MS = 30_000;

/** Tokens whose key is looked for per turn of the event loop, of those that have waited for keys together. */
const FOUND_PER_TURN = 2;

/** Longest wait until keys that could not be fetched are fetched again, in milliseconds. */
const MAX_RETRY_MS = 30_000;

function createFetchedKeys(
  options: PublishedKeysOptions & { readonly keys: Extract<KeySource, { kind: 'url' }> },
): PublishedKeys {
  const { keys, clock, observer } = options;
  const { url, timeoutMs, maxAgeMs } = keys;
  const stopped = new AbortController();
  let current: KeySet | null = null;
  let readAtMs = -Infinity;
  let reading: Promise<KeySet> | null = null;
  let neededUntilMs = -Infinity;
  let isWatching = false;
  let waitMs = maxAgeMs;
  const isOlderThan = (ms: number) => clock.now() - readAtMs >= ms;

  const read = (): Promise<KeySet> =>
    (reading ??= fetchKeySet(url, timeoutMs)
      .then((set) => {
        tellChange(observer, current, set);
        current = set;
        readAtMs = clock.now();
        return set;
      })
      .finally(() => {
        reading = null;
      }));

  /** A cached token needs no keys: without these refreshes the withdrawal of a key would not be noticed. */
  const look = async () => {
    try {
      if (isOlderThan(maxAgeMs)) await read();
      waitMs = Math.max(1, readAtMs + maxAgeMs - clock.now());
    } catch (error) {
      waitMs = Math.min(maxAgeMs, MAX_RETRY_MS);
      // Authenticated callers stay so: an issuer that is unreachable has withdrawn nothing.
      observer.keysUnavailable(codeOf(error));
    }
  };

  const acquireTurn = createTurnBudget({
    nextTurn: (wake) => {
      clock.nextTurn(wake);
    },
    perTurn: FOUND_PER_TURN,
  });

  /** Those who have waited for the same keys go on a few per turn of the event loop. */
  const readForToken = async (): Promise<KeySet> => {
    const set = await read();
    await acquireTurn(1);
    return set;
  };

  return {
    find: async (header, token) => {
      const set = current && !isOlderThan(maxAgeMs) ? current : await readForToken();
      try {
        return await set.find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey) || !isOlderThan(COOLDOWN_MS)) throw error;
        return (await readForToken()).find(header, token);
      }
    },
    holds: (mark) => current?.names.has(mark) === true,
    look: () => Promise.resolve(),
    relyUntil: (ms) => {
      neededUntilMs = Math.max(neededUntilMs, ms);
      if (isWatching) return;
      isWatching = true;
      waitMs = maxAgeMs;
      void repeat({
        clock,
        waitMs: () => {
          isWatching = clock.now() < neededUntilMs;
          return isWatching ? waitMs : null;
        },
        run: look,
        signal: stopped.signal,
        onDefect: observer.onDefect,
      });
    },
    [Symbol.dispose]: () => {
      stopped.abort();
    },
  };
}

/** Rejects when it cannot be fetched within the time, or is no key set. A redirection is not followed. */
async function fetchKeySet(url: string, timeoutMs: number): Promise<KeySet> {
  // How long its keys count is decided here, by the clock of the gateway: each fetch is one of its own.
  const fetched = createRemoteJWKSet(new URL(url), { timeoutDuration: timeoutMs });
  await fetched.reload();
  return keySetOf(fetched.jwks() ?? { keys: [] });
}

/** A word for a failure, which is all that is logged of it. */
export function codeOf(error: unknown): string {
  const failure = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (failure instanceof Error && 'code' in failure) return String(failure.code);
  return failure instanceof Error ? failure.name : 'unknown';
}

function tellChange(observer: KeysObserver, before: KeySet | null, after: KeySet): void {
  const news = namesBeyond(after, before);
  const withdrawn = before ? namesBeyond(before, after) : [];
  if (news.length + withdrawn.length > 0) observer.keysChanged({ added: news, withdrawn });
}

/** The names of keys of one set that are not in the other. */
function namesBeyond(set: KeySet, other: KeySet | null): readonly string[] {
  return [...set.names].flatMap(([mark, name]) => (other?.names.has(mark) ? [] : [name]));
}
