/** How things are followed, and how their followers are served. */
import type { LiveSettings } from '../live/live-settings.ts';
import type { FilteringSettings } from '../loaders/filter-lists.ts';
import type { ReadRequired } from './read-required.ts';

/** How events reach those who follow. */
export interface SubscriptionsConfig {
  readonly heartbeatMs: number;
  readonly stallTimeoutMs: number;
  readonly initTimeoutMs: number;
  readonly renderedEvents: number;
}

/** How far a list is searched for what the upstream does not know, by a query and by a poll. */
export function filteringConfig(required: ReadRequired): FilteringSettings {
  return {
    maxRows: required('FILTER_MAX_ROWS'),
    maxCalls: required('FILTER_MAX_CALLS'),
    startSlackMs: required('FILTER_START_SLACK_MS'),
  };
}

export function liveConfig(required: ReadRequired): LiveSettings {
  return {
    pollIntervalMs: required('LIVE_POLL_INTERVAL_MS'),
    idlePollIntervalMs: required('LIVE_IDLE_POLL_INTERVAL_MS'),
    idleAfterMs: required('LIVE_IDLE_AFTER_MS'),
    scoredPollIntervalMs: required('LIVE_SCORED_POLL_INTERVAL_MS'),
    listPollIntervalMs: required('LIVE_LIST_POLL_INTERVAL_MS'),
    listIdlePollIntervalMs: required('LIVE_LIST_IDLE_POLL_INTERVAL_MS'),
    listScan: filteringConfig(required),
    confirmAfterMs: required('LIVE_CONFIRM_AFTER_MS'),
    settledAfterMs: required('LIVE_SETTLED_AFTER_MS'),
    jitter: required('LIVE_JITTER_PERCENT') / 100,
    errorBackoffMaxMs: required('LIVE_ERROR_BACKOFF_MAX_MS'),
    graceMs: required('LIVE_GRACE_MS'),
    openTimeoutMs: required('LIVE_OPEN_TIMEOUT_MS'),
    longPollSec: required('LIVE_LONG_POLL_SEC'),
    maxLongPolls: required('LIVE_MAX_LONG_POLLS'),
    listPageSize: required('LIVE_LIST_PAGE_SIZE'),
    maxScenarioRuns: required('LIVE_MAX_SCENARIO_RUNS'),
    maxWatchersPerAccount: required('LIVE_MAX_WATCHERS_PER_ACCOUNT'),
    maxWatchersPerCaller: required('LIVE_MAX_WATCHERS_PER_CALLER'),
    maxWatchers: required('LIVE_MAX_WATCHERS'),
    followerMaxLag: required('LIVE_FOLLOWER_MAX_LAG'),
    logMaxEvents: required('LIVE_LOG_MAX_EVENTS'),
    logMaxBytes: required('LIVE_LOG_MAX_BYTES'),
    logMaxAgeMs: required('LIVE_LOG_MAX_AGE_MS'),
    logMaxTopics: required('LIVE_LOG_MAX_TOPICS'),
    logMaxTotalBytes: required('LIVE_LOG_MAX_TOTAL_BYTES'),
  };
}

export function subscriptionsConfig(required: ReadRequired): SubscriptionsConfig {
  return {
    heartbeatMs: required('LIVE_HEARTBEAT_MS'),
    stallTimeoutMs: required('LIVE_STALL_TIMEOUT_MS'),
    initTimeoutMs: required('LIVE_INIT_TIMEOUT_MS'),
    renderedEvents: required('LIVE_RENDERED_EVENTS'),
  };
}
