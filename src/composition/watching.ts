/** `createWatching`: watching, over the log of this process or of all replicas. */
import { createLive, type Live } from '../live/live.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics/metrics.ts';
import { asFresh, type CachingUpstream } from '../upstream/cache/caching-upstream.ts';
import { type EventLogParts, openEventLog } from './event-log.ts';
import { logPolls } from './logged.ts';
import { tracePolls } from './tracing.ts';
import type { Tracing } from '../observability/tracing/tracing.ts';
import { measurePolls } from './measured-live.ts';

/** Puts what has to be disposed into `opened`: the log before those who follow it. */
export function createWatching(
  given: EventLogParts & {
    readonly upstream: CachingUpstream;
    readonly log: Logger;
    readonly metrics: Metrics | null;
    /** Null when nothing is traced. */
    readonly tracing: Tracing | null;
  },
  opened: AsyncDisposable[],
): Live {
  const { upstream, clock, random, secrets, log, metrics, tracing, config } = given;
  const logged = logPolls(log);
  const observer = tracing ? tracePolls(tracing, logged) : logged;
  return createLive({
    ...openEventLog(given, opened),
    upstream: asFresh(upstream),
    mark: () => upstream.mark(),
    onRecordedElsewhere: (accountId) => given.shared?.generations.moved(accountId),
    clock,
    random,
    cursorKeys: secrets.ring('cursors'),
    settings: config.live,
    observer: metrics ? measurePolls(metrics, clock, observer) : observer,
  });
}
