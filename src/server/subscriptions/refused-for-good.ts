/** What an `EventSource` is told that asks for something it can never have: it comes back after every end, until status 204. */
import type { GraphQLError } from 'graphql';
import type { ErrorCode } from '../../errors.ts';
import { type HttpAnswer, PRIVATE } from '../http/route.ts';

/** There is nothing to come back for. */
export const STAY_AWAY: HttpAnswer = { status: 204, headers: PRIVATE, body: '' };

/** No cursor, but enough for an `EventSource` to say at its return that it was here. */
export const REFUSED_ID = 'id: refused\n';

/** What is refused with one of these codes is refused the next time as well. */
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
