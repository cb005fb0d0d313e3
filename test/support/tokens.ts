/** Credentials of `AUTH=service`: a file of gateway tokens that a test writes, and an issuer of JSON Web Tokens. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import { issueToken } from '../../src/security/issue-token.ts';
import { ALL_SCOPES, type Scope } from '../../src/security/scopes.ts';

/** A directory of its own, gone with its test. */
async function scratch(): Promise<AsyncDisposable & { readonly path: (name: string) => string }> {
  const directory = await mkdtemp(join(tmpdir(), 'runloop-graphql-'));
  return {
    path: (name) => join(directory, name),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

export interface TokenFile extends AsyncDisposable {
  readonly path: string;
  /** Adds a token with these scopes, all by default, and answers it. */
  issue(name: string, options?: { scopes?: readonly Scope[]; expiresAtMs?: number | null }): Promise<string>;
  revoke(name: string): Promise<void>;
  write(text: string): Promise<void>;
}

export async function createTokenFile(): Promise<TokenFile> {
  const directory = await scratch();
  const path = directory.path('tokens.json');
  await writeFile(path, '{ "tokens": [] }');
  return {
    path,
    issue: async (name, { scopes = [...ALL_SCOPES], expiresAtMs = null } = {}) => {
      const { token, text } = issueToken(await readFile(path, 'utf8'), { name, scopes, expiresAtMs });
      await writeFile(path, text);
      return token;
    },
    revoke: async (name) => {
      const { tokens } = JSON.parse(await readFile(path, 'utf8')) as { tokens: { name: string }[] };
      await writeFile(path, JSON.stringify({ tokens: tokens.filter((row) => row.name !== name) }));
    },
    write: (text) => writeFile(path, text),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

export const ISSUER = 'https://issuer.example';
export const AUDIENCE = 'runloop-graphql';

export interface Issuer extends AsyncDisposable {
  /** Where its public keys are. */
  readonly keysPath: string;
  readonly env: Readonly<Record<string, string>>;
  /** A token that is good, but for what the test says. */
  sign(
    claims: Readonly<Record<string, unknown>>,
    options?: {
      readonly kid?: string | undefined;
      readonly alg?: string;
      readonly key?: CryptoKey | Uint8Array;
    },
  ): Promise<string>;
  /** Takes back every key and publishes another, under this name. */
  rotate(kid: string): Promise<void>;
  /** The public key, as a PEM-minded attacker would misuse it. */
  readonly publicJwk: () => Promise<object>;
}

export async function createIssuer(nowSec: number): Promise<Issuer> {
  const directory = await scratch();
  const keysPath = directory.path('keys.json');
  let pair = await generateKeyPair('RS256', { extractable: true });
  let name = 'first';
  const publish = async () => {
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: name, use: 'sig' };
    await writeFile(keysPath, JSON.stringify({ keys: [jwk] }));
  };
  await publish();
  return {
    keysPath,
    env: { AUTH_JWKS_FILE: keysPath, AUTH_JWT_ISSUER: ISSUER, AUTH_JWT_AUDIENCE: AUDIENCE },
    sign: async (claims, { kid = name, alg = 'RS256', key } = {}) =>
      new SignJWT({
        iss: ISSUER,
        aud: AUDIENCE,
        sub: 'somebody@example.com',
        exp: nowSec + 3_600,
        scope: 'openid runs:read',
        ...claims,
      })
        .setProtectedHeader({ alg, kid })
        .sign(key ?? (await importJWK(await exportJWK(pair.privateKey), alg))),
    rotate: async (kid) => {
      pair = await generateKeyPair('RS256', { extractable: true });
      name = kid;
      await publish();
    },
    publicJwk: () => exportJWK(pair.publicKey),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}
