/** `Live`: whoever follows a thing, follows it here; what anybody reads of a followed thing, passes here. */
import { startDeadline } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { createCursors } from '../events/cursor.ts';
import type { Watchable, WatchRef } from '../events/event.ts';
import type { ReadSpan } from '../events/event-log.ts';
import type { Account } from '../upstream/account.ts';
import { withoutReplicas } from '../events/replicas.ts';
import { raceSignal } from '../values/race-signal.ts';
import { AccountWatches, type ListRead } from './account-watches.ts';
import { createCallerWatches } from './caller-watches.ts';
import { createCovers } from './cover-requests.ts';
import { Follower } from './follower.ts';
import type { LiveOptions } from './live-options.ts';
import type { LiveTopic } from './live-topic.ts';
import type { RefCountedWatch } from './ref-counted-watch.ts';
import { startWatch } from './start-watch.ts';

export interface Live extends AsyncDisposable {
  /**
   * Follows a thing: starts to watch it, or joins those who do. Resolves when it has been read, so that there is a
   * snapshot of now. Rejects with a `GatewayError`: NOT_FOUND when the upstream does not know the id; and with the
   * signal's reason when the follower leaves before. `callerId` is who of several with the same account follows it: one of
   * them may follow so many things and no more. The topic must be disposed, also when the signal aborts later.
   */
  open(
    account: Account,
    ref: WatchRef,
    options: { readonly signal: AbortSignal; readonly callerId?: string | undefined },
  ): Promise<LiveTopic>;
  /**
   * What anybody has just read or changed reaches those who watch it. Answers the freshest version that is known, which
   * is what to show: never older than what a follower has seen. Costs a look-up when nobody watches.
   */
  observe<T extends Watchable>(account: Account, entity: T, read: ReadSpan): T;
  /**
   * The newest rows of a list, as the upstream filters it, that anybody has just read reach those who follow it. Costs a
   * look-up when nobody watches.
   */
  observeList(account: Account, page: ListRead, read: ReadSpan): void;
  /**
   * Something was done to this thing: it is polled now, and so is whatever is watched that may have changed with it, on
   * whichever replica. Resolves when the others are told. Costs a look-up when nobody watches.
   */
  touch(account: Account, ref: WatchRef): Promise<void>;
  /**
   * Resolves when followers can have what was observed until now, and when the log has not taken it for a quarter of a
   * second: then it is recorded when the log is back.
   */
  recorded(account: Account): Promise<void>;
  /** Whether the account watches anything, so that what is read concerns somebody. */
  isWatching(account: Account): boolean;
  /** The upstream has asked this account to come back later: no poll of it starts before. */
  slowDown(account: Account, retryAfterMs: number): void;
  /** This replica leaves: others poll from now on what they follow, too. */
  giveWay(): void;
  /** How many things are watched, those in their grace period included. */
  readonly watcherCount: number;
}

/** The longest that the answer to a mutation waits for the log. */
const RECORDING_TIMEOUT_MS = 250;

/** What a follower is told to wait when there is no room for another watch. */
const FULL_RETRY_AFTER_MS = 1_000;

