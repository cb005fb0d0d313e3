/** `createRefreshAhead`: executes what is asked for again and again anew before its cached answer is too old, so that nobody waits for that. */
import type { Clock } from '../../clock.ts';
import { GatewayError } from '../../errors.ts';
import type { Caller } from '../../security/caller.ts';
import type { Account } from '../../upstream/account.ts';
import type { CachedResponse, ResponseUse } from './response-cache.ts';
import type { ReadRecord } from '../../upstream/cache/read-tracker.ts';

export interface RefreshAhead extends Disposable {
  /** In milliseconds: when an execution starts, see `ExecutedAnswer.startedAtMs`. */
  now(): number;
  /** Refreshes this answer before it is too old, if it is sent again often enough until then. */
  watch(known: CachedResponse, made: ExecutedAnswer): void;
}

/** How a cached answer was made, and is made again. */
export interface ExecutedAnswer {
  /** What it was made of. */
  readonly reads: Pick<ReadRecord, 'freshUntilMs' | 'isValid'>;
  readonly startedAtMs: number;
  /** Executes the same operation once more, and caches its answer. Rejects with a `GatewayError` when that is not admitted. */
  readonly execute: (request: RefreshRequest) => Promise<Refreshed>;
}

export interface RefreshRequest {
  /** Who has asked for the answer last. */
  readonly caller: Caller;
  /** What is not fresh at this instant is read anew, as Unix time in milliseconds. */
  readonly freshAtMs: number;
  /** Aborts when the gateway shuts down. */
  readonly signal: AbortSignal;
}

export interface Refreshed {
  /** Whether there is an answer without errors. */
  readonly isCached: boolean;
  /** Upstream calls that it took. */
  readonly calls: number;
}

/** `skipped`: there was no room for it. */
export type RefreshResult = 'refreshed' | 'failed' | 'skipped';

export interface RefreshAheadOptions {
  readonly clock: Clock;
  /** From 0 to below 1: spreads what became fresh together. */
  readonly random: () => number;
  /** The maximum age of what may change at any moment, in milliseconds; more than 0. */
  readonly liveMs: number;
  /** Answers of one account that are refreshed ahead at the same time. */
  readonly maxAnswers: number;
  /** Whether calls of this account would hold up nobody. */
  readonly hasSpareSlots: (account: Account) => boolean;
  /** Called when a refresh has ended, or was not begun. Must not throw. */
  readonly onEnd: (ended: { readonly result: RefreshResult; readonly calls: number }) => void;
  /** Called with what nobody expected. */
  readonly onDefect: (error: unknown) => void;
}

/** How often an answer is sent from the cache before it is refreshed. */
const MIN_HITS = 2;
/** Refreshes of one account that are under way at once. */
const MAX_CONCURRENT = 16;
/** Shares of `liveMs`. A refresh begins at least so long before the answer is too old, */
const LEAST_LEAD = 0.1;
/** and at most so long: beyond it the upstream is too slow for anybody to be spared all waiting. */
const MOST_LEAD = 0.5;
const JITTER = 0.1;
/** What is too old so soon after the answer itself is read anew with it, because it was read for the same answer. */
const MOST_SLACK = 0.25;

/** A cached answer that is refreshed when it is sent often enough. */
class WatchedAnswer implements ResponseUse {
  readonly made: ExecutedAnswer;
  /** How long its execution took. */
  readonly durationMs: number;
  readonly #onWanted: (watched: WatchedAnswer, caller: Caller) => void;
  /** How often it was sent since it was cached, or since its refresh was put off. */
  hits = 0;
  /** Who has asked for it last. */
  caller: Caller | null = null;
  isDue = false;

  constructor(
    made: ExecutedAnswer,
    given: {
      readonly durationMs: number;
      readonly onWanted: (watched: WatchedAnswer, caller: Caller) => void;
    },
  ) {
    this.made = made;
    this.durationMs = given.durationMs;
    this.#onWanted = given.onWanted;
  }

  hit(caller: Caller): void {
    this.hits++;
    this.caller = caller;
    if (!this.isDue && this.hits >= MIN_HITS) this.#onWanted(this, caller);
  }
}

/** What is to be refreshed of one account, each with what cancels that, and how many refreshes of it are under way. */
interface AccountRefreshes {
  readonly due: Map<WatchedAnswer, () => void>;
  underWay: number;
}

export function createRefreshAhead(options: RefreshAheadOptions): RefreshAhead {
  const { clock, random, liveMs, maxAnswers, hasSpareSlots, onEnd, onDefect } = options;
  const life = new AbortController();
  const accounts = new Map<string, AccountRefreshes>();

  const leadOf = ({ durationMs }: WatchedAnswer) =>
    Math.min(MOST_LEAD * liveMs, Math.max(2 * durationMs, LEAST_LEAD * liveMs) + random() * JITTER * liveMs);

  const schedule = (watched: WatchedAnswer, { account: { id } }: Caller) => {
    const account = accounts.get(id) ?? { due: new Map<WatchedAnswer, () => void>(), underWay: 0 };
    if (account.due.size >= maxAnswers || life.signal.aborted) return;
    accounts.set(id, account);
    watched.isDue = true;
    const leadMs = leadOf(watched);
    const waitMs = watched.made.reads.freshUntilMs - leadMs - clock.now();
    const cancel = clock.after(waitMs, () => {
      account.due.delete(watched);
      void refresh(watched, { account, leadMs })
        .catch(onDefect)
        .finally(() => {
          if (account.due.size === 0 && account.underWay === 0) accounts.delete(id);
        });
    });
    account.due.set(watched, cancel);
  };

  const refresh = async (
    watched: WatchedAnswer,
    { account, leadMs }: { readonly account: AccountRefreshes; readonly leadMs: number },
  ) => {
    const { made, caller } = watched;
    const nowMs = clock.now();
    if (!made.reads.isValid(nowMs) || !caller || caller.endAt(nowMs)) return;
    // What it was made of was read anew for others meanwhile.
    if (made.reads.freshUntilMs - leadMs > nowMs) {
      const isAsked = watched.hits >= MIN_HITS;
      watched.hits = 0;
      watched.isDue = false;
      if (isAsked) schedule(watched, caller);
      return;
    }
    if (account.underWay >= MAX_CONCURRENT || !hasSpareSlots(caller.account)) {
      onEnd({ result: 'skipped', calls: 0 });
      return;
    }
    account.underWay++;
    try {
      const freshAtMs = nowMs + leadMs + Math.min(leadMs, MOST_SLACK * liveMs);
      const { isCached, calls } = await made.execute({ caller, freshAtMs, signal: life.signal });
      onEnd({ result: isCached ? 'refreshed' : 'failed', calls });
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      onEnd({ result: 'skipped', calls: 0 });
    } finally {
      account.underWay--;
    }
  };

  return {
    now: () => clock.now(),
    watch: (known, made) => {
      // What never changes is never too old.
      if (made.reads.freshUntilMs === Infinity) return;
      const durationMs = clock.now() - made.startedAtMs;
      known.use = new WatchedAnswer(made, { durationMs, onWanted: schedule });
    },
    [Symbol.dispose]: () => {
      life.abort(new GatewayError('UPSTREAM_UNAVAILABLE', 'The gateway is shutting down'));
      for (const { due } of accounts.values()) for (const cancel of due.values()) cancel();
      accounts.clear();
    },
  };
}
