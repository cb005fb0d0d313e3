/** `UpstreamSettings`: what can be set about calls to the REST API, and the defaults. */

export interface UpstreamSettings {
  /**
   * Where the API is: http or https, with or without a path prefix.
   * @default 'https://api.runloop.ai'
   */
  readonly baseUrl: string;
  /**
   * Sockets that are open at once, for all accounts together. Further calls wait, and the accounts are served round-robin.
   * @default 512
   */
  readonly connections: number;
  /**
   * Calls of one account that are under way at once, until the upstream answers 429 or 503. Further calls queue, interactive
   * ones in front. Below `connections`, so that one account leaves sockets for others.
   * @default 256
   */
  readonly concurrency: number;
  /**
   * Accounts whose rate limit is remembered while they do nothing.
   * @default 1_000
   */
  readonly pacedAccounts: number;
  /**
   * Calls of one account that wait in that queue. One more is answered RATE_LIMITED; an interactive one takes the place
   * of the youngest background call instead, as long as there is one.
   * @default 10_000
   */
  readonly queueLimit: number;
  /**
   * Sockets that long polls may hold, for all accounts together: they have their own, because each is held for long.
   * @default 256
   */
  readonly longPollConnections: number;
  /**
   * Sockets that downloads may hold, for all accounts together: apart from all others, because each is held for long.
   * @default 32
   */
  readonly downloadConnections: number;
  /**
   * Largest file that is downloaded, in bytes. At one more the socket is closed and the download fails.
   * @default 1_073_741_824 (1 GiB)
   */
  readonly downloadMaxBytes: number;
  /**
   * Longest wait for a connection, and then for the headers of an answer, in milliseconds. Then UPSTREAM_TIMEOUT.
   * @default 10_000
   */
  readonly headersTimeoutMs: number;
  /**
   * Longest silence within the body of an answer, in milliseconds. Then UPSTREAM_TIMEOUT.
   * @default 10_000
   */
  readonly bodyTimeoutMs: number;
  /**
   * Largest body that is read, in bytes. At one more the socket is closed; a list is read on in smaller pages, and any
   * other call fails with UPSTREAM_ERROR.
   * @default 33_554_432 (32 MiB)
   */
  readonly responseMaxBytes: number;
  /**
   * Bytes of all bodies that are held while they are read, of all accounts together. One body may exceed it; the others
   * wait, those of whoever holds most for longest.
   * @default 67_108_864 (64 MiB)
   */
  readonly readingMaxBytes: number;
  /**
   * How often a failed idempotent call is tried again, within the operation's deadline.
   * @default 3
   */
  readonly retries: number;
  /**
   * Upper bound of the random wait before the first retry, in milliseconds. It doubles with each further one.
   * @default 100
   */
  readonly retryBaseMs: number;
  /**
   * Upper bound of the random wait before any retry, in milliseconds. An upstream that asks for more is obeyed, up to
   * `retryAfterMaxMs`.
   * @default 2_000
   */
  readonly retryMaxMs: number;
  /**
   * Longest wait that one answer of the upstream can ask for, in milliseconds. Then one call of the account tries again.
   * @default 60_000
   */
  readonly retryAfterMaxMs: number;
}

export const DEFAULT_UPSTREAM_SETTINGS: UpstreamSettings = {
  baseUrl: 'https://api.runloop.ai',
  connections: 512,
  concurrency: 256,
  pacedAccounts: 1_000,
  queueLimit: 10_000,
  longPollConnections: 256,
  downloadConnections: 32,
  downloadMaxBytes: 1024 * 1024 * 1024, // 1 GiB
  headersTimeoutMs: 10_000,
  bodyTimeoutMs: 10_000,
  responseMaxBytes: 32 * 1024 * 1024, // 32 MiB
  readingMaxBytes: 64 * 1024 * 1024, // 64 MiB
  retries: 3,
  retryBaseMs: 100,
  retryMaxMs: 2_000,
  retryAfterMaxMs: 60_000,
};
