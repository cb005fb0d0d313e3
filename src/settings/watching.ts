/** How what is followed is watched, remembered and sent. */
import { integer, type Setting } from './setting.ts';

export const WATCHING_SETTINGS = {
  LIVE_POLL_INTERVAL_MS: integer({
    means: 'Wait between two polls of a followed thing that changes, in milliseconds.',
    default: 1000,
    min: 10,
    max: 3600000,
  }),
  LIVE_IDLE_POLL_INTERVAL_MS: integer({
    means: 'Wait between two polls of a followed thing that has not changed for long, in milliseconds.',
    default: 5000,
    min: 10,
    max: 3600000,
  }),
  LIVE_IDLE_AFTER_MS: integer({
    means: 'How long nothing has to change until polls begin to slow down, in milliseconds.',
    default: 30000,
    min: 0,
    max: 3600000,
  }),
  LIVE_SCORED_POLL_INTERVAL_MS: integer({
    means: 'Wait between two polls of a run that was left in `scored`, in milliseconds.',
    default: 10000,
    min: 10,
    max: 3600000,
  }),
  LIVE_LIST_POLL_INTERVAL_MS: integer({
    means:
      'Wait between two polls of a followed list that changes, in milliseconds, for each upstream call that one takes: several where the gateway filters.',
    default: 1000,
    min: 10,
    max: 3600000,
  }),
  LIVE_LIST_IDLE_POLL_INTERVAL_MS: integer({
    means: 'The same of a followed list that has not changed for long, in milliseconds.',
    default: 5000,
    min: 10,
    max: 3600000,
  }),
  LIVE_CONFIRM_AFTER_MS: integer({
    means: 'Wait before the one more read of a thing that has become terminal, in milliseconds.',
    default: 250,
    min: 0,
    max: 60000,
  }),
  LIVE_SETTLED_AFTER_MS: integer({
    means: 'A thing that ended longer ago than this needs no second read, in milliseconds.',
    default: 10000,
    min: 0,
    max: 3600000,
  }),
  LIVE_JITTER_PERCENT: integer({
    means: 'Largest part by which a wait is made longer or shorter at random, in percent.',
    default: 10,
    min: 0,
    max: 90,
  }),
  LIVE_ERROR_BACKOFF_MAX_MS: integer({
    means: 'Longest wait after polls that failed, in milliseconds; it doubles with each.',
    default: 30000,
    min: 100,
    max: 3600000,
  }),
  LIVE_GRACE_MS: integer({
    means: 'How long a thing is watched after its last follower left, in milliseconds.',
    default: 1000,
    min: 0,
    max: 600000,
  }),
  LIVE_OPEN_TIMEOUT_MS: integer({
    means: 'Longest wait of a new follower for the first read, in milliseconds.',
    default: 10000,
    min: 100,
    max: 600000,
  }),
  LIVE_LONG_POLL_SEC: integer({
    means: 'How long one long poll of a devbox lasts, in seconds.',
    default: 25,
    min: 1,
    max: 30,
  }),
  LIVE_MAX_LONG_POLLS: integer({
    means: 'Long polls of one account under way at once; a devbox beyond it is polled like anything else.',
    default: 128,
    min: 0,
    max: 10000,
  }),
  LIVE_LIST_PAGE_SIZE: integer({
    means: 'Rows of one list call of a watched benchmark run.',
    default: 5000,
    min: 1,
    max: 5000,
  }),
  LIVE_MAX_SCENARIO_RUNS: integer({
    means: 'Scenario runs of one benchmark run that are watched: the newest ones.',
    default: 20000,
    min: 1,
    max: 1000000,
  }),
  LIVE_MAX_WATCHERS_PER_ACCOUNT: integer({
    means: 'Things that one account watches at once; one more is answered RATE_LIMITED.',
    default: 2000,
    min: 1,
    max: 1000000,
  }),
  LIVE_MAX_WATCHERS_PER_CALLER: integer({
    means:
      'Things that one caller of an account which several callers share (AUTH=service) follows at once; one more is answered RATE_LIMITED.',
    default: 1000,
    min: 1,
    max: 1000000,
  }),
  LIVE_MAX_WATCHERS: integer({
    means: 'Things that are watched at once; one more is answered RATE_LIMITED.',
    default: 10000,
    min: 1,
    max: 1000000,
  }),
  LIVE_FOLLOWER_MAX_LAG: integer({
    means: 'Events a follower may be behind before it loses the middle.',
    default: 256,
    min: 1,
    max: 1000000,
  }),
  LIVE_LOG_MAX_EVENTS: integer({
    means: 'Events that the log of one followed thing keeps, to be replayed.',
    default: 1000,
    min: 1,
    max: 1000000,
  }),
  LIVE_LOG_MAX_BYTES: integer({
    means: 'Bytes that the log of one followed thing keeps.',
    default: 8388608,
    min: 1024,
    max: 1073741824,
  }),
  LIVE_LOG_MAX_AGE_MS: integer({
    means: 'How long the log of a followed thing keeps an event, in milliseconds.',
    default: 600000,
    min: 1000,
    max: 86400000,
  }),
  LIVE_LOG_MAX_TOPICS: integer({
    means: 'Entities whose event log is held; beyond it the least recently used is evicted.',
    default: 10000,
    min: 1,
    max: 1000000,
  }),
  LIVE_LOG_MAX_TOTAL_BYTES: integer({
    means: 'Bytes of all event logs together; beyond it the least recently used is evicted.',
    default: 268435456,
    min: 1024,
    max: 68719476736,
  }),
  LIVE_HEARTBEAT_MS: integer({
    means:
      'Time between two signs of life on a silent event stream, and between two pings of a WebSocket, in milliseconds.',
    default: 15000,
    min: 100,
    max: 600000,
  }),
  LIVE_STALL_TIMEOUT_MS: integer({
    means:
      'A connection that has taken nothing for this long while there was something to tell is closed, in milliseconds.',
    default: 60000,
    min: 1000,
    max: 3600000,
  }),
  LIVE_INIT_TIMEOUT_MS: integer({
    means: 'How long a WebSocket may take to send `connection_init`, in milliseconds.',
    default: 3000,
    min: 100,
    max: 60000,
  }),
  LIVE_RENDERED_EVENTS: integer({
    means: 'Rendered events that are cached, for each document and variables by which an entity is followed.',
    default: 16,
    min: 1,
    max: 10_000,
  }),
} as const satisfies Record<string, Setting<unknown>>;
