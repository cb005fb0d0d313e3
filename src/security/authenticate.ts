/** Who is calling: turns the credentials of a request into its caller. */
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { Account } from '../upstream/account.ts';
import { Caller } from './caller.ts';
import { isHeld, isSame, parseTokenTable, type TokenTable, tokenHolder } from './gateway-tokens.ts';
import type { KeyCheck } from './key-check.ts';
import { createJwtVerifier, type JwtSettings, type JwtVerifierOptions } from './json-web-tokens.ts';
import { ALL_SCOPES } from './scopes.ts';
import type { Secrets } from './secrets.ts';
import { openWatchedFile, UnusableFile } from './watched-file.ts';

/** Whose key goes upstream, and who may have it go. */
export type AuthSettings =
  | { readonly mode: 'passthrough' }
  | {
      readonly mode: 'service';
      readonly apiKey: string;
      /** The credentials of callers; null when every client is admitted without any. */
      readonly callers: CallersSettings | null;
    }
  /** The simulator of a fresh machine: there is no key, nothing to protect, and nobody to tell apart. */
  | { readonly mode: 'demo' };

/** At least one of them is there. */
export interface CallersSettings {
  /** Where the file of gateway tokens is. */
  readonly tokensFile: string | null;
  readonly jwt: JwtSettings | null;
}

export interface AuthenticatorOptions {
  readonly settings: AuthSettings;
  readonly clock: Clock;
  /** What the ids of accounts and callers are made with. */
  readonly secrets: Secrets;
  /** How often files of tokens and keys are looked at, in milliseconds. */
  readonly checkIntervalMs: number;
  readonly observer: JwtVerifierOptions['observer'] & {
    /** Gateway tokens were added, or revoked: rows that say something else now are both. These are their names. */
    tokensChanged(change: { readonly added: readonly string[]; readonly revoked: readonly string[] }): void;
  };
  /** What may wait until the keys of an issuer are there, in bytes. */
  readonly maxWaitingBytes: () => number;
  /** What the upstream says about keys that callers bring. */
  readonly keyCheck: KeyCheck;
}

/** The credentials that a request presents. */
export interface Credentials {
  /** The `Authorization` header, or the token of a `connection_init` in the same form. */
  readonly authorization: string | null;
  /** Bytes of the body that wait until the caller is authenticated. */
  readonly waitingBytes: number;
  /** What presents them, as logs name it. @default nothing that came from outside */
  readonly from?: {
    readonly requestId?: string;
    readonly client: { readonly address: string | null };
  };
}

export interface Authenticator extends AsyncDisposable {
  /** Answers the caller. Rejects with UNAUTHENTICATED when the credentials are not valid. */
  authenticate(credentials: Credentials): Promise<Caller>;
  /** Looks at the files of tokens and keys now. Resolves when what they say is in force, or was found to be unusable. */
  look(): Promise<void>;
  /** Whether the header `Authorization` is that of a caller who was authenticated before, and may no longer be valid. */
  readonly isKnown: (authorization: string | null) => boolean;
  /** The gateway's own account; null when every caller brings theirs. */
  readonly ownAccount: Account | null;
}

/** The key under which the embedded simulator shows its world: it accepts any. */
const DEMO_KEY = 'demo';

/** A bearer token: visible ASCII, so that no header can be broken out of. */
const BEARER = /^Bearer {1,9}([\x21-\x7e]{1,8192})$/i;

/** The longest key of Runloop that is passed on. */
const MAX_KEY_LENGTH = 512;

