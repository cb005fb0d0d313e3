/** Who is calling: turns the credentials of a request into the upstream account that its calls are made with. */
import { randomBytes } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import { Account } from '../upstream/account.ts';

/** Whose key goes upstream. */
export type AuthSettings =
  | { readonly mode: 'passthrough' }
  | { readonly mode: 'service'; readonly apiKey: string }
  | { readonly mode: 'demo' };

export interface Authenticator {
  /** The account of a request with this `Authorization` header. UNAUTHENTICATED when it presents none that can be used. */
  authenticate(authorization: string | null): Account;
  /** The gateway's own account; null when every caller brings theirs. */
  readonly ownAccount: Account | null;
}

/** The key under which the embedded simulator shows its world: it accepts any. */
const DEMO_KEY = 'demo';

/** What a Runloop key may consist of: visible ASCII, so that no header can be broken out of. */
const BEARER = /^Bearer +([\x21-\x7e]{1,512})$/i;

export function createAuthenticator(settings: AuthSettings): Authenticator {
  // Account ids need to be equal within this process only, so its secret need not be kept anywhere.
  const hashSecret = randomBytes(32).toString('base64url');
  if (settings.mode !== 'passthrough') {
    const account = new Account(settings.mode === 'service' ? settings.apiKey : DEMO_KEY, { hashSecret });
    return { authenticate: () => account, ownAccount: account };
  }
  return {
    ownAccount: null,
    authenticate(authorization) {
      const key = BEARER.exec(authorization ?? '')?.[1];
      if (key === undefined) {
        throw new GatewayError(
          'UNAUTHENTICATED',
          'Expected your Runloop API key as a bearer token: `Authorization: Bearer ak_…`',
        );
      }
      return new Account(key, { hashSecret });
    },
  };
}
