/** `startWatch`: puts a watch together with what reads it: its source, its watcher and its references. */
import type { Cursors } from '../events/cursor.ts';
import type { WatchRef } from '../events/event.ts';
import type { Account } from '../upstream/account.ts';
import type { AccountWatches } from './account-watches.ts';
import { askForCover } from './cover-requests.ts';
import { KINDS } from './kinds/kinds.ts';
import type { LiveOptions } from './live-options.ts';
import { createRefCountedWatch, type RefCountedWatch } from './ref-counted-watch.ts';
import type { Lease, Replicas } from '../events/replicas.ts';
import { Watch } from './watch.ts';
import { createWatcher, type Watcher } from './watcher.ts';

export interface StartWatchOptions {
  readonly live: LiveOptions & { readonly replicas: Replicas };
  readonly cursors: Cursors;
  readonly account: Account;
  /** What else the account watches. */
  readonly watches: AccountWatches<RefCountedWatch>;
  /** It can be joined no more: it has failed or was stopped. */
  readonly onGone: (watch: RefCountedWatch) => void;
}

export function startWatch(ref: WatchRef, options: StartWatchOptions): RefCountedWatch {
  const { live, cursors, account, watches, onGone } = options;
  const { log, clock, settings, replicas } = live;
  const topic = { accountId: account.id, ref };
  const lease = replicas.lease(topic, () => {
    watcher.reschedule();
  });
  const watch = new Watch({
    topic,
    token: () => lease.token,
    log,
    cursors,
    clock,
    mark: live.mark ?? (() => 0),
    bounds: {
      maxEvents: settings.logMaxEvents,
      maxBytes: settings.logMaxBytes,
      maxAgeMs: settings.logMaxAgeMs,
    },
    settledAfterMs: settings.settledAfterMs,
    onChange: () => {
      watcher.reschedule();
    },
    onRecorded: (observation) => {
      watches.applyRecorded(ref, observation);
    },
    onRecordedElsewhere: () => live.onRecordedElsewhere?.(account.id),
  });
  const watcher = createWatcherOf(watch, lease, options);
  const asking = replicas.isShared
    ? askForCover({
        clock,
        watch,
        isNeeded: () => watches.coveredByParent(ref) === undefined,
        ask: (request) => {
          replicas.askForCover(account.id, request);
        },
      })
    : null;
  return createRefCountedWatch({
    watch,
    watcher,
    lease,
    clock,
    graceMs: settings.graceMs,
    mutations: () => watches.mutations,
    onOver: () => {
      asking?.[Symbol.dispose]();
      lease[Symbol.dispose]();
      watches.release(ref);
    },
    onGone: (gone) => {
      asking?.[Symbol.dispose]();
      lease[Symbol.dispose]();
      onGone(gone);
    },
  });
}

function createWatcherOf(watch: Watch, lease: Lease, { live, account, watches }: StartWatchOptions): Watcher {
  const { ref } = watch.topic;
  const { clock, settings } = live;
  const coveredByParent = () => watches.coveredByParent(ref);
  const source = KINDS[ref.kind].read(ref.id, {
    clock,
    settings,
    onRead: (observation) => {
      const { traceparent } = watcher;
      watches.apply(ref, traceparent === undefined ? observation : { ...observation, traceparent });
    },
    subject: () => watch.known.subject,
    coveredByParent,
    enterLongPoll: () => watches.polls.enterLongPoll(),
  });
  const watcher = createWatcher({
    ...live,
    account,
    watch,
    source,
    lease,
    isCovered: () => coveredByParent() !== undefined,
    slowUntilMs: () => watches.polls.slowUntilMs,
    slowDown: (retryAfterMs) => {
      watches.polls.slowDown(retryAfterMs);
    },
    pollStarted: live.observer.pollStarted,
    onPollFailed: ({ kind, error, failures }) => {
      live.observer.pollFailed({ accountId: account.id, kind, code: error.code, failures });
    },
  });
  return watcher;
}
