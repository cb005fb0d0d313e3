/** `toGatewayError`: what an upstream failure is called in the closed list of codes. Nothing else decides that. */
import { type ErrorCode, GatewayError } from '../../errors.ts';
import type { TransportFailure, TransportResult } from './transport-result.ts';

/** How long a RATE_LIMITED caller is asked to wait when the upstream does not say. */
const RETRY_AFTER_MS = 1_000;

/**
 * The error of a call that did not succeed; `retryAfterMs` is what the upstream asks to wait, if it does. Its message
 * is ours: no part of the upstream's body, of a header or of the URL gets into it.
 */
export function toGatewayError(result: TransportResult, retryAfterMs: number | null): GatewayError {
  if (result.kind === 'failure') {
    const [code, message] = BY_FAILURE[result.failure];
    return new GatewayError(code, message, { cause: result.cause });
  }
  const [code, message] = byStatus(result.status);
  const waitMs = retryAfterMs ?? (code === 'RATE_LIMITED' ? RETRY_AFTER_MS : null);
  return new GatewayError(code, message, waitMs === null ? {} : { retryAfterMs: waitMs });
}

type CodeAndMessage = readonly [ErrorCode, string];

const BY_STATUS: ReadonlyMap<number, CodeAndMessage> = new Map<number, CodeAndMessage>([
  [400, ['BAD_USER_INPUT', 'Runloop refused the request as invalid']],
  [401, ['UNAUTHENTICATED', 'Runloop refused the API key']],
  [403, ['FORBIDDEN', 'The API key may not do this']],
  [404, ['NOT_FOUND', 'Runloop does not know what was asked for']],
  [408, ['UPSTREAM_TIMEOUT', 'Runloop did not answer in time']],
  [409, ['CONFLICT', 'Runloop refused this in the current state']],
  [422, ['BAD_USER_INPUT', 'Runloop refused the request as invalid']],
  [429, ['RATE_LIMITED', 'Runloop received too many requests']],
  [502, ['UPSTREAM_UNAVAILABLE', 'Runloop is unavailable']],
  [503, ['UPSTREAM_UNAVAILABLE', 'Runloop is unavailable']],
  [504, ['UPSTREAM_UNAVAILABLE', 'Runloop is unavailable']],
]);

function byStatus(status: number): CodeAndMessage {
  return (
    BY_STATUS.get(status) ?? [
      'UPSTREAM_ERROR',
      `Runloop answered with the unexpected status ${String(status)}`,
    ]
  );
}

const BY_FAILURE: Readonly<Record<TransportFailure, CodeAndMessage>> = {
  connection: ['UPSTREAM_UNAVAILABLE', 'Runloop cannot be reached'],
  'connect-timeout': ['UPSTREAM_UNAVAILABLE', 'Runloop cannot be reached'],
  closed: ['UPSTREAM_UNAVAILABLE', 'The gateway is shutting down'],
  'headers-timeout': ['UPSTREAM_TIMEOUT', 'Runloop did not answer in time'],
  'body-timeout': ['UPSTREAM_TIMEOUT', 'Runloop stopped in the middle of its answer'],
  'too-large': ['UPSTREAM_ERROR', 'The answer of Runloop is larger than the gateway reads'],
  malformed: ['UPSTREAM_ERROR', 'Runloop answered something that is not HTTP'],
  // Path and query are encoded and the other headers are ours: the key is all that can be wrong with a request.
  unsendable: ['UNAUTHENTICATED', 'The API key holds characters that no API key has'],
};
