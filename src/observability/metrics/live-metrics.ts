/** Metrics of subscriptions and of what is watched for them: polls, logs and leases. */
import type { Definitions } from './define-metrics.ts';

export function liveMetrics({ durations, counter, gauge }: Definitions) {
  return {
    startedSubscriptions: counter<'kind' | 'transport' | 'start'>(
      'subscriptions_started_total',
      'Subscriptions that have started.',
      ['kind', 'transport', 'start'],
    ),
    endedSubscriptions: counter<'kind' | 'transport' | 'reason'>(
      'subscriptions_ended_total',
      'Subscriptions that have ended, and why.',
      ['kind', 'transport', 'reason'],
    ),
    activeSubscriptions: gauge<'kind' | 'transport'>('subscriptions_active', 'Subscriptions that are open.', [
      'kind',
      'transport',
    ]),
    sentEvents: counter<'kind' | 'transport'>(
      'subscription_events_sent_total',
      'Events that were sent to subscribers.',
      ['kind', 'transport'],
    ),
    skippedEvents: counter<'kind' | 'transport'>(
      'subscription_events_skipped_total',
      'Events that subscribers did not get, because they were too slow for them.',
      ['kind', 'transport'],
    ),
    deliveries: durations<'kind' | 'transport'>(
      'event_delivery_duration_seconds',
      'How long after it was appended, or this process was told so, a new event was given to a connection.',
    ),
    watchers: gauge('watchers', 'Things that are watched, however many follow each.'),
    polls: durations<'kind' | 'result'>('poll_duration_seconds', 'How long polls of followed things took.'),
    failedPolls: counter<'kind' | 'code'>('poll_failures_total', 'Polls of followed things that failed.', [
      'kind',
      'code',
    ]),
    logOperations: durations<'action' | 'result'>(
      'event_log_duration_seconds',
      'How long appending to the logs of what is followed, and reading them, took.',
    ),
    appendedEvents: counter<'kind'>(
      'event_log_events_appended_total',
      'Events that this process has appended to logs.',
      ['kind'],
    ),
    leases: gauge<'state'>('leases', 'Leases of followed things that this replica takes part in.', ['state']),
    leaseChanges: counter<'change'>('lease_changes_total', 'Leases that have changed hands.', ['change']),
  };
}
