/** The one table of settings: every environment variable the gateway reads, with its default, its form and its meaning. */
import { z } from 'zod';
import { isLoopback } from './loopback.ts';

export interface Setting<T> {
  /** What it means, with its unit. */
  readonly means: string;
  /** What a value has to look like: the end of the sentence "… is "x", expected …". */
  readonly expects: string;
  /** Used when the variable is absent or empty; `null` when the default depends on other settings. */
  readonly default: string | null;
  /** Turns the text of the variable into its value. */
  readonly schema: z.ZodType<T, string>;
  /** Values of a secret setting appear in no message. */
  readonly isSecret: boolean;
}

function setting<T>(row: Omit<Setting<T>, 'isSecret'> & { readonly isSecret?: boolean }): Setting<T> {
  return { isSecret: false, ...row };
}

/** A whole number written in digits, so that `1e3`, `0x10`, ` 5` and `5.0` are refused rather than guessed at. */
function integer(row: { means: string; default: number; min: number; max: number }): Setting<number> {
  return setting({
    means: row.means,
    expects: `a whole number from ${String(row.min)} to ${String(row.max)}`,
    default: String(row.default),
    schema: z
      .string()
      .regex(/^-?\d{1,16}$/)
      .transform(Number)
      .pipe(z.int().min(row.min).max(row.max)),
  });
}

function oneOf<const T extends readonly [string, ...string[]]>(
  values: T,
  row: { means: string; default: T[number] | null },
): Setting<T[number]> {
  return setting({ ...row, expects: `one of ${values.join(', ')}`, schema: z.enum(values) });
}

const isHttpUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (
    ['http:', 'https:'].includes(url.protocol) && url.search === '' && url.hash === '' && url.username === ''
  );
};

const isKeySetUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (
    url.username === '' &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))
  );
};

/** Algorithms whose keys can be published. With a shared secret, whoever checks a token could make one. */
const JWT_ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA'],
] as const;

const isOrigin = (text: string): boolean =>
  /^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : '') && new URL(text).origin === text;

const MINUTE_MS = 60_000;
const MIB = 1024 * 1024;

