/** `Live`: whoever follows a thing, follows it here; what anybody reads of a followed thing, passes here. */
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { createCursors } from '../events/cursor.ts';
import type { Watchable, WatchKind, WatchRef } from '../events/event.ts';
import type { EventLog, ReadSpan } from '../events/event-log.ts';
import type { Account } from '../upstream/account.ts';
import type { ReadMark } from '../upstream/types.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { FollowSource } from './follow.ts';
import { Follower } from './follower.ts';
import { createRefCountedWatch, type RefCountedWatch } from './ref-counted-watch.ts';
import { AccountWatches } from './account-watches.ts';
import type { LiveSettings } from './live-settings.ts';
import { createCallerWatches } from './caller-watches.ts';
import { createSource } from './source.ts';
import { Watch } from './watch.ts';
import { createWatcher, type Watcher } from './watcher.ts';

/** One follower's hold on a watched thing, to be stepped through with `nextFor`. Disposing it twice does nothing. */
export interface LiveTopic extends FollowSource, Disposable {
  readonly ref: WatchRef;
  /** The thing as it is at `head`. */
  readonly current: Watchable;
  /** Whom to wake from now on, until it is disposed; there is one at a time. Whoever subscribes before its first `nextFor` misses nothing. */
  subscribe(listener: TopicListener): void;
}

/** Who wants to know that a topic may have something new to say. An object rather than a function: there are thousands. */
export interface TopicListener {
  /** Called after an append, at completion, failure and shutdown. Synchronous, so it must be quick and must not throw. */
  wake(): void;
}

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
   * What anybody has just read or changed feeds those who watch it. Answers the freshest version that is known, which
   * is what to show: never older than what a follower has seen. Costs a look-up when nobody watches.
   */
  observe<T extends Watchable>(account: Account, entity: T, read: ReadSpan): T;
  /**
   * Something was done to this thing: it is polled now, and so is whatever is watched that may have changed with it.
   * Costs a look-up when nobody watches.
   */
  touch(account: Account, ref: WatchRef): void;
  /** Whether the account watches anything, so that what is read concerns somebody. */
  isWatching(account: Account): boolean;
  /** The upstream has told this account to come back later: no poll of it starts before. */
  slowDown(account: Account, retryAfterMs: number): void;
  /** How many things are watched, those in their grace period included. */
  readonly watcherCount: number;
}

export interface LiveOptions {
  readonly upstream: Upstream;
  readonly log: EventLog;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Signs cursors: equal on all replicas, or one's cursors are strange to the other and answered with a snapshot. */
  readonly cursorSecret: string;
  readonly settings: LiveSettings;
  /** Where the order of all reads is, where what was read is kept. @default nothing is kept */
  readonly mark?: () => ReadMark;
  readonly observer: LiveObserver;
}

/** Is told what cannot be seen from outside. */
export interface LiveObserver {
  readonly pollFailed: (event: PollFailedEvent) => void;
}

export interface PollFailedEvent {
  readonly accountId: string;
  readonly kind: WatchKind;
  readonly code: GatewayError['code'];
  /** How many polls of this thing have failed in a row. */
  readonly failures: number;
}

/** What a follower is told to wait when there is no room for another watch. */
const FULL_RETRY_AFTER_MS = 1_000;

