/** `credentialsOf`: the credentials that a request presents. */
import type { Credentials } from '../../security/authenticate.ts';
import type { HttpRequest } from '../http/http-request.ts';

export function credentialsOf(
  from: Pick<HttpRequest, 'headers' | 'body' | 'requestId' | 'client'>,
): Credentials {
  const { headers, body } = from;
  return { authorization: headers.authorization ?? null, waitingBytes: body?.length ?? 0, from };
}
