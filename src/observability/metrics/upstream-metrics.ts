/** Metrics of the upstream, of what is cached of it, and of Redis. */
import type { Definitions } from './define-metrics.ts';

export function upstreamMetrics({ durations, counter, gauge }: Definitions) {
  return {
    /** Attempts. `result` is a status or the word of a failure. */
    upstreamCalls: durations<'method' | 'route' | 'cause' | 'result'>(
      'upstream_call_duration_seconds',
      'How long attempts to call the upstream took, from sending to the last byte.',
    ),
    upstreamQueue: durations<'priority'>(
      'upstream_queue_duration_seconds',
      'How long calls waited for a slot.',
    ),
    upstreamRetries: counter<'method' | 'route'>(
      'upstream_retries_total',
      'Attempts after the first one of a call.',
      ['method', 'route'],
    ),
    upstreamRunning: gauge('upstream_calls_running', 'Calls to the upstream that are under way.'),
    upstreamWaiting: gauge<'priority'>('upstream_calls_waiting', 'Calls that wait for a slot.', ['priority']),
    limitedAccounts: gauge(
      'upstream_accounts_limited',
      'Accounts whose rate limit was learnt from refusals.',
    ),
    pausedAccounts: gauge('upstream_accounts_paused', 'Accounts that the upstream has asked to pause.'),
    /** Absent while no limit is known. */
    slowestRate: gauge(
      'upstream_learnt_calls_per_second',
      'The rate of the slowest account among those whose limit was learnt.',
    ),
    plannedLists: counter<'kind'>(
      'planner_lists_total',
      'Lists that were asked for in the place of look-ups by id.',
      ['kind'],
    ),
    plannedLookUps: counter<'kind'>(
      'planner_look_ups_answered_total',
      'Look-ups by id that lists answered.',
      ['kind'],
    ),
    savedCalls: counter<'kind'>(
      'planner_calls_saved_total',
      'Calls that lists in the place of look-ups by id have saved, those of wrong guesses not taken off.',
      ['kind'],
    ),
    cacheReads: counter<'kind' | 'result'>(
      'cache_reads_total',
      'Reads that the cache answered, or did not.',
      ['kind', 'result'],
    ),
    cacheBytes: gauge('cache_bytes', 'The memory that cached entities take, roughly.'),
    cacheEntries: gauge('cache_entries', 'Entities and pages that are cached.'),
    redisUp: gauge('redis_up', 'Whether Redis takes commands: 1 or 0.'),
    redisCommands: durations<'command' | 'result'>(
      'redis_command_duration_seconds',
      'How long Redis took to answer commands and scripts.',
    ),
    redisLosses: counter('redis_connections_lost_total', 'Connections to Redis that were lost.'),
    redisFailures: counter('redis_connect_failures_total', 'Attempts to connect to Redis that failed.'),
  };
}