export function createLive(options: LiveOptions): Live {
  const { clock, settings, replicas = withoutReplicas() } = options;
  const parts = { ...options, replicas };
  const cursors = createCursors(options.cursorKeys);
  /** By account id. Invariant: an account that watches nothing is not in it, so that nothing here knows its key. */
  const accounts = new Map<string, AccountWatches<RefCountedWatch>>();
  const callerWatches = createCallerWatches<RefCountedWatch>({ maxWatches: settings.maxWatchersPerCaller });
  let watcherCount = 0;
  let isDisposed = false;
  replicas.onMoved((accountId) => {
    const watches = accounts.get(accountId);
    if (watches) watches.mutations++;
  });

  function checkOpen(): void {
    if (isDisposed) throw new GatewayError('UPSTREAM_UNAVAILABLE', 'The gateway is shutting down');
  }

  function openWatches(account: Account): AccountWatches<RefCountedWatch> {
    const watches = new AccountWatches<RefCountedWatch>({
      clock,
      maxLongPolls: settings.maxLongPolls,
      onTouch: (listener) => replicas.onTouch(account.id, listener),
    });
    const covers = createCovers({ clock, watches, begin: (ref) => begin(account, ref) });
    watches.own(covers);
    watches.own(replicas.onCoverAsked(account.id, covers.asked));
    return watches;
  }

  function begin(account: Account, ref: WatchRef): RefCountedWatch {
    const known = accounts.get(account.id);
    if (watcherCount >= settings.maxWatchers || (known?.size ?? 0) >= settings.maxWatchersPerAccount)
      throw tooMany();
    const watches = known ?? openWatches(account);
    const onGone = (gone: RefCountedWatch) => {
      watcherCount--;
      watches.remove(gone);
      callerWatches.gone(gone);
      if (watches.size === 0 && accounts.get(account.id) === watches) {
        accounts.delete(account.id);
        watches[Symbol.dispose]();
      }
      // Polls kept the sockets busy; queries alone may not come again for long.
      if (watcherCount === 0) options.upstream.releaseSockets();
    };
    const watch = startWatch(ref, { live: parts, cursors, account, watches, onGone });
    watcherCount++;
    accounts.set(account.id, watches);
    watches.add(watch);
    return watch;
  }

  return {
    async open(account, ref, { signal, callerId }) {
      checkOpen();
      // What is watched here may be older than what another replica has done to it and answered.
      const caughtUp = replicas.catchUp(account.id);
      if (caughtUp) {
        await raceSignal(caughtUp, signal);
        checkOpen();
      }
      const known = accounts.get(account.id)?.get(ref);
      const caller = callerId === undefined ? null : `${account.id} ${callerId}`;
      if (caller !== null) callerWatches.check(caller, known);
      const watched = known ?? begin(account, ref);
      if (caller === null) {
        await watched.join(signal);
        return new Follower(watched.watch.topic.ref, watched.watch.followed, watched.leave);
      }
      const leave = callerWatches.join(caller, watched);
      try {
        await watched.join(signal);
      } catch (error) {
        leave();
        throw error;
      }
      return new Follower(watched.watch.topic.ref, watched.watch.followed, leaving(watched, leave));
    },
    observe<T extends Watchable>(account: Account, entity: T, read: ReadSpan): T {
      const watches = accounts.get(account.id);
      // A version of the same thing has the same type.
      return watches ? (watches.observe(entity, read).entity as T) : entity;
    },
    observeList: (account, page, read) => {
      accounts.get(account.id)?.observeList(page, read);
    },
    touch: (account, ref) => {
      accounts.get(account.id)?.touch(ref);
      return replicas.touch(account.id, ref);
    },
    async recorded({ id }) {
      const recording = accounts.get(id)?.recorded();
      if (!recording) return;
      using deadline = startDeadline(clock, RECORDING_TIMEOUT_MS, { reason: tooLate });
      await raceSignal(recording, deadline.signal).catch(() => undefined);
    },
    isWatching: ({ id }) => accounts.has(id),
    slowDown: (account, retryAfterMs) => {
      accounts.get(account.id)?.polls.slowDown(retryAfterMs);
    },
    giveWay: () => {
      replicas.giveWay();
    },
    get watcherCount() {
      return watcherCount;
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      await Promise.all(
        [...accounts.values()].flatMap((watches) => watches.values().map((watched) => watched.stop())),
      );
    },
  };
}

function leaving(watched: RefCountedWatch, leaveAsCaller: () => void): () => void {
  return () => {
    leaveAsCaller();
    watched.leave();
  };
}

function tooLate(): GatewayError {
  return new GatewayError('UPSTREAM_TIMEOUT', 'The log did not take in time what was done');
}

function tooMany(): GatewayError {
  return new GatewayError('RATE_LIMITED', 'Too many things are being watched', {
    retryAfterMs: FULL_RETRY_AFTER_MS,
  });
}
