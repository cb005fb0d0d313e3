/** `createMetrics`: every metric there is, by the conventions of Prometheus, and their text. */
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { Durations } from './durations.ts';
import type { MetricSnapshot } from './merge-metrics.ts';

/** Begins the name of each metric but those of the process, which have the names that all programs on Node.js give them. */
const PREFIX = 'runloop_graphql_';

export interface Metrics {
  /** Queries and mutations that were answered, and how long that took. `answered_by` is `cache` or `execution`. */
  readonly operations: Durations<'operation' | 'type' | 'answered_by'>;
  /** Of these, the ones whose answer holds errors. */
  readonly failedOperations: Counter<'operation' | 'type'>;
  /** Cached answers whose refresh was due before they were too old. `result` is how it ended. */
  readonly answerRefreshes: Counter<'result'>;
  /** Upstream calls that these refreshes have sent. */
  readonly refreshCalls: Counter;
  /** Errors in answers, events and refusals. */
  readonly errors: Counter<'code'>;
  readonly startedSubscriptions: Counter<'kind' | 'transport' | 'start'>;
  readonly endedSubscriptions: Counter<'kind' | 'transport' | 'reason'>;
  readonly activeSubscriptions: Gauge<'kind' | 'transport'>;
  readonly sentEvents: Counter<'kind' | 'transport'>;
  readonly skippedEvents: Counter<'kind' | 'transport'>;
  readonly watchers: Gauge;
  readonly failedPolls: Counter<'kind' | 'code'>;
  /** Attempts to call the upstream. `result` is a status or the word of a failure. */
  readonly upstreamCalls: Durations<'method' | 'route' | 'priority' | 'result'>;
  readonly upstreamQueue: Durations<'priority'>;
  readonly upstreamRetries: Counter<'method' | 'route'>;
  readonly cacheReads: Counter<'kind' | 'result'>;
  readonly cacheBytes: Gauge;
  readonly cacheEntries: Gauge;
  /** Calls `read` before each text is made, to set what is counted elsewhere. */
  readonly onCollect: (read: () => void) => void;
  readonly contentType: string;
  readonly text: () => Promise<string>;
  /** The same as values, to be merged with those of other processes. */
  readonly snapshot: () => Promise<readonly MetricSnapshot[]>;
}

export interface MetricsOptions {
  /** Of the gateway. */
  readonly version: string;
}

export function createMetrics({ version }: MetricsOptions): Metrics {
  const registry = new Registry();
  const named = (name: string) => PREFIX + name;
  const durations = <Label extends string>(name: string, help: string) => {
    const made = new Durations<Label>({ name: named(name), help });
    registry.registerMetric(made.metric);
    return made;
  };
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name: named(name), help, labelNames, registers: [registry] });
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name: named(name), help, labelNames, registers: [registry] });

  gauge('build_info', 'The version that runs; always 1.', ['version']).set({ version }, 1);
  const collectors: (() => void)[] = [];
  const collect = () => {
    for (const read of collectors) read();
  };
  return {
    operations: durations('operation_duration_seconds', 'How long queries and mutations took to answer.'),
    failedOperations: counter('operations_failed_total', 'Queries and mutations whose answer holds errors.', [
      'operation',
      'type',
    ]),
    answerRefreshes: counter(
      'answer_refreshes_total',
      'Cached answers that were to be executed anew before they were too old.',
      ['result'],
    ),
    refreshCalls: counter(
      'answer_refresh_calls_total',
      'Upstream calls that refreshing cached answers sent.',
      [],
    ),
    errors: counter('errors_total', 'Errors in answers, events and refusals, by their code.', ['code']),
    startedSubscriptions: counter('subscriptions_started_total', 'Subscriptions that have started.', [
      'kind',
      'transport',
      'start',
    ]),
    endedSubscriptions: counter('subscriptions_ended_total', 'Subscriptions that have ended, and why.', [
      'kind',
      'transport',
      'reason',
    ]),
    activeSubscriptions: gauge('subscriptions_active', 'Subscriptions that are open.', ['kind', 'transport']),
    sentEvents: counter('subscription_events_sent_total', 'Events that were sent to subscribers.', [
      'kind',
      'transport',
    ]),
    skippedEvents: counter(
      'subscription_events_skipped_total',
      'Events that subscribers did not get, because they were too slow for them.',
      ['kind', 'transport'],
    ),
    watchers: gauge('watchers', 'Things that are watched, however many follow each.'),
    failedPolls: counter('poll_failures_total', 'Polls of followed things that failed.', ['kind', 'code']),
    upstreamCalls: durations(
      'upstream_call_duration_seconds',
      'How long attempts to call the upstream took, from sending to the last byte.',
    ),
    upstreamQueue: durations('upstream_queue_duration_seconds', 'How long calls waited for a slot.'),
    upstreamRetries: counter('upstream_retries_total', 'Attempts after the first one of a call.', [
      'method',
      'route',
    ]),
    cacheReads: counter('cache_reads_total', 'Reads that the cache answered, or did not.', [
      'kind',
      'result',
    ]),
    cacheBytes: gauge('cache_bytes', 'The memory that cached entities take, roughly.'),
    cacheEntries: gauge('cache_entries', 'Entities and pages that are cached.'),
    onCollect: (read) => {
      collectors.push(read);
    },
    contentType: registry.contentType,
    text: async () => {
      collect();
      return `${await registry.metrics()}\n${await ofProcess().metrics()}`;
    },
    snapshot: async () => {
      collect();
      return [...(await registry.getMetricsAsJSON()), ...(await ofProcess().getMetricsAsJSON())];
    },
  };
}

let processRegistry: Registry | null = null;

/** What is measured of the process is measured once, however many gateways run in it: of that nothing can be stopped. */
function ofProcess(): Registry {
  if (!processRegistry) {
    processRegistry = new Registry();
    collectDefaultMetrics({ register: processRegistry });
  }
  return processRegistry;
}
