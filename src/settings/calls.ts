/** How the upstream is called, and what of its answers is cached. */
import { integer, MIB, MINUTE_MS, oneOf, type Setting } from './setting.ts';

export const CALL_SETTINGS = {
  UPSTREAM_CONNECTIONS: integer({
    means:
      'Sockets to the upstream that are open at once; when they are too few, the accounts are served round-robin.',
    default: 512,
    min: 1,
    max: 4096,
  }),
  UPSTREAM_CONCURRENCY: integer({
    means:
      'Upstream calls of one account that are under way at once, until the upstream answers 429. Below UPSTREAM_CONNECTIONS, so that one account leaves sockets for others.',
    default: 256,
    min: 1,
    max: 4096,
  }),
  UPSTREAM_PACED_ACCOUNTS: integer({
    means: 'Idle accounts whose adaptive rate limit is cached.',
    default: 1_000,
    min: 0,
    max: 1_000_000,
  }),
  UPSTREAM_QUEUE_LIMIT: integer({
    means: 'Upstream calls of one account that wait for a slot; one more is answered RATE_LIMITED.',
    default: 10_000,
    min: 0,
    max: 1_000_000,
  }),
  UPSTREAM_LONG_POLL_CONNECTIONS: integer({
    means: 'Sockets that long polls of devboxes hold at once, apart from all others.',
    default: 256,
    min: 1,
    max: 4096,
  }),
  UPSTREAM_DOWNLOAD_CONNECTIONS: integer({
    means: 'Sockets that downloads from the upstream hold at once, apart from all others.',
    default: 32,
    min: 1,
    max: 4096,
  }),
  UPSTREAM_HEADERS_TIMEOUT_MS: integer({
    means: 'Longest wait for the headers of an upstream answer, in milliseconds.',
    default: 10_000,
    min: 1,
    max: 10 * MINUTE_MS,
  }),
  UPSTREAM_BODY_TIMEOUT_MS: integer({
    means: 'Longest silence within the body of an upstream answer, in milliseconds.',
    default: 10_000,
    min: 1,
    max: 10 * MINUTE_MS,
  }),
  UPSTREAM_RESPONSE_MAX_BYTES: integer({
    means: 'Largest upstream answer that is read, in bytes; a list that is larger is read in smaller pages.',
    default: 32 * MIB,
    min: 1024,
    max: 1024 * MIB,
  }),
  UPSTREAM_READING_MAX_BYTES: integer({
    means:
      'Bytes of all upstream answers together that are held while they are read; one of them may exceed it, the others wait.',
    default: 64 * MIB,
    min: MIB,
    max: 64 * 1024 * MIB,
  }),
  UPSTREAM_RETRIES: integer({
    means: 'How often a read that failed is tried again.',
    default: 3,
    min: 0,
    max: 10,
  }),
  UPSTREAM_RETRY_BASE_MS: integer({
    means: 'Upper bound of the random wait before the first retry, in milliseconds; it doubles with each.',
    default: 100,
    min: 1,
    max: MINUTE_MS,
  }),
  UPSTREAM_RETRY_MAX_MS: integer({
    means: 'Upper bound of the random wait before any retry, in milliseconds.',
    default: 2_000,
    min: 1,
    max: MINUTE_MS,
  }),
  UPSTREAM_RETRY_AFTER_MAX_MS: integer({
    means:
      'Longest wait that one upstream answer can ask an account for (Retry-After), in milliseconds; then one call tries again.',
    default: MINUTE_MS,
    min: 1,
    max: 60 * MINUTE_MS,
  }),
  CACHE: oneOf(['on', 'off'], {
    means: 'Whether what was read of the upstream is cached while it is fresh; `off` reads everything anew.',
    default: 'on',
  }),
  CACHE_MAX_BYTES: integer({
    means: 'Bytes (as JSON) of the whole cache; beyond it the least recently used is evicted.',
    default: 64 * MIB,
    min: 1024,
    max: 64 * 1024 * MIB,
  }),
  CACHE_LIVE_MS: integer({
    means:
      'Age at which what may change at any moment, such as a run that goes on or a list, is asked for again, in milliseconds.',
    default: 1_000,
    min: 0,
    max: 1_000,
  }),
  CACHE_DEFINITIONS_MS: integer({
    means:
      'The same for what somebody has to edit: scenarios, benchmarks and devboxes that have ended, in milliseconds.',
    default: MINUTE_MS,
    min: 0,
    max: 24 * 60 * MINUTE_MS,
  }),
  CACHE_MISSING_MS: integer({
    means: 'The same for that nothing has an id, in milliseconds.',
    default: 1_000,
    min: 0,
    max: MINUTE_MS,
  }),
  PLAN_MAX_ROWS: integer({
    means:
      'Rows that one list call may ask for when it is hoped to answer several look-ups by id; with 0 each is a call of its own.',
    default: 1_000,
    min: 0,
    max: 5_000,
  }),
  PLAN_MAX_BYTES: integer({
    means: 'Bytes that the answer of such a call may have, by the size that rows had so far.',
    default: 4 * MIB,
    min: 1024,
    max: 1024 * MIB,
  }),
  PLAN_MAX_ACCOUNTS: integer({
    means: 'Accounts for which it is remembered which of such calls have paid.',
    default: 1_000,
    min: 1,
    max: 1_000_000,
  }),
} as const satisfies Record<string, Setting<unknown>>;
