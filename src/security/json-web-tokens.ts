/** JSON Web Tokens: verifies them with the keys of a file or an address, and answers the caller of each. */
import { createHmac, createHash } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { dateOf } from '../values/instants.ts';
import type { Account } from '../upstream/account.ts';
import { Caller } from './caller.ts';
import { createWaitingBytes } from './check-queue.ts';
import { markOf } from './key-set.ts';
import { isScope, type Scope } from './scopes.ts';
import { codeOf, type KeysObserver, type KeySource, openPublishedKeys } from './published-keys.ts';

export interface JwtSettings {
  /** What `iss` has to be. */
  readonly issuer: string;
  /** What `aud` has to be or contain. */
  readonly audience: string;
  /** How tokens may be signed, in the words of RFC 7518: ways whose keys can be published. */
  readonly algorithms: readonly string[];
  /** How far the clocks of issuer and gateway may be apart. */
  readonly clockSkewSec: number;
  readonly keys: KeySource;
  /** Verified tokens that are cached; beyond it the least recently used is evicted. */
  readonly maxCachedTokens: number;
}

export interface JwtVerifierOptions extends JwtSettings {
  readonly account: Account;
  /** What the ids of callers are made with. */
  readonly hashSecret: Buffer;
  readonly clock: Clock;
  /** What may wait until the keys of an issuer are there, in bytes. */
  readonly maxWaitingBytes: () => number;
  /** How often a file of keys is looked at, in milliseconds. */
  readonly checkIntervalMs: number;
  readonly observer: KeysObserver;
}

export interface JwtVerifier extends Disposable {
  /**
   * The caller that a token stands for, whose request of so many bytes waits meanwhile. Rejects with UNAUTHENTICATED and what
   * is wrong with the token, with RATE_LIMITED when too much waits already.
   */
  verify(token: string, waitingBytes: number): Promise<Caller>;
  /** Whether this token was verified before, and has not expired since. */
  isKnown(token: string): boolean;
  /** Looks at a file of keys now. */
  look(): Promise<void>;
}

export async function createJwtVerifier(options: JwtVerifierOptions): Promise<JwtVerifier> {
  const { issuer, audience, algorithms, clockSkewSec, clock, account, hashSecret, observer } = options;
  const keys = await openPublishedKeys(options);
  const known = new Map<string, Caller>();
  const wait = createWaitingBytes(options.maxWaitingBytes);

  const check = async (token: string): Promise<Caller> => {
    const { payload, key } = await jwtVerify(token, (...args) => keys.find(...args), {
      issuer,
      audience,
      algorithms: [...algorithms],
      clockTolerance: clockSkewSec,
      currentDate: dateOf(clock.now()),
      requiredClaims: ['exp', 'sub'],
    });
    const { iss = '', sub = '', exp = 0 } = payload;
    const mark = markOf(key);
    const expiresAtMs = (exp + clockSkewSec) * 1_000;
    keys.relyUntil(expiresAtMs);
    return new Caller({
      // A subject is often somebody's address.
      id: `jwt:${createHmac('sha256', hashSecret)
        .update(JSON.stringify([iss, sub]))
        .digest('base64url')
        .slice(0, 22)}`,
      account,
      scopes: scopesOf(payload),
      expiresAtMs,
      isRevoked: () => !keys.holds(mark),
    });
  };

  return {
    look: () => keys.look(),
    isKnown: (token) => known.get(digestOf(token))?.endAt(clock.now()) === null,
    verify: async (token, waitingBytes) => {
      const key = digestOf(token);
      const cached = known.get(key);
      // The order of a Map is that of insertion: what is used is put at its end.
      known.delete(key);
      const isGood = cached?.endAt(clock.now()) === null;
      const caller = isGood
        ? cached
        : await wait(waitingBytes, () => check(token)).catch((error: unknown) => refuse(error, observer));
      known.set(key, caller);
      for (const oldest of known.keys()) {
        if (known.size <= options.maxCachedTokens) break;
        known.delete(oldest);
      }
      return caller;
    },
    [Symbol.dispose]: () => {
      keys[Symbol.dispose]();
    },
  };
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** The known scopes among those of a token: `scope` as OAuth writes them (RFC 9068), or `scp`. */
function scopesOf({ scope, scp }: JWTPayload): ReadonlySet<Scope> {
  const words = [scope, scp].flatMap((claim) =>
    typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? (claim as unknown[]) : [],
  );
  return new Set(words.filter((word): word is Scope => typeof word === 'string' && isScope(word)));
}

/** What is wrong with a token, in the words of jose's errors. */
const REFUSALS: Readonly<Record<string, string>> = {
  [errors.JWTExpired.code]: 'The token has expired: expected a fresh one',
  [errors.JWSSignatureVerificationFailed.code]:
    'The signature of the token does not fit any key of its issuer',
  [errors.JWKSNoMatchingKey.code]: 'The token is signed with a key that its issuer does not publish',
  [errors.JWKSMultipleMatchingKeys.code]:
    'The token does not say which key of its issuer it is signed with: expected `kid`',
  [errors.JOSEAlgNotAllowed.code]: 'The token is signed in a way that this gateway does not accept',
  [errors.JOSENotSupported.code]: 'The token is signed in a way that this gateway does not accept',
  [errors.JWSInvalid.code]: 'The token is not a JSON Web Token that can be read',
  [errors.JWTInvalid.code]: 'The token is not a JSON Web Token that can be read',
};

function refuse(error: unknown, observer: JwtVerifierOptions['observer']): never {
  if (error instanceof GatewayError) throw error;
  if (error instanceof errors.JWTClaimValidationFailed) {
    throw new GatewayError(
      'UNAUTHENTICATED',
      `The claim \`${error.claim}\` of the token is not what this gateway expects`,
      {
        cause: error,
      },
    );
  }
  if (error instanceof errors.JOSEError) {
    const message = REFUSALS[error.code];
    if (message !== undefined) throw new GatewayError('UNAUTHENTICATED', message, { cause: error });
  }
  // Whatever else goes wrong goes wrong while keys are fetched: nothing is said about the token.
  observer.keysUnavailable(codeOf(error));
  throw new GatewayError(
    'UPSTREAM_UNAVAILABLE',
    'The keys that tokens are checked with cannot be fetched at the moment',
    { cause: error },
  );
}
