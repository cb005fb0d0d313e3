/** `LiveSettings`: every bound and every interval of watching, with its default. */
import type { FilteringSettings } from '../loaders/filter-lists.ts';

export interface LiveSettings {
  /** Wait between two polls of a thing that changes. */
  readonly pollIntervalMs: number;
  /** Wait between two polls of a thing that has not changed for long. */
  readonly idlePollIntervalMs: number;
  /** How long nothing has to change until polls begin to slow down; after twice that they are at their slowest. */
  readonly idleAfterMs: number;
  /** Wait between two polls of a run that was left in `scored`, instead of `idlePollIntervalMs`. */
  readonly scoredPollIntervalMs: number;
  /** Wait between two polls of a list that changes, for each call that a poll of it takes. */
  readonly listPollIntervalMs: number;
  /** The same of a list that has not changed for long. */
  readonly listIdlePollIntervalMs: number;
  /** How far one poll of a list looks for rows that meet a condition which the upstream does not know. */
  readonly listScan: FilteringSettings;
  /** Wait before the one more read of a thing that has become terminal. */
  readonly confirmAfterMs: number;
  /** A thing that ended longer ago than this when it is first read needs no second read. */
  readonly settledAfterMs: number;
  /** Largest part by which a wait is made longer or shorter at random, from 0 to below 1. */
  readonly jitter: number;
  /** Longest wait after polls that failed; it doubles with each. */
  readonly errorBackoffMaxMs: number;
  /** How long a watcher outlives its last follower, who may only be reconnecting. */
  readonly graceMs: number;
  /** Longest wait of a new follower for the first read. */
  readonly openTimeoutMs: number;
  /** How long one long poll of a devbox lasts, in seconds; the upstream allows 30. */
  readonly longPollSec: number;
  /** Long polls of one account under way at once; a devbox beyond it is polled like anything else. */
  readonly maxLongPolls: number;
  /** Rows of one list call, at most the upstream's 5,000. */
  readonly listPageSize: number;
  /** Scenario runs of one benchmark run that are watched: the newest ones. */
  readonly maxScenarioRuns: number;
  /** Things that one account watches at once; one more is answered RATE_LIMITED. */
  readonly maxWatchersPerAccount: number;
  /**
   * Things that one of several callers with the same account follows at once. One more is answered RATE_LIMITED.
   * @default 1_000
   */
  readonly maxWatchersPerCaller: number;
  /** Things that are watched at once; one more is answered RATE_LIMITED. */
  readonly maxWatchers: number;
  /** Events a follower may be behind before it loses the middle. */
  readonly followerMaxLag: number;
  /** Bounds of each topic's log: whichever is reached first drops its oldest events. */
  readonly logMaxEvents: number;
  readonly logMaxBytes: number;
  readonly logMaxAgeMs: number;
  /** Topics that a log in memory remembers; beyond it the longest unused is forgotten. */
  readonly logMaxTopics: number;
  /** What they may take together; beyond it the longest unused is forgotten. */
  readonly logMaxTotalBytes: number;
}

export const DEFAULT_LIVE_SETTINGS: LiveSettings = {
  pollIntervalMs: 1_000,
  idlePollIntervalMs: 5_000,
  idleAfterMs: 30_000,
  scoredPollIntervalMs: 10_000,
  listPollIntervalMs: 1_000,
  listIdlePollIntervalMs: 5_000,
  listScan: { maxRows: 10_000, maxCalls: 8, startSlackMs: 60 * 60_000 },
  confirmAfterMs: 250,
  settledAfterMs: 10_000,
  jitter: 0.1,
  errorBackoffMaxMs: 30_000,
  graceMs: 1_000,
  openTimeoutMs: 10_000,
  longPollSec: 25,
  maxLongPolls: 128,
  listPageSize: 5_000,
  maxScenarioRuns: 20_000,
  maxWatchersPerAccount: 2_000,
  maxWatchersPerCaller: 1_000,
  maxWatchers: 10_000,
  followerMaxLag: 256,
  logMaxEvents: 1_000,
  logMaxBytes: 8 * 1024 * 1024, // 8 MiB
  logMaxAgeMs: 10 * 60_000, // 10 min
  logMaxTopics: 10_000,
  logMaxTotalBytes: 256 * 1024 * 1024, // 256 MiB
};
