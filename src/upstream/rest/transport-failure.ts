/** `failureOf`: which failure an error of a request, or of the body of its answer, stands for. */
import type { TransportFailure, TransportResult } from './transport-result.ts';

/** What undici and Node call what ended a request. Everything else (refused, reset, DNS, TLS) is `connection`. */
const FAILURES: ReadonlyMap<unknown, TransportFailure> = new Map([
  ['UND_ERR_CONNECT_TIMEOUT', 'connect-timeout'],
  ['ETIMEDOUT', 'connect-timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'headers-timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'body-timeout'],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'too-large'],
  ['UND_ERR_HEADERS_OVERFLOW', 'malformed'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'malformed'],
  ['CODING_UNKNOWN', 'malformed'],
  ['CODING_BROKEN', 'malformed'],
  ['CODING_TOO_LARGE', 'too-large'],
  ['UND_ERR_INVALID_ARG', 'unsendable'],
  ['UND_ERR_DESTROYED', 'closed'],
  ['UND_ERR_CLOSED', 'closed'],
]);

export function failureOf(cause: unknown): Extract<TransportResult, { kind: 'failure' }> {
  if (cause instanceof Error && cause.name === 'HTTPParserError') {
    // undici keeps the bytes it could not parse in this error: they are the upstream's and go no further.
    return { kind: 'failure', failure: 'malformed', cause: new Error(cause.message) };
  }
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return { kind: 'failure', failure: FAILURES.get(code) ?? 'connection', cause };
}