export function createLive(options: LiveOptions): Live {
  const { log, clock, settings } = options;
  const cursors = createCursors(options.cursorSecret);
  /** By account id. Invariant: an account that watches nothing has no lane, and nothing here knows its key. */
  const lanes = new Map<string, AccountWatches<RefCountedWatch>>();
  const callerWatches = createCallerWatches<RefCountedWatch>({ maxWatches: settings.maxWatchersPerCaller });
  let watcherCount = 0;
  let isDisposed = false;

  function begin(account: Account, ref: WatchRef): RefCountedWatch {
    const lane =
      lanes.get(account.id) ??
      new AccountWatches<RefCountedWatch>({ clock, maxLongPolls: settings.maxLongPolls });
    if (watcherCount >= settings.maxWatchers || lane.size >= settings.maxWatchersPerAccount) throw tooMany();
    const watch = new Watch({
      topic: { accountId: account.id, ref },
      log,
      cursors,
      clock,
      mark: options.mark ?? (() => 0),
      bounds: {
        maxEvents: settings.logMaxEvents,
        maxBytes: settings.logMaxBytes,
        maxAgeMs: settings.logMaxAgeMs,
      },
      settledAfterMs: settings.settledAfterMs,
      onMove: () => {
        watcher.reschedule();
      },
    });
    const watcher = watcherOf(account, lane, watch);
    const hold = createRefCountedWatch({
      watch,
      watcher,
      clock,
      graceMs: settings.graceMs,
      onOver: () => {
        if (ref.kind === 'benchmarkRun') lane.orphan(ref.id);
      },
      onGone: (gone) => {
        watcherCount--;
        lane.remove(gone);
        callerWatches.gone(gone);
        if (lane.size === 0 && lanes.get(account.id) === lane) lanes.delete(account.id);
        // Polls kept the sockets busy; queries alone may not come again for long.
        if (watcherCount === 0) options.upstream.releaseSockets();
      },
    });
    watcherCount++;
    lanes.set(account.id, lane);
    lane.add(hold);
    return hold;
  }

  function watcherOf(account: Account, lane: AccountWatches<RefCountedWatch>, watch: Watch): Watcher {
    const { ref } = watch.topic;
    const source = createSource(ref, {
      clock,
      settings,
      watch,
      feed: (reading) => {
        lane.feed(ref, reading);
      },
      enterLongPoll: () => lane.enterLongPoll(),
      fed: () => (ref.kind === 'scenarioRun' ? lane.coveredByParent(ref.id) : undefined),
    });
    return createWatcher({
      ...options,
      account,
      watch,
      source,
      slowUntilMs: () => lane.slowUntilMs,
      slowDown: (retryAfterMs) => {
        lane.slowDown(retryAfterMs);
      },
      isFed: () => ref.kind === 'scenarioRun' && lane.coveredByParent(ref.id) !== undefined,
      onPollFailed: ({ kind, error, failures }) => {
        options.observer.pollFailed({ accountId: account.id, kind, code: error.code, failures });
      },
    });
  }

  return {
    async open(account, ref, { signal, callerId }) {
      if (isDisposed) throw new GatewayError('UPSTREAM_UNAVAILABLE', 'The gateway is shutting down');
      const known = lanes.get(account.id)?.get(ref);
      const caller = callerId === undefined ? null : `${account.id} ${callerId}`;
      if (caller !== null) callerWatches.check(caller, known);
      const hold = known ?? begin(account, ref);
      if (caller === null) {
        await hold.join(signal);
        return new Follower(hold.watch, hold.leave);
      }
      const leave = callerWatches.join(caller, hold);
      try {
        await hold.join(signal);
      } catch (error) {
        leave();
        throw error;
      }
      return new Follower(hold.watch, leaving(hold, leave));
    },
    observe<T extends Watchable>(account: Account, entity: T, read: ReadSpan): T {
      const lane = lanes.get(account.id);
      // A version of the same thing has the same type.
      return lane ? (lane.observe(entity, read).entity as T) : entity;
    },
    touch: (account, ref) => {
      lanes.get(account.id)?.touch(ref);
    },
    isWatching: ({ id }) => lanes.has(id),
    slowDown: (account, retryAfterMs) => {
      lanes.get(account.id)?.slowDown(retryAfterMs);
    },
    get watcherCount() {
      return watcherCount;
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      await Promise.all([...lanes.values()].flatMap((lane) => lane.values().map((hold) => hold.stop())));
    },
  };
}

function leaving(hold: RefCountedWatch, leaveAsCaller: () => void): () => void {
  return () => {
    leaveAsCaller();
    hold.leave();
  };
}

function tooMany(): GatewayError {
  return new GatewayError('RATE_LIMITED', 'Too many things are being watched', {
    retryAfterMs: FULL_RETRY_AFTER_MS,
  });
}