/** Rejects with an `UnusableFile` when a file of tokens or keys is not usable. */
export async function createAuthenticator(options: AuthenticatorOptions): Promise<Authenticator> {
  const { settings } = options;
  const hashSecret = options.secrets.nameKey('accounts');
  switch (settings.mode) {
    case 'demo':
      return everybodyIs('demo', new Account(DEMO_KEY, { hashSecret }));
    case 'passthrough':
      return {
        ownAccount: null,
        isKnown: (authorization) => {
          const key = keyOf(authorization);
          return key !== null && options.keyCheck.isAccepted(new Account(key, { hashSecret }).id);
        },
        look: () => Promise.resolve(),
        authenticate: (credentials) => keyHolder(credentials, { hashSecret, keyCheck: options.keyCheck }),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    case 'service': {
      const account = new Account(settings.apiKey, { hashSecret });
      if (!settings.callers) return everybodyIs('service', account);
      return knownCallers(settings.callers, account, options);
    }
  }
}

function everybodyIs(id: string, account: Account): Authenticator {
  const caller = new Caller({ id, account, scopes: ALL_SCOPES });
  return {
    ownAccount: account,
    isKnown: () => true,
    look: () => Promise.resolve(),
    authenticate: () => Promise.resolve(caller),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** The caller who brings their own key: whether it is good the upstream says. */
async function keyHolder(
  credentials: Credentials,
  { hashSecret, keyCheck }: { readonly hashSecret: Buffer; readonly keyCheck: KeyCheck },
): Promise<Caller> {
  const key = keyOf(credentials.authorization);
  if (key === null) {
    throw new GatewayError(
      'UNAUTHENTICATED',
      'Expected your Runloop API key as a bearer token: `Authorization: Bearer ak_…`',
    );
  }
  const account = new Account(key, { hashSecret });
  await keyCheck.admit(account, credentials.waitingBytes);
  return new Caller({
    id: account.id,
    account,
    scopes: ALL_SCOPES,
    isRevoked: () => keyCheck.isRefused(account.id),
    isVerified: () => keyCheck.isAccepted(account.id),
    confirm: () => keyCheck.confirm(account),
  });
}

/** The key that a header holds; null when it holds none that is passed on. */
function keyOf(authorization: string | null): string | null {
  const key = bearerOf(authorization);
  return key !== null && key.length <= MAX_KEY_LENGTH ? key : null;
}

async function knownCallers(
  { tokensFile, jwt }: CallersSettings,
  account: Account,
  { clock, secrets, checkIntervalMs, maxWaitingBytes, observer }: AuthenticatorOptions,
): Promise<Authenticator> {
  let latest: TokenTable = new Map();
  const [file, verifier] = await allOf(
    tokensFile === null
      ? null
      : openWatchedFile({
          path: tokensFile,
          parse: (text) => {
            const table = parseTokenTable(text);
            tellChange(observer, latest, table);
            latest = table;
            return table;
          },
          clock,
          intervalMs: checkIntervalMs,
          observer,
        }),
    jwt === null
      ? null
      : createJwtVerifier({
          ...jwt,
          account,
          hashSecret: secrets.nameKey('callers'),
          clock,
          checkIntervalMs,
          maxWaitingBytes,
          observer,
        }),
  );
  /** By whom a token is checked. */
  const verifierOf = (token: string) => (verifier && (!file || isJwt(token)) ? verifier : null);
  return {
    ownAccount: account,
    isKnown: (authorization) => {
      const token = bearerOf(authorization);
      if (token === null) return false;
      return verifierOf(token)?.isKnown(token) ?? (file !== null && isHeld(token, file));
    },
    authenticate: promised(({ authorization, waitingBytes }) => {
      const token = bearerOf(authorization);
      if (token === null)
        throw new GatewayError('UNAUTHENTICATED', 'Expected a token: `Authorization: Bearer …`');
      const verifies = verifierOf(token);
      if (verifies) return verifies.verify(token, waitingBytes);
      if (file) return tokenHolder(token, { file, account, nowMs: clock.now() });
      throw new GatewayError('UNAUTHENTICATED', 'This gateway lets nobody in');
    }),
    look: async () => {
      await Promise.all([file?.look(), verifier?.look()]);
    },
    [Symbol.asyncDispose]: () => {
      file?.[Symbol.dispose]();
      verifier?.[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

function tellChange(observer: AuthenticatorOptions['observer'], before: TokenTable, after: TokenTable): void {
  const [added, revoked] = [namesBeyond(after, before), namesBeyond(before, after)];
  if (added.length + revoked.length > 0) observer.tokensChanged({ added, revoked });
}

/** The names of tokens of one table that the other has not, or not as they are. */
function namesBeyond(table: TokenTable, other: TokenTable): readonly string[] {
  return [...table].flatMap(([digest, row]) => (isSame(other.get(digest), row) ? [] : [row.name]));
}

function bearerOf(authorization: string | null): string | null {
  return BEARER.exec(authorization ?? '')?.[1] ?? null;
}

/** Three parts with dots between: gateway tokens have none. */
function isJwt(token: string): boolean {
  return token.split('.').length === 3;
}

/** What throws at once rejects instead. */
function promised<T, R>(decide: (subject: T) => R | Promise<R>): (subject: T) => Promise<R> {
  return (subject) =>
    new Promise((resolve) => {
      resolve(decide(subject));
    });
}

/** Both, or all that is wrong with either: then the other one is let go. */
async function allOf<A extends Disposable, B extends Disposable>(
  a: Promise<A> | null,
  b: Promise<B> | null,
): Promise<readonly [A | null, B | null]> {
  const [first, second] = await Promise.allSettled([a, b]);
  if (first.status === 'fulfilled' && second.status === 'fulfilled') return [first.value, second.value];
  const failures: unknown[] = [];
  for (const outcome of [first, second]) {
    if (outcome.status === 'fulfilled') outcome.value?.[Symbol.dispose]();
    else failures.push(outcome.reason);
  }
  throw new UnusableFile(
    failures.flatMap((failure) => {
      if (failure instanceof UnusableFile) return failure.problems;
      throw failure instanceof Error ? failure : new Error('A failure that is none', { cause: failure });
    }),
  );
}
