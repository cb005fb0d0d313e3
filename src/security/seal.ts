/** `createSeal`: makes a text unreadable for who has not its key, and readable again. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { BoundedMap } from '../memory/bounded-map.ts';
import type { KeyRing } from './secrets.ts';

export interface Seal {
  close(text: string): string;
  /** Throws when it was closed by another seal, or changed since. */
  open(sealed: string): string;
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/** The runs of a benchmark share most of their variables: what was closed or opened lately need not be again. */
const REMEMBERED = 1_000;

/**
 * @param keys of 32 bytes: the first one encrypts, and each of them decrypts. @default a random one, known to this process alone
 */
export function createSeal(keys: KeyRing = [randomBytes(KEY_BYTES)]): Seal {
  const closed = new BoundedMap<string>({ maxEntries: REMEMBERED });
  const opened = new BoundedMap<string>({ maxEntries: REMEMBERED });
  return {
    close(text) {
      const known = closed.get(text);
      if (known !== undefined) return known;
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, keys[0], nonce);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      const sealed = Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
      closed.set(text, sealed);
      opened.set(sealed, text);
      return sealed;
    },
    open(sealed) {
      const known = opened.get(sealed);
      if (known !== undefined) return known;
      const bytes = Buffer.from(sealed, 'base64url');
      const text = keys.reduce<string | null>((found, key) => found ?? openWith(key, bytes), null);
      if (text === null) throw new Error('The text is sealed by others, or was changed since');
      // What an older key has closed is closed by the first one when it is closed again.
      opened.set(sealed, text);
      return text;
    },
  };
}

/** Null when it was closed with another key, or changed since. */
function openWith(key: Buffer, bytes: Buffer): string | null {
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const body = bytes.subarray(NONCE_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
