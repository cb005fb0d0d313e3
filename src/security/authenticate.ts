/** Who is calling: turns the credentials of a request into its caller. */
import { randomBytes } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import { Account } from '../upstream/account.ts';
import { Caller } from './caller.ts';
import { ALL_SCOPES } from './scopes.ts';

/** Whose key goes upstream. */
export type AuthSettings =
  | { readonly mode: 'passthrough' }
  | { readonly mode: 'service'; readonly apiKey: string }
  | { readonly mode: 'demo' };

/** What a request presents to be let in. */
export interface Credentials {
  /** The `Authorization` header, or the token of a `connection_init` in the same form. */
  readonly authorization: string | null;
}

export interface Authenticator {
  /** The caller of a request that presents these. Rejects with UNAUTHENTICATED when they let nobody in. */
  authenticate(credentials: Credentials): Promise<Caller>;
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
    const caller = new Caller({ id: settings.mode, account, scopes: ALL_SCOPES });
    return { authenticate: () => Promise.resolve(caller), ownAccount: account };
  }
  return {
    ownAccount: null,
    authenticate: async ({ authorization }) => {
      await Promise.resolve();
      const key = BEARER.exec(authorization ?? '')?.[1];
      if (key === undefined) {
        throw new GatewayError(
          'UNAUTHENTICATED',
          'Expected your Runloop API key as a bearer token: `Authorization: Bearer ak_…`',
        );
      }
      const account = new Account(key, { hashSecret });
      return new Caller({ id: account.id, account, scopes: ALL_SCOPES });
    },
  };
}
