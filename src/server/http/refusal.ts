/** `refusal`: an error about a request as a whole, with the status of an answer that consists of it. */
import { GraphQLError } from 'graphql';

export function refusal(
  message: string,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): RefusedRequest {
  return new RefusedRequest(message, { extensions: { code: 'BAD_USER_INPUT', http: { status, headers } } });
}

/** The request is malformed, regardless of its document. */
export class RefusedRequest extends GraphQLError {}