export const SETTINGS = {
  HOST: setting({
    means: 'Address to listen on.',
    expects: 'a host name or IP address',
    default: '127.0.0.1',
    schema: z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/),
  }),
  PORT: integer({ means: 'Port to listen on; 0 takes any free one.', default: 4000, min: 0, max: 65_535 }),
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
    means: 'The least severe log line that is written.',
    default: 'info',
  }),
  UPSTREAM: oneOf(['simulator', 'runloop'], {
    means:
      'Which REST API answers. By default `runloop` when RUNLOOP_API_KEY, RUNLOOP_BASE_URL or AUTH is set, else `simulator`; with NODE_ENV=production it must be said.',
    default: null,
  }),
  RUNLOOP_BASE_URL: setting({
    means: 'Where the Runloop API is.',
    expects: 'an http:// or https:// URL without query, fragment and credentials',
    default: 'https://api.runloop.ai',
    schema: z.string().refine(isHttpUrl),
  }),
  RUNLOOP_API_KEY: setting({
    means: 'The Runloop key that the gateway calls with in AUTH=service.',
    expects: 'a key of 1 to 512 visible ASCII characters',
    default: null,
    schema: z.string().regex(/^[\x21-\x7e]{1,512}$/),
    isSecret: true,
  }),
  AUTH: oneOf(['passthrough', 'service'], {
    means:
      "Whose key goes upstream: each caller's own bearer token (`passthrough`, the default without RUNLOOP_API_KEY) or the gateway's (`service`, the default with it, which listens on loopback addresses only unless callers show who they are).",
    default: null,
  }),
  AUTH_TOKENS_FILE: setting({
    means:
      'File of the gateway tokens that let callers in with AUTH=service; `npm run token` adds one. Read again when it changes.',
    expects: 'the path of a file',
    default: null,
    schema: z.string(),
  }),
  AUTH_JWT_ISSUER: setting({
    means: 'Who issues the JSON Web Tokens that let callers in with AUTH=service: what their `iss` is.',
    expects: 'the `iss` claim of the tokens',
    default: null,
    schema: z.string(),
  }),
  AUTH_JWT_AUDIENCE: setting({
    means: 'Whom those tokens are for: what their `aud` is or contains.',
    expects: 'the `aud` claim of the tokens',
    default: null,
    schema: z.string(),
  }),
  AUTH_JWT_ALGORITHMS: setting({
    means: 'How those tokens may be signed, separated by commas.',
    expects: `some of ${JWT_ALGORITHMS.join(', ')}, separated by commas`,
    default: 'RS256,PS256,ES256,EdDSA',
    schema: z
      .string()
      .transform((text) => text.split(','))
      .pipe(z.array(z.enum(JWT_ALGORITHMS))),
  }),
  AUTH_JWT_CLOCK_SKEW_SEC: integer({
    means: 'How far the clocks of their issuer and of the gateway may be apart, in seconds.',
    default: 30,
    min: 0,
    max: 300,
  }),
  AUTH_JWKS_FILE: setting({
    means: 'File of the public keys of their issuer, a JSON Web Key Set. Read again when it changes.',
    expects: 'the path of a file',
    default: null,
    schema: z.string(),
  }),
  AUTH_JWKS_URL: setting({
    means: 'Where the public keys of their issuer are instead.',
    expects: 'an https:// URL without credentials (http:// for loopback addresses)',
    default: null,
    schema: z.string().refine(isKeySetUrl),
  }),
  AUTH_JWKS_TIMEOUT_MS: integer({
    means: 'Longest wait for the public keys, in milliseconds.',
    default: 5_000,
    min: 100,
    max: MINUTE_MS,
  }),
  AUTH_JWKS_MAX_AGE_MS: integer({
    means: 'How long fetched public keys count, in milliseconds.',
    default: 10 * MINUTE_MS,
    min: 1_000,
    max: 24 * 60 * MINUTE_MS,
  }),
  AUTH_REMEMBERED_TOKENS: integer({
    means: 'JSON Web Tokens whose check is remembered until they expire.',
    default: 1_000,
    min: 1,
    max: 1_000_000,
  }),
  AUTH_CHECK_INTERVAL_MS: integer({
    means:
      'How often the files of tokens and keys are looked at, and open connections for credentials that are not good any more, in milliseconds. A revocation takes twice as long at most.',
    default: 5_000,
    min: 100,
    max: 15_000,
  }),
  AUTH_KEY_CHECK_MS: integer({
    means:
      'How long a key of AUTH=passthrough counts as good before Runloop is asked again, which ends what is remembered for a key that was revoked, in milliseconds.',
    default: MINUTE_MS,
    min: 1_000,
    max: 60 * MINUTE_MS,
  }),
  AUTH_REMEMBERED_KEYS: integer({
    means: 'Keys of AUTH=passthrough of which it is remembered when Runloop was asked.',
    default: 100_000,
    min: 1_000,
    max: 10_000_000,
  }),
  TICKET_TTL_MS: integer({
    means: 'How long a ticket for an event stream waits to be used, in milliseconds.',
    default: 30_000,
    min: 1_000,
    max: 10 * MINUTE_MS,
  }),
  TICKET_RESUME_MS: integer({
    means:
      'How long the browser that used a ticket may come back with it when its connection is cut, in milliseconds; counted anew each time.',
    default: 60 * MINUTE_MS,
    min: 0,
    max: 24 * 60 * MINUTE_MS,
  }),
  TICKET_MAX_PER_CALLER: integer({
    means: 'Tickets of one caller at once; one more makes the oldest of them worthless.',
    default: 100,
    min: 1,
    max: 100_000,
  }),
  TICKET_MAX: integer({
    means: 'Tickets at once; one more is answered RATE_LIMITED.',
    default: 10_000,
    min: 1,
    max: 1_000_000,
  }),
  CORS_ORIGINS: setting({
    means:
      'Origins whose pages may use the gateway from a browser, separated by commas. Its own may in any case.',
    expects: 'origins such as https://dashboard.example, separated by commas',
    default: null,
    schema: z
      .string()
      .transform((text) => text.split(',').map((origin) => origin.trim()))
      .refine((origins) => origins.every(isOrigin)),
  }),
  CORS_MAX_AGE_SEC: integer({
    means: 'How long a browser remembers what it was told about such an origin, in seconds.',
    default: 600,
    min: 0,
    max: 86_400,
  }),
  GRAPHIQL: oneOf(['on', 'off'], {
    means: 'Whether people find GraphiQL at `/graphql`. By default unless NODE_ENV=production.',
    default: null,
  }),
  INTROSPECTION: oneOf(['on', 'off'], {
    means: 'Whether the graph describes itself to whoever asks. By default unless NODE_ENV=production.',
    default: null,
  }),
  UPSTREAM_CONNECTIONS: integer({
    means: 'Sockets to the upstream that are open at once; when they are too few, the accounts take turns.',
    default: 512,
    min: 1,
    max: 4096,
  }),
  UPSTREAM_CONCURRENCY: integer({
    means:
      'Upstream calls of one account that are under way at once, as long as the upstream bears it. Below UPSTREAM_CONNECTIONS, so that one account leaves sockets for others.',
    default: 256,
    min: 1,
    max: 4096,
  }),
  UPSTREAM_PACED_ACCOUNTS: integer({
    means: 'Accounts whose rate limit, as the upstream has taught it, is remembered while they do nothing.',
    default: 1_000,
    min: 0,
    max: 1_000_000,
  }),
  UPSTREAM_QUEUE_LIMIT: integer({
    means: 'Upstream calls of one account that wait for a turn; one more is answered RATE_LIMITED.',
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
    means: 'Largest upstream answer that is read, in bytes.',
    default: 64 * MIB,
    min: 1024,
    max: 1024 * MIB,
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
  CACHE: oneOf(['on', 'off'], {
    means:
      'Whether what was read of the upstream is told again for as long as it is true; `off` asks for everything anew.',
    default: 'on',
  }),
  CACHE_MAX_BYTES: integer({
    means:
      'Bytes (as JSON) that all that is kept may take; beyond it what was not used for longest is let go.',
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
  REQUEST_MAX_BYTES: integer({
    means: 'Largest body of a request to the gateway, in bytes.',
    default: 256 * 1024, // 256 KiB
    min: 1024,
    max: 64 * MIB,
  }),
  IDEMPOTENCY_KEYS: integer({
    means:
      'Idempotency keys of mutations that are remembered as sent: under one of them a mutation is a repetition, and its answer shows how things are now.',
    default: 10_000,
    min: 0,
    max: 10_000_000,
  }),
  OPERATION_TIMEOUT_MS: integer({
    means: 'Longest time that one query or mutation may take, in milliseconds.',
    default: 30_000,
    min: 1,
    max: 10 * MINUTE_MS,
  }),
  SHUTDOWN_TIMEOUT_MS: integer({
    means: 'Longest time that running operations get to finish at SIGTERM or SIGINT, in milliseconds.',
    default: 10_000,
    min: 0,
    max: 10 * MINUTE_MS,
  }),
  TRUSTED_DOCUMENTS_FILE: setting({
    means:
      'File of the only documents that are executed, by id, as `npm run trusted-documents` writes it. Read at the start.',
    expects: 'the path of a file',
    default: null,
    schema: z.string(),
  }),
  DOCUMENT_CACHE_SIZE: integer({
    means:
      'Parsed and validated documents that are remembered, of those that come again, and as many that were refused.',
    default: 1000,
    min: 1,
    max: 100_000,
  }),
  DOCUMENT_CACHE_MAX_BYTES: integer({
    means:
      'Roughly the memory that remembered documents take, and again as much for those that were refused, in bytes.',
    default: 32 * MIB,
    min: 1024,
    max: 1024 * MIB,
  }),
  COMPILED_DOCUMENTS: integer({
    means:
      'Documents held as compiled code, each operation and each choice of its directives for itself; 0 compiles none.',
    default: 200,
    min: 0,
    max: 10_000,
  }),
  COMPILE_AT_EXECUTION: integer({
    means:
      'Which execution of a remembered document is the first by compiled code: compiling costs as much as a few executions.',
    default: 3,
    min: 1,
    max: 1_000_000,
  }),
  COMPILED_MAX_FIELDS: integer({
    means:
      'Fields of the largest document that is compiled; those of a fragment count wherever it is spread.',
    default: 1000,
    min: 1,
    max: 100_000,
  }),
  QUERY_MAX_BYTES: integer({
    means: 'Largest document that is read, in bytes; values belong into variables.',
    default: 64 * 1024, // 64 KiB
    min: 256,
    max: 16 * MIB,
  }),
  QUERY_MAX_TOKENS: integer({
    means: 'Names, punctuators and literals of one document.',
    default: 2_000,
    min: 10,
    max: 10_000,
  }),
  QUERY_MAX_DEPTH: integer({
    means: 'Levels of fields in one operation.',
    default: 16,
    min: 1,
    max: 64,
  }),
  QUERY_MAX_SELECTIONS: integer({
    means: 'Fields and fragments of one operation, each fragment counted wherever it is spread.',
    default: 500,
    min: 1,
    max: 10_000,
  }),
  QUERY_MAX_ALIASES: integer({
    means: 'Fields of one operation that are given another name.',
    default: 50,
    min: 0,
    max: 10_000,
  }),
  QUERY_MAX_ROOT_FIELDS: integer({
    means: 'Fields at the top of one operation.',
    default: 30,
    min: 1,
    max: 10_000,
  }),
  QUERY_MAX_DIRECTIVES: integer({
    means: 'Directives of one operation.',
    default: 50,
    min: 0,
    max: 10_000,
  }),
  QUERY_MAX_REPEATS: integer({
    means: 'Fields of one operation that stand for one and the same place of the answer.',
    default: 50,
    min: 1,
    max: 10_000,
  }),
  QUERY_MAX_PAGE_SIZE: integer({
    means: 'Rows of one page of a list; 100 at most, which the schema promises.',
    default: 100,
    min: 1,
    max: 100,
  }),
  QUERY_MAX_ROWS: integer({
    means: 'Rows of all lists of one operation together, as they are predicted.',
    default: 10_000,
    min: 1,
    max: 1_000_000,
  }),
  QUERY_MAX_CALLS: integer({
    means: 'Upstream calls of one operation, as they are predicted.',
    default: 5_000,
    min: 1,
    max: 1_000_000,
  }),
  CALLER_CALLS_PER_MINUTE: integer({
    means: 'Upstream calls of one caller within a minute; what is predicted and not sent is given back.',
    default: 60_000,
    min: 1,
    max: 1_000_000_000,
  }),
  CALLER_MAX_BUDGETS: integer({
    means: 'Callers whose calls are kept account of at once; beyond it the longest unseen starts anew.',
    default: 10_000,
    min: 1,
    max: 10_000_000,
  }),
  CALLER_MAX_OPERATIONS: integer({
    means: 'Queries and mutations of one caller that are under way at once.',
    default: 256,
    min: 1,
    max: 1_000_000,
  }),
  CALLER_MAX_CONNECTIONS: integer({
    means: 'Event streams and WebSockets of one caller that are open at once.',
    default: 20_000,
    min: 1,
    max: 1_000_000,
  }),
  SOCKET_MAX_OPERATIONS: integer({
    means: 'Operations on one WebSocket that are under way at once.',
    default: 1_000,
    min: 1,
    max: 1_000_000,
  }),
  REQUEST_CACHE_SIZE: integer({
    means:
      'Requests that are remembered as they were read, of those that come again, which then need no reading.',
    default: 10_000,
    min: 0,
    max: 1_000_000,
  }),
  REQUEST_CACHE_MAX_BYTES: integer({
    means: 'Bytes that all remembered requests together take.',
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
      'Whether equal queries of callers who see the same are answered by one execution, and told its answer again for exactly as long as it is true.',
    default: 'on',
  }),
  ANSWER_REUSE_MAX_ANSWERS: integer({
    means: 'Answers that are kept to be told again.',
    default: 10_000,
    min: 1,
    max: 1_000_000,
  }),
  ANSWER_REUSE_MAX_BYTES: integer({
    means: 'Bytes of all answers that are kept to be told again, twice what each weighs uncompressed.',
    default: 64 * MIB,
    min: 0,
    max: 64 * 1024 * MIB,
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
  LIVE_POLL_INTERVAL_MS: integer({
    means: 'Wait between two polls of a followed thing that moves, in milliseconds.',
    default: 1000,
    min: 10,
    max: 3600000,
  }),
  LIVE_IDLE_POLL_INTERVAL_MS: integer({
    means: 'Wait between two polls of a followed thing that has not moved for long, in milliseconds.',
    default: 5000,
    min: 10,
    max: 3600000,
  }),
  LIVE_IDLE_AFTER_MS: integer({
    means: 'How long nothing has to move until polls begin to slow down, in milliseconds.',
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
    means: 'Things whose log is remembered; beyond it the longest unused is forgotten.',
    default: 10000,
    min: 1,
    max: 1000000,
  }),
  LIVE_LOG_MAX_TOTAL_BYTES: integer({
    means: 'Bytes that all logs together keep; beyond it the longest unused is forgotten.',
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
    means: 'How long a WebSocket may take to introduce itself, in milliseconds.',
    default: 3000,
    min: 100,
    max: 60000,
  }),
  LIVE_RENDERED_EVENTS: integer({
    means:
      'Events that are remembered as they are sent, for each question that somebody follows a thing with.',
    default: 16,
    min: 1,
    max: 10_000,
  }),
  STATISTICS_MAX_SCENARIO_RUNS: integer({
    means: 'Scenario runs of one benchmark run that progress and statistics count: the newest ones.',
    default: 20_000,
    min: 1,
    max: 1_000_000,
  }),
  STATISTICS_KEPT_SCENARIO_RUNS: integer({
    means: 'Scenario runs of finished benchmark runs whose statistics are remembered, in all.',
    default: 200_000,
    min: 0,
    max: 100_000_000,
  }),
  STATISTICS_MAX_BENCHMARK_RUNS: integer({
    means:
      'Benchmark runs that a leaderboard, or the attempts at a benchmark, count together: the newest ones.',
    default: 100,
    min: 1,
    max: 5_000,
  }),
  STATISTICS_MAX_POOLED_SCENARIO_RUNS: integer({
    means:
      'Scenario runs that a leaderboard, or the attempts at a benchmark, count together; once they are reached, no further benchmark run is read.',
    default: 200_000,
    min: 1,
    max: 100_000_000,
  }),
  READINESS_TIMEOUT_MS: integer({
    means: 'How long the upstream may take to tell `/ready` that it is there, in milliseconds.',
    default: 2_000,
    min: 1,
    max: MINUTE_MS,
  }),
  READINESS_FRESH_MS: integer({
    means: 'How long what `/ready` was told counts before the upstream is asked again, in milliseconds.',
    default: 1_000,
    min: 0,
    max: MINUTE_MS,
  }),
  SIMULATOR_PORT: integer({
    means: 'Port of the embedded simulator; another free one is taken when it is busy.',
    default: 4010,
    min: 0,
    max: 65_535,
  }),
  SIMULATOR_SEED: integer({
    means: 'Which world the simulator plays: the same seed gives the same one.',
    default: 1,
    min: 0,
    max: 2 ** 31 - 1,
  }),
  SIMULATOR_SPEED: integer({
    means: 'How many times faster than life the simulator plays runs; 0 stands still.',
    default: 1,
    min: 0,
    max: 10_000,
  }),
  SIMULATOR_SCENARIO_RUNS: integer({
    means:
      'Scenario runs in the history that the simulator starts with, roughly; 0 starts with an empty account.',
    default: 1200,
    min: 0,
    max: 200_000,
  }),
  SIMULATOR_MAX_SCENARIO_RUNS: integer({
    means: 'Scenario runs that the simulator keeps; beyond it the oldest history is dropped.',
    default: 5000,
    min: 100,
    max: 1_000_000,
  }),
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof SETTINGS;

export type SettingValues = {
  readonly [Name in SettingName]: z.output<(typeof SETTINGS)[Name]['schema']> | undefined;
};

/** A variable whose name starts like this is meant for the gateway: when it is not in the table it is a mistake. */
export const OWN_PREFIXES = [
  'QUERY_',
  'CALLER_',
  'UPSTREAM_',
  'RUNLOOP_',
  'SIMULATOR_',
  'LIVE_',
  'STATISTICS_',
] as const;

/** Variables of Runloop's own tools, which may well be set beside ours. */
export const FOREIGN_NAMES: readonly string[] = ['RUNLOOP_CUSTOM_HEADERS', 'RUNLOOP_ENV'];
