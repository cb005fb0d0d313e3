/** `createWatching`: watching, with its log in this process. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { createMemoryEventLog } from '../events/memory-event-log.ts';
import { sealEventLog } from '../events/sealed-event-log.ts';
import { createLive, type Live } from '../live/live.ts';
import type { Logger } from '../observability/logger.ts';
import { createSeal } from '../security/seal.ts';
import type { Secrets } from '../security/secrets.ts';
import { asFresh, type CachingUpstream } from '../upstream/cache/caching-upstream.ts';
import { logPolls } from './logged.ts';

/** Puts what has to be disposed into `opened`: the log before those who follow it. */
export function createWatching(
  given: {
    readonly upstream: CachingUpstream;
    readonly clock: Clock;
    readonly random: () => number;
    readonly secrets: Secrets;
    readonly log: Logger;
    readonly config: Config;
  },
  opened: AsyncDisposable[],
): Live {
  const { upstream, clock, random, secrets, log, config } = given;
  const eventLog = createMemoryEventLog({
    clock,
    bounds: {
      maxEvents: config.live.logMaxEvents,
      maxBytes: config.live.logMaxBytes,
      maxAgeMs: config.live.logMaxAgeMs,
    },
    maxTopics: config.live.logMaxTopics,
    maxTotalBytes: config.live.logMaxTotalBytes,
    newId: randomUUID,
  });
  opened.push(eventLog);
  return createLive({
    upstream: asFresh(upstream),
    mark: () => upstream.mark(),
    log: sealEventLog(eventLog, createSeal(secrets.ring('events'))),
    clock,
    random,
    cursorKeys: secrets.ring('cursors'),
    settings: config.live,
    observer: logPolls(log),
  });
}
