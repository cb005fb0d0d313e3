/** `prepareIssuer`: an issuer of JSON Web Tokens that takes keys back, is slow and is away, in turns; and tokens of its keys. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { AUDIENCE, ISSUER } from '../../support/tokens.ts';
import type { Preparation } from './attack.ts';

/** Private keys, for who signs with them. */
export interface SigningKeys {
  /** Published for as long as the issuer is there. */
  readonly steady: JWK;
  /** One of them is published at a time. */
  readonly withdrawn: readonly JWK[];
}

/** What the issuer does, one after the other. */
const PHASES = ['answers', 'is slow', 'is away'] as const;
const PHASE_MS = 3_000;
/** What it takes when it is slow, in milliseconds: within what the gateway waits. */
const SLOW_MS = 2_500;
const TURNING_KEYS = 3;

/** The honest caller has a token of a key that is never withdrawn, and so does who attacks. */
export async function prepareIssuer(): Promise<Preparation> {
  const newKey = async (kid: string) => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    return {
      secret: { ...(await exportJWK(privateKey)), kid },
      open: { ...(await exportJWK(publicKey)), kid },
    };
  };
  const steady = await newKey('steady');
  const turning = await Promise.all(
    Array.from({ length: TURNING_KEYS }, (_, n) => newKey(`turning-${String(n)}`)),
  );
  const startedAt = performance.now();
  let fetches = 0;
  const server = createServer((_request, response) => {
    fetches++;
    const phase = Math.floor((performance.now() - startedAt) / PHASE_MS);
    const does = PHASES[phase % PHASES.length];
    const published = [steady, turning[phase % turning.length]].flatMap((key) => (key ? [key.open] : []));
    const answer = () =>
      response.writeHead(does === 'is away' ? 503 : 200).end(JSON.stringify({ keys: published }));
    if (does === 'is slow') setTimeout(answer, SLOW_MS);
    else answer();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const [honest = ''] = await signedTokens(steady.secret, 1, 'honest');
  const keys: SigningKeys = { steady: steady.secret, withdrawn: turning.map(({ secret }) => secret) };
  return {
    env: {
      AUTH_JWKS_URL: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/keys`,
      AUTH_JWT_ISSUER: ISSUER,
      AUTH_JWT_AUDIENCE: AUDIENCE,
    },
    honest: `Bearer ${honest}`,
    prepared: JSON.stringify(keys),
    counts: () => ({ 'keys fetched': fetches }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** So many tokens of one subject, all different. */
export async function signedTokens(jwk: JWK, times: number, subject = 'hostile'): Promise<readonly string[]> {
  const key = await importJWK(jwk, 'ES256');
  const sign = (_: unknown, number: number) =>
    new SignJWT({ scope: 'runs:read', jti: String(number) })
      .setProtectedHeader({ alg: 'ES256', kid: jwk.kid ?? '' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(subject)
      .setExpirationTime('1h')
      .sign(key);
  return Promise.all(Array.from({ length: times }, sign));
}

/** A token that anybody can write, of a key that nobody has published. */
export function unsignedToken(number: number): string {
  const header = { alg: 'ES256', kid: `unknown-${String(number)}` };
  const parts = [header, { sub: 'hostile', exp: 4_102_444_800 }, 'signature'.repeat(8)];
  return parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}
