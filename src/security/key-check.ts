/** `createKeyCheck`: which keys the upstream has accepted or refused, and how many that it does not know yet may ask at once. */
import { BoundedMap } from '../memory/bounded-map.ts';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Account } from '../upstream/account.ts';
import { createCheckQueue } from './check-queue.ts';

export interface KeyCheck {
  /**
   * Admits a request with this key; so many bytes of its body wait meanwhile. A key that the upstream has not accepted yet
   * may try one operation, which shows whether it is valid, unless clients present invalid ones; any other is checked
   * first. Rejects with UNAUTHENTICATED when the upstream refuses the key, with RATE_LIMITED when too many are checked.
   */
  admit(account: Account, waitingBytes: number): Promise<void>;
  /** Resolves when the upstream has accepted the key, and lately enough. Rejects as `admit` does. */
  confirm(account: Account): Promise<void>;
  /** Whether the upstream has accepted the key. Until then its caller counts as anonymous. */
  isAccepted(accountId: string): boolean;
  /** Whether a refusal of the key is cached. */
  isRefused(accountId: string): boolean;
  /** Accepts or refuses a key by the status of a call that was sent with it. */
  readonly noteCall: (call: KeyedCall) => void;
}

/** A call that the upstream has answered. */
export interface KeyedCall {
  readonly accountId: string;
  readonly route: string;
  readonly status: number;
}

export interface KeyCheckOptions {
  /** Rejects with what the upstream says about the key, or with why it cannot say. */
  readonly ping: (account: Account) => Promise<void>;
  readonly clock: Clock;
  /** How long a key counts as good after the upstream has accepted it, in milliseconds. */
  readonly intervalMs: number;
  /** How long a refused key is refused without asking again, in milliseconds. */
  readonly refusedMs: number;
  /** Accepted keys that are cached; beyond it the least recently used is evicted, and checked like a new one. */
  readonly maxKeys: number;
  /** Checks of keys that run at once. */
  readonly maxChecks: number;
  /** What may wait for these checks, in bytes. */
  readonly maxWaitingBytes: () => number;
}

interface Accepted {
  /** When the upstream said so last; -Infinity when it has said something else since. */
  goodAtMs: number;
}

interface Refused {
  readonly untilMs: number;
  readonly error: GatewayError;
}

/** Refused keys that are cached. Beyond it the oldest is evicted, and checked once more, which is bounded as well. */
const MAX_REFUSED = 10_000;

/** Keys that try an operation at once. While they are tried they take what the upstream has for everybody. */
const MAX_TRIALS = 4;

/** How long an operation that shows nothing of its key keeps the place of one that tries, in milliseconds. */
const TRIAL_MS = 30_000;

export function createKeyCheck(options: KeyCheckOptions): KeyCheck {
  const { ping, clock, intervalMs, refusedMs, maxKeys } = options;
  // Separate caches, so that invented keys evict no accepted ones.
  const accepted = new BoundedMap<Accepted>({ maxEntries: maxKeys });
  const refused = new BoundedMap<Refused>({ maxEntries: MAX_REFUSED });
  /** Until when each key that tries an operation may do so, in the order of their start. */
  const trials = new Map<string, number>();
  /** Checks under way: concurrent requests with the same key share one. */
  const checks = new Map<string, Promise<void>>();
  const queue = createCheckQueue(options);
  let lastRefusedAtMs = -Infinity;

  const accept = (accountId: string) => {
    trials.delete(accountId);
    refused.delete(accountId);
    const known = accepted.get(accountId);
    if (known) known.goodAtMs = clock.now();
    else accepted.set(accountId, { goodAtMs: clock.now() });
  };

  const refuse = (accountId: string, error: GatewayError) => {
    trials.delete(accountId);
    accepted.delete(accountId);
    lastRefusedAtMs = clock.now();
    refused.set(accountId, { untilMs: clock.now() + refusedMs, error });
  };

  const refusalOf = (accountId: string): GatewayError | null => {
    const known = refused.get(accountId);
    if (!known) return null;
    if (clock.now() < known.untilMs) return known.error;
    refused.delete(accountId);
    return null;
  };

  const ask = async (account: Account): Promise<void> => {
    try {
      await ping(account);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      if (error.code === 'UNAUTHENTICATED') refuse(account.id, error);
      // A key that may not read whose account it is, is one that the upstream knows.
      if (error.code !== 'FORBIDDEN') throw error;
    }
    accept(account.id);
  };

  const once = (account: Account, check: () => Promise<void>): Promise<void> => {
    const underWay = checks.get(account.id);
    if (underWay) return underWay;
    const started = check().finally(() => checks.delete(account.id));
    checks.set(account.id, started);
    return started;
  };

  /** Asks about a key that was accepted before. An upstream that cannot say leaves things as they are. */
  const askAgain = async (account: Account, known: Accepted) => {
    try {
      await ask(account);
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code === 'UNAUTHENTICATED') throw error;
      known.goodAtMs = clock.now();
    }
  };

  /** Undefined when there is nothing to wait for. */
  const checkKnown = (account: Account): Promise<void> | undefined | 'unknown' => {
    const known = accepted.get(account.id);
    if (known) {
      if (clock.now() - known.goodAtMs < intervalMs) return undefined;
      return once(account, () => askAgain(account, known));
    }
    const refusal = refusalOf(account.id);
    return refusal ? Promise.reject(refusal) : 'unknown';
  };

  const checkNew = (account: Account, waitingBytes: number): Promise<void> =>
    queue.wait(waitingBytes, () => once(account, () => queue.run(() => ask(account))));

  const mayTry = (accountId: string): boolean => {
    const nowMs = clock.now();
    for (const [key, untilMs] of trials) if (untilMs <= nowMs) trials.delete(key);
    if (nowMs - lastRefusedAtMs < refusedMs || trials.size >= MAX_TRIALS || trials.has(accountId))
      return false;
    trials.set(accountId, nowMs + TRIAL_MS);
    return true;
  };

  return {
    async admit(account, waitingBytes) {
      const check = checkKnown(account);
      if (check === undefined) return;
      if (check !== 'unknown') await check;
      else if (!mayTry(account.id)) await checkNew(account, waitingBytes);
    },
    async confirm(account) {
      const check = checkKnown(account);
      if (check === undefined) return;
      await (check === 'unknown' ? checkNew(account, 0) : check);
    },
    isAccepted: (accountId) => accepted.get(accountId) !== undefined,
    isRefused: (accountId) => refusalOf(accountId) !== null,
    noteCall({ accountId, route, status }) {
      const known = accepted.get(accountId);
      if (status === 401) {
        // What one endpoint refuses once does not end what is open: it is asked about before the next request.
        if (known) known.goodAtMs = -Infinity;
        else refuse(accountId, new GatewayError('UNAUTHENTICATED', 'Runloop refused the API key'));
      } else if (status >= 200 && status < 300 && !isPublic(route)) accept(accountId);
    },
  };
}

/** Whether the answer is one for everybody, which shows nothing of a key. */
function isPublic(route: string): boolean {
  return route.endsWith('/list_public');
}
