/** `NO_RECONNECT`: ends the reconnects of an `EventSource` whose request will always be refused: it retries until status 204. */
import type { GraphQLError } from 'graphql';
import type { ErrorCode } from '../../errors.ts';
import { type HttpAnswer, PRIVATE } from '../http/route.ts';

/** Status 204, after which an `EventSource` does not reconnect. */
export const NO_RECONNECT: HttpAnswer = { status: 204, headers: PRIVATE, body: '' };

/** An id that is no cursor: by its `Last-Event-ID` the reconnect of a refused `EventSource` is recognised. */
export const REFUSED_ID = 'id: refused\n';

/** Codes of refusals that a retry does not change. */
const FOR_GOOD: ReadonlySet<unknown> = new Set<ErrorCode>([
  'BAD_USER_INPUT',
  'FORBIDDEN',
  'NOT_FOUND',
  'QUERY_TOO_COMPLEX',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
]);

export function isRefusedForGood(errors: readonly GraphQLError[]): boolean {
  return errors.length > 0 && errors.every(({ extensions }) => FOR_GOOD.has(extensions['code']));
}
