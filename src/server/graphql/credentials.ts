/** `credentialsOf`: the credentials that a request presents. */
import type { Credentials } from '../../security/authenticate.ts';
import type { HttpRequest } from '../http/http-request.ts';

export function credentialsOf({
  headers,
  body,
  requestId,
}: Pick<HttpRequest, 'headers' | 'body' | 'requestId'>): Credentials {
  return { authorization: headers.authorization ?? null, waitingBytes: body?.length ?? 0, requestId };
}
