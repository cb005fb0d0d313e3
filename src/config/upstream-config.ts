/** How the upstream is called, and how long its answers are cached. */
import type { RefreshAheadOptions } from '../server/graphql/refresh-ahead.ts';
import type { EntityCacheSettings } from '../upstream/cache/entity-cache.ts';
import type { UpstreamSettings } from '../upstream/upstream-settings.ts';
import type { ReadRequired } from './read-required.ts';

export function callsConfig(required: ReadRequired): Omit<UpstreamSettings, 'baseUrl'> {
  return {
    connections: required('UPSTREAM_CONNECTIONS'),
    concurrency: required('UPSTREAM_CONCURRENCY'),
    pacedAccounts: required('UPSTREAM_PACED_ACCOUNTS'),
    queueLimit: required('UPSTREAM_QUEUE_LIMIT'),
    longPollConnections: required('UPSTREAM_LONG_POLL_CONNECTIONS'),
    downloadConnections: required('UPSTREAM_DOWNLOAD_CONNECTIONS'),
    downloadMaxBytes: required('DOWNLOAD_MAX_BYTES'),
    headersTimeoutMs: required('UPSTREAM_HEADERS_TIMEOUT_MS'),
    bodyTimeoutMs: required('UPSTREAM_BODY_TIMEOUT_MS'),
    responseMaxBytes: required('UPSTREAM_RESPONSE_MAX_BYTES'),
    readingMaxBytes: required('UPSTREAM_READING_MAX_BYTES'),
    retries: required('UPSTREAM_RETRIES'),
    retryBaseMs: required('UPSTREAM_RETRY_BASE_MS'),
    retryMaxMs: required('UPSTREAM_RETRY_MAX_MS'),
    retryAfterMaxMs: required('UPSTREAM_RETRY_AFTER_MAX_MS'),
  };
}

/** Null when nothing is cached. */
export function cacheConfig(required: ReadRequired): EntityCacheSettings | null {
  return required('CACHE') === 'off'
    ? null
    : {
        maxBytes: required('CACHE_MAX_BYTES'),
        liveMs: required('CACHE_LIVE_MS'),
        definitionsMs: required('CACHE_DEFINITIONS_MS'),
        missingMs: required('CACHE_MISSING_MS'),
        settledAfterMs: required('LIVE_SETTLED_AFTER_MS'),
      };
}

/** Null when no answer is refreshed ahead: an answer is cached only where what it was made of is. */
export function refreshAheadConfig(
  required: ReadRequired,
): Pick<RefreshAheadOptions, 'liveMs' | 'maxAnswers'> | null {
  const liveMs = required('CACHE_LIVE_MS');
  const maxAnswers = required('REFRESH_AHEAD_MAX_ANSWERS');
  const isCached = required('CACHE') === 'on' && required('ANSWER_REUSE') === 'on';
  return isCached && liveMs > 0 && maxAnswers > 0 ? { liveMs, maxAnswers } : null;
}
