/** `GatewayError` and the closed table of codes: everything that can go wrong has one of these names. */

/** What a code means for the one who reads it. */
export interface ErrorCodeRow {
  /** The status of an HTTP answer that consists of this error alone. */
  readonly httpStatus: number;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
}

/** The closed list of `extensions.code`. Clients switch over it, so a new code is a change of the contract. */
export const ERROR_CODES = {
  /** An argument, variable, header or id is not what the gateway or the upstream accepts. */
  BAD_USER_INPUT: { httpStatus: 400, retryable: false },
  /** There is no key or token, or the one presented was refused. */
  UNAUTHENTICATED: { httpStatus: 401, retryable: false },
  /** The caller is known and may not do this. */
  FORBIDDEN: { httpStatus: 403, retryable: false },
  /** What a mutation or a comparison needs does not exist. */
  NOT_FOUND: { httpStatus: 404, retryable: false },
  /** What was asked contradicts the state the thing is in. */
  CONFLICT: { httpStatus: 409, retryable: false },
  /** Too many requests, here or upstream; `retryAfterMs` says how long to wait. */
  RATE_LIMITED: { httpStatus: 429, retryable: true },
  /** The upstream did not answer within the time an operation has. */
  UPSTREAM_TIMEOUT: { httpStatus: 504, retryable: true },
  /** The upstream cannot be reached, or says that it is unavailable. */
  UPSTREAM_UNAVAILABLE: { httpStatus: 503, retryable: true },
  /** The upstream answered something that is no answer. */
  UPSTREAM_ERROR: { httpStatus: 502, retryable: false },
  /** The document asks for more than one operation may. */
  QUERY_TOO_COMPLEX: { httpStatus: 400, retryable: false },
  /** The document is not GraphQL. */
  GRAPHQL_PARSE_FAILED: { httpStatus: 400, retryable: false },
  /** The document asks for something that the schema does not have. */
  GRAPHQL_VALIDATION_FAILED: { httpStatus: 400, retryable: false },
  /** A defect of the gateway; the answer carries an `errorId` that the log line carries too. */
  INTERNAL_SERVER_ERROR: { httpStatus: 500, retryable: false },
} as const satisfies Record<string, ErrorCodeRow>;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface GatewayErrorOptions {
  /** What happened underneath. It is logged by name and never shown. */
  readonly cause?: unknown;
  /** How long to wait before trying again, in milliseconds. Given with RATE_LIMITED. */
  readonly retryAfterMs?: number;
}

/**
 * The one error of this code. Its message is written for clients: it never holds a key, a token, a header or an
 * upstream body. Any other error that reaches the server is a defect and is masked.
 */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: GatewayErrorOptions = {}) {
    // What is expected tells nobody where it was thrown, and its stack would cost more than all the rest of it.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'GatewayError';
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The error that takes the place of one row of a list which could not be read, but for its id. */
export class UnreadableRow extends GatewayError {
  /** Where the row stands in its list. */
  readonly id: string;

  constructor(id: string, { code, message }: GatewayError) {
    super(code, message);
    this.id = id;
  }
}
