/** Metrics of what clients ask: requests, operations, errors and refusals. */
import type { Definitions } from './define-metrics.ts';

export function requestMetrics({ durations, counter, gauge }: Definitions) {
  return {
    requests: durations<'method' | 'route' | 'status'>(
      'http_request_duration_seconds',
      'How long HTTP requests took until their answer was handed to the connection.',
    ),
    /** `answered_by` is `cache` or `execution`. */
    operations: durations<'operation' | 'type' | 'answered_by'>(
      'operation_duration_seconds',
      'How long queries and mutations took to answer.',
    ),
    /** Of these, the ones whose answer holds errors. */
    failedOperations: counter<'operation' | 'type'>(
      'operations_failed_total',
      'Queries and mutations whose answer holds errors.',
      ['operation', 'type'],
    ),
    /** `result` is how it ended. */
    answerRefreshes: counter<'result'>(
      'answer_refreshes_total',
      'Cached answers that were to be executed anew before they were too old.',
      ['result'],
    ),
    refreshCalls: counter(
      'answer_refresh_calls_total',
      'Upstream calls that refreshing cached answers sent.',
    ),
    errors: counter<'code'>('errors_total', 'Errors in answers, events and refusals, by their code.', [
      'code',
    ]),
    /** `setting` is the one that sets the limit. */
    refusals: counter<'setting'>(
      'refusals_total',
      'What was refused because a caller had used up a budget or held too much at once.',
      ['setting'],
    ),
    sockets: gauge('websocket_connections', 'WebSockets that are open, with or without subscriptions.'),
  };
}
