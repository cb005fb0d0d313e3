/** `parseKeySet`: a JSON Web Key Set: which key checks a token, and by what each key is recognised, whatever it is called. */
import {
  createLocalJWKSet,
  type CryptoKey,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWK,
  type JWSHeaderParameters,
} from 'jose';
import { UnusableFile } from './watched-file.ts';

export interface KeySet {
  /** The key that checks a token. Rejects with an error of jose when there is none, or more than one. */
  readonly find: (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;
  /** What each of its keys is called, which may be logged, by what it is recognised by. */
  readonly names: ReadonlyMap<string, string>;
}

/** What keys are recognised by that were found, in whatever set. */
const marks = new WeakMap<CryptoKey, string>();

/** What a key that was found is recognised by. */
export function markOf(key: CryptoKey): string {
  return marks.get(key) ?? '';
}

/** Throws an `UnusableFile` when the text is no key set. */
export function parseKeySet(text: string): KeySet {
  try {
    return keySetOf(JSON.parse(text) as JSONWebKeySet);
  } catch {
    throw new UnusableFile(['the file: expected a JSON Web Key Set, such as { "keys": [ … ] }']);
  }
}

/** Throws an error of jose when the content is no key set. */
export function keySetOf(content: JSONWebKeySet): KeySet {
  const findKey = createLocalJWKSet(content);
  const entries = content.keys.map((jwk) => ({
    mark: markOfEntry(jwk),
    name: nameOf(jwk),
    find: createLocalJWKSet({ keys: [jwk] }),
  }));
  return {
    find: async (header, token) => {
      const key = await findKey(header, token);
      if (!marks.has(key)) {
        // It is the only one that fits the header, or it would not have been found.
        for (const { mark, find } of entries) if (await fits(find, header, token)) marks.set(key, mark);
      }
      return key;
    },
    names: new Map(entries.map(({ mark, name }) => [mark, name])),
  };
}

/** What of a name is logged, in characters. */
const MAX_NAME_CHARS = 64;

function nameOf({ kid }: JWK): string {
  return typeof kid === 'string' ? kid.slice(0, MAX_NAME_CHARS) : 'unnamed';
}

async function fits(
  find: KeySet['find'],
  header: JWSHeaderParameters,
  token: FlattenedJWSInput,
): Promise<boolean> {
  try {
    await find(header, token);
    return true;
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return false;
    throw error;
  }
}

/** The key itself and what it is for: another key under the same name is another one, as is one that may not sign any more. */
function markOfEntry({ kty, crv, n, e, x, y, pub, kid, use, alg, key_ops }: JWK): string {
  return JSON.stringify([kty, crv, n, e, x, y, pub, kid, use, alg, key_ops]);
}
