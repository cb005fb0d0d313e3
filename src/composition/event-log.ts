/** `openEventLog`: the log of what is watched: in this process, or on the Redis that replicas share. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { announceAppends } from '../events/announced-event-log.ts';
import type { EventLog } from '../events/event-log.ts';
import { withLocalReads } from '../events/local-reads.ts';
import { createLogCipher } from '../events/log-cipher.ts';
import { createMemoryEventLog } from '../events/memory-event-log.ts';
import { createRedisEventLog } from '../events/redis-event-log.ts';
import { createRedisReplicas } from '../events/redis-replicas.ts';
import { type Replicas, withoutReplicas } from '../events/replicas.ts';
import { sealEventLog } from '../events/sealed-event-log.ts';
import { createSeal } from '../security/seal.ts';
import type { Secrets } from '../security/secrets.ts';
import type { Metrics } from '../observability/metrics/metrics.ts';
import { measureEventLog, measureHandOvers, measureLeases } from './measured-live.ts';
import type { Shared } from './shared.ts';

export interface OpenedEventLog {
  readonly log: EventLog;
  readonly replicas: Replicas;
}

export interface EventLogParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly secrets: Secrets;
  readonly config: Config;
  /** Null when nothing is measured. */
  readonly metrics: Metrics | null;
  /** Null when this process serves alone. */
  readonly shared: Shared | null;
}

/** Puts what has to be disposed into `opened`. */
export function openEventLog(parts: EventLogParts, opened: AsyncDisposable[]): OpenedEventLog {
  const { metrics, clock } = parts;
  const { log, replicas } = parts.shared ? shared(parts, parts.shared) : alone(parts);
  opened.push(log, replicas);
  if (!metrics) return { log, replicas };
  measureLeases(metrics, replicas);
  return { log: measureEventLog(metrics, clock, log), replicas };
}

function alone({ clock, secrets, config: { live } }: EventLogParts): OpenedEventLog {
  const log = createMemoryEventLog({
    clock,
    bounds: boundsOf(live),
    maxTopics: live.logMaxTopics,
    maxTotalBytes: live.logMaxTotalBytes,
    newId: randomUUID,
  });
  return { log: sealEventLog(log, createSeal(secrets.ring('events'))), replicas: withoutReplicas() };
}

function shared(
  { clock, random, secrets, metrics, config: { live } }: EventLogParts,
  { redis, generations, mutations, replica }: Shared,
): OpenedEventLog {
  const cipher = createLogCipher({ keys: secrets.ring('events'), nameKey: secrets.nameKey('names') });
  const log = createRedisEventLog({ redis, cipher, clock, bounds: boundsOf(live), newId: randomUUID });
  return {
    log: announceAppends(withLocalReads(log, { name: replica, clock }), (accountId) =>
      generations.advance(accountId),
    ),
    replicas: createRedisReplicas({
      redis,
      cipher,
      clock,
      random,
      replica,
      mutations,
      onHandOver: metrics ? measureHandOvers(metrics) : undefined,
    }),
  };
}

function boundsOf(live: Config['live']) {
  return { maxEvents: live.logMaxEvents, maxBytes: live.logMaxBytes, maxAgeMs: live.logMaxAgeMs };
}
