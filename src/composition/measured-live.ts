/** What is followed, as metrics: subscriptions, polls, logs and leases. */
import type { Clock } from '../clock.ts';
import type { EventLog } from '../events/event-log.ts';
import type { LeaseChange, Replicas } from '../events/replicas.ts';
import type { LiveObserver } from '../live/live-options.ts';
import type { Durations, Series } from '../observability/metrics/durations.ts';
import type { Metrics } from '../observability/metrics/metrics.ts';
import type {
  EndReason,
  StartedEvent,
  SubscriptionObserver,
  SubscriptionTally,
} from '../server/subscriptions/subscription-observer.ts';

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
  readonly #deliveries: Series;

  constructor(metrics: Metrics, labels: Tally['labels']) {
    this.#metrics = metrics;
    this.labels = labels;
    this.#deliveries = metrics.deliveries.series(labels);
  }

  delivered(lagMs: number): void {
    this.#deliveries.recordMs(lagMs);
  }

  ended(reason: EndReason): void {
    this.active -= 1;
    this.#metrics.endedSubscriptions.inc({ ...this.labels, reason });
  }
}

export function measurePolls(metrics: Metrics, clock: Clock, observer: LiveObserver): LiveObserver {
  return {
    pollStarted: (kind) => {
      const observed = observer.pollStarted?.(kind);
      const startedAtMs = clock.now();
      return {
        calls: observed?.calls ?? null,
        traceparent: observed?.traceparent ?? null,
        ended: (result) => {
          metrics.polls.series({ kind, result }).recordMs(clock.now() - startedAtMs);
          observed?.ended(result);
        },
      };
    },
    pollFailed: (event) => {
      metrics.failedPolls.inc({ kind: event.kind, code: event.code });
      observer.pollFailed(event);
    },
  };
}

/** The same log, with how long each of its answers took. */
export function measureEventLog(metrics: Metrics, clock: Clock, log: EventLog): EventLog {
  const timed = timing(metrics.logOperations, clock);
  return {
    state: (topic) => timed('state', () => log.state(topic), ok),
    append: (topic, request) =>
      timed(
        'append',
        () => log.append(topic, request),
        ({ kind }) => {
          const { length } = request.events;
          if (kind === 'appended' && length > 0) metrics.appendedEvents.inc({ kind: topic.ref.kind }, length);
          return kind;
        },
      ),
    read: (topic, after, limit) =>
      timed(
        'read',
        () => log.read(topic, after, limit),
        (page) => (page === 'gap' ? 'gap' : 'ok'),
      ),
    onAppend: (topic, wake) => log.onAppend(topic, wake),
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  };
}

const ok = () => 'ok';

function timing(durations: Durations<'action' | 'result'>, clock: Clock) {
  return async <T>(action: string, work: () => Promise<T>, resultOf: (answer: T) => string): Promise<T> => {
    const startedAtMs = clock.now();
    let result = 'failed';
    try {
      const answer = await work();
      result = resultOf(answer);
      return answer;
    } finally {
      durations.series({ action, result }).recordMs(clock.now() - startedAtMs);
    }
  };
}

export function measureHandOvers(metrics: Metrics): (change: LeaseChange) => void {
  return (change) => {
    metrics.leaseChanges.inc({ change });
  };
}

export function measureLeases(metrics: Metrics, replicas: Replicas): void {
  metrics.onCollect(() => {
    const { leases } = replicas;
    if (!leases) return;
    metrics.leases.set({ state: 'held' }, leases.held);
    metrics.leases.set({ state: 'elsewhere' }, leases.followed - leases.held);
  });
}
