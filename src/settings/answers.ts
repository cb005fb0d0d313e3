/** What is remembered of requests and answers, how far lists, logs and downloads go. */
import { integer, MIB, MINUTE_MS, oneOf, type Setting } from './setting.ts';

export const ANSWER_SETTINGS = {
  REQUEST_CACHE_SIZE: integer({
    means:
      'Parsed requests that are cached, of those that are sent repeatedly, which are then not parsed again.',
    default: 10_000,
    min: 0,
    max: 1_000_000,
  }),
  REQUEST_CACHE_MAX_BYTES: integer({
    means: 'Bytes that all cached requests together take.',
    default: 16 * MIB,
    min: 0,
    max: 1024 * MIB,
  }),
  COMPRESSION: oneOf(['on', 'off'], {
    means:
      'Whether answers are sent as brotli or gzip to clients that accept it. Event streams and WebSockets never are.',
    default: 'on',
  }),
  COMPRESSION_MIN_BYTES: integer({
    means: 'Smallest answer that is compressed, in bytes.',
    default: 1024,
    min: 1,
    max: 64 * MIB,
  }),
  ANSWER_REUSE: oneOf(['on', 'off'], {
    means:
      'Whether equal queries of callers with the same view share one execution, and are answered from the response cache for exactly as long as the answer is valid.',
    default: 'on',
  }),
  ANSWER_REUSE_MAX_ANSWERS: integer({
    means: 'Answers in the response cache.',
    default: 10_000,
    min: 1,
    max: 1_000_000,
  }),
  ANSWER_REUSE_MAX_BYTES: integer({
    means: 'Bytes of all answers in the response cache: twice the uncompressed size of each.',
    default: 64 * MIB,
    min: 0,
    max: 64 * 1024 * MIB,
  }),
  REFRESH_AHEAD_MAX_ANSWERS: integer({
    means:
      'Cached answers of one account that are refreshed in the background shortly before they are too old, as long as they are asked for again and again; with 0 none is.',
    default: 200,
    min: 0,
    max: 100_000,
  }),
  FILTER_MAX_ROWS: integer({
    means: 'Rows that are read for one page of a list with a filter that the upstream does not know.',
    default: 10_000,
    min: 1,
    max: 1_000_000,
  }),
  FILTER_MAX_CALLS: integer({
    means: 'Upstream calls for one page of a list with a filter that the upstream does not know.',
    default: 8,
    min: 1,
    max: 1000,
  }),
  FILTER_START_SLACK_MS: integer({
    means:
      'How far the starts of two runs may be out of the order of their list, in milliseconds: a filter on the start looks this much further back.',
    default: 60 * MINUTE_MS,
    min: 0,
    max: 7 * 24 * 60 * MINUTE_MS,
  }),
  LOGS_MAX_LINES: integer({
    means: 'Lines of a log of a devbox that are looked at for one page.',
    default: 50_000,
    min: 1,
    max: 10_000_000,
  }),
  LOGS_PAGE_MAX_BYTES: integer({
    means: 'Bytes of text on one page of a log, after which the page ends.',
    default: 1_048_576,
    min: 1024,
    max: 1_073_741_824,
  }),
  LOGS_MESSAGE_MAX_CHARS: integer({
    means: 'Characters of one message or command of a log that are shown.',
    default: 10_000,
    min: 1,
    max: 10_000_000,
  }),
  LOGS_SEARCH_MAX_CHARS: integer({
    means:
      'Characters of logs that one operation looks at for all pages, searches and counts together; one more is QUERY_TOO_COMPLEX on the path of its log. A line counts as 100 beside its texts.',
    default: 268_435_456,
    min: 1024,
    max: 1_000_000_000_000,
  }),
  DOWNLOAD_CONCURRENCY: integer({
    means:
      'Downloads and exports of one caller that are on their way at once; one more is answered RATE_LIMITED.',
    default: 4,
    min: 1,
    max: 1000,
  }),
  DOWNLOAD_TIMEOUT_MS: integer({
    means: 'Longest time that a download or an export may take, in milliseconds; then it breaks off.',
    default: 10 * MINUTE_MS,
    min: 1,
    max: 24 * 60 * MINUTE_MS,
  }),
  DOWNLOAD_MAX_BYTES: integer({
    means: 'Largest download or export, in bytes; beyond it, it breaks off.',
    default: 1024 * MIB,
    min: 1024,
    max: 1024 * 1024 * MIB,
  }),
  EXPORT_PAGE_SIZE: integer({
    means: 'Rows of an export that one upstream call reads and one piece of the file holds.',
    default: 1000,
    min: 1,
    max: 5000,
  }),
  EXPORT_MAX_ROWS: integer({
    means: 'Scenario runs of a benchmark run that is exported; a larger one is refused.',
    default: 100_000,
    min: 1,
    max: 10_000_000,
  }),
  EXPORT_MAX_COLUMNS: integer({
    means:
      'Columns of an exported CSV for scores and metadata; what has none stands together in two columns more.',
    default: 200,
    min: 0,
    max: 10_000,
  }),
} as const satisfies Record<string, Setting<unknown>>;
