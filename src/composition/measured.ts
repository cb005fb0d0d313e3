/** What parts observe, as metrics: which metric each of it is, and with which labels. */
import { getOperationAST } from 'graphql';
import type { Clock } from '../clock.ts';
import type { Live } from '../live/live.ts';
import type { LiveObserver } from '../live/live-options.ts';
import { createBoundedLabel } from '../observability/metrics/bounded-label.ts';
import type { Series } from '../observability/metrics/durations.ts';
import type { Metrics } from '../observability/metrics/metrics.ts';
import type { AnsweredBy, OperationObserver } from '../server/graphql/operation-observer.ts';
import type { ReadDocument } from '../server/graphql/operation.ts';
import type { RefreshAheadOptions } from '../server/graphql/refresh-ahead.ts';
import type { PresentErrors } from '../server/graphql/present-error.ts';
import type {
  EndReason,
  StartedEvent,
  SubscriptionObserver,
  SubscriptionTally,
} from '../server/subscriptions/subscription-observer.ts';
import type { CachingUpstream } from '../upstream/cache/caching-upstream.ts';
import type { CallEvent, UpstreamObserver } from '../upstream/observer.ts';

/** Names of operations that are told apart; clients choose them. */
const MAX_OPERATION_NAMES = 200;

const ANONYMOUS_OPERATION = 'anonymous';

export function measureOperations(metrics: Metrics, clock: Clock): OperationObserver {
  const boundName = createBoundedLabel(MAX_OPERATION_NAMES);
  const known = new WeakMap<ReadDocument, MeasuredOperation>();
  const measured = (read: ReadDocument): MeasuredOperation => {
    const found = known.get(read);
    if (found) return found;
    const name = getOperationAST(read.document, read.operationName)?.name?.value ?? ANONYMOUS_OPERATION;
    const labels = { operation: boundName(name), type: read.operation };
    const series = (answeredBy: AnsweredBy) =>
      metrics.operations.series({ ...labels, answered_by: answeredBy });
    const made = { labels, cache: series('cache'), execution: series('execution') };
    known.set(read, made);
    return made;
  };
  return {
    now: () => clock.now(),
    answered: ({ read, answer, answeredBy, durationMs }) => {
      const operation = measured(read);
      operation[answeredBy].recordMs(durationMs);
      if (answer.errors.length > 0) metrics.failedOperations.inc(operation.labels);
    },
  };
}

interface MeasuredOperation extends Readonly<Record<AnsweredBy, Series>> {
  readonly labels: { readonly operation: string; readonly type: string };
}

export function measureRefreshes(metrics: Metrics): RefreshAheadOptions['onEnd'] {
  return ({ result, calls }) => {
    metrics.answerRefreshes.inc({ result });
    metrics.refreshCalls.inc(calls);
  };
}

export function measureErrors(metrics: Metrics, presentErrors: PresentErrors): PresentErrors {
  return (errors, requestId) => {
    const presented = presentErrors(errors, requestId);
    for (const { extensions } of presented) metrics.errors.inc({ code: String(extensions['code']) });
    return presented;
  };
}

export function measureSubscriptions(metrics: Metrics): SubscriptionObserver {
  const tallies = new Map<string, Tally>();
  metrics.onCollect(() => {
    metrics.sentEvents.reset();
    metrics.skippedEvents.reset();
    for (const { labels, sent, skipped, active } of tallies.values()) {
      metrics.sentEvents.inc(labels, sent);
      metrics.skippedEvents.inc(labels, skipped);
      metrics.activeSubscriptions.set(labels, active);
    }
  });
  return {
    started: ({ kind, transport, start }) => {
      metrics.startedSubscriptions.inc({ kind, transport, start });
      const key = `${kind} ${transport}`;
      const tally = tallies.get(key) ?? new Tally(metrics, { kind, transport });
      tallies.set(key, tally);
      tally.active += 1;
      return tally;
    },
  };
}

/** Of all subscriptions of a kind and transport: thousands of events a second are counted by an addition each. */
class Tally implements SubscriptionTally {
  readonly labels: Pick<StartedEvent, 'kind' | 'transport'>;
  active = 0;
  sent = 0;
  skipped = 0;
  readonly #metrics: Metrics;

  constructor(metrics: Metrics, labels: Tally['labels']) {
    this.#metrics = metrics;
    this.labels = labels;
  }

  ended(reason: EndReason): void {
    this.active -= 1;
    this.#metrics.endedSubscriptions.inc({ ...this.labels, reason });
  }
}

export function measureUpstream(metrics: Metrics, observer: UpstreamObserver): UpstreamObserver {
  // By the labels as one text, which is found faster than an object with them.
  const known = new Map<string, Series>();
  const queued = {
    interactive: metrics.upstreamQueue.series({ priority: 'interactive' }),
    background: metrics.upstreamQueue.series({ priority: 'background' }),
  };
  const seriesOf = ({ method, route, priority, result }: CallEvent): Series => {
    const ended = 'status' in result ? String(result.status) : result.failure;
    const key = `${method} ${route} ${priority} ${ended}`;
    const found = known.get(key);
    if (found) return found;
    const made = metrics.upstreamCalls.series({ method, route, priority, result: ended });
    known.set(key, made);
    return made;
  };
  return {
    ...observer,
    call: (event) => {
      const { method, route, priority, durationMs, queuedMs, attempt } = event;
      seriesOf(event).recordMs(durationMs);
      queued[priority].recordMs(queuedMs);
      if (attempt > 1) metrics.upstreamRetries.inc({ method, route });
      observer.call(event);
    },
  };
}

export function measurePolls(metrics: Metrics, observer: LiveObserver): LiveObserver {
  return {
    ...observer,
    pollFailed: (event) => {
      metrics.failedPolls.inc({ kind: event.kind, code: event.code });
      observer.pollFailed(event);
    },
  };
}

/** What is looked at only when somebody asks. */
export function measureState(
  metrics: Metrics,
  { live, upstream }: { readonly live: Live; readonly upstream: CachingUpstream },
): void {
  metrics.onCollect(() => {
    metrics.watchers.set(live.watcherCount);
    metrics.cacheBytes.set(upstream.cached.bytes);
    metrics.cacheEntries.set(upstream.cached.size);
    metrics.cacheReads.reset();
    for (const [kind, { hits, misses }] of Object.entries(upstream.counts)) {
      metrics.cacheReads.inc({ kind, result: 'hit' }, hits);
      metrics.cacheReads.inc({ kind, result: 'miss' }, misses);
    }
  });
}
