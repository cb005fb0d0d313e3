/** `createLogCipher`: what a log keeps where others may look: names that tell nothing, and values that only replicas can read or make. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { type Topic, topicKey } from './topic.ts';

export interface LogCipher {
  /** Equal for equal topics on all replicas, and useless to whoever reads it. */
  nameOf(topic: Topic): string;
  /** The name of a thing within a topic. */
  fieldOf(id: string): string;
  /** `place` is where it will stand: it can be opened nowhere else. */
  close(place: string, value: unknown): string;
  /** Null when no replica has closed it for this place, or it was changed since. */
  open(place: string, sealed: string): unknown;
}

export interface LogCipherOptions {
  /** Of 32 bytes each: the first one closes, what any of them has closed is opened. */
  readonly keys: readonly [Buffer, ...Buffer[]];
  readonly nameKey: Buffer;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NAME_LENGTH = 22;

export function createLogCipher({ keys, nameKey }: LogCipherOptions): LogCipher {
  const hash = (text: string) =>
    createHmac('sha256', nameKey).update(text).digest('base64url').slice(0, NAME_LENGTH);
  return {
    nameOf: (topic) => hash(`topic\n${topicKey(topic)}`),
    fieldOf: (id) => hash(`entity\n${id}`),
    close(place, value) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, keys[0], nonce).setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
    },
    open(place, sealed) {
      const bytes = Buffer.from(sealed, 'base64');
      for (const key of keys) {
        const text = openWith(key, bytes, place);
        if (text !== null) return JSON.parse(text) as unknown;
      }
      return null;
    },
  };
}

function openWith(key: Buffer, bytes: Buffer, place: string): string | null {
  if (bytes.length <= NONCE_BYTES + TAG_BYTES) return null;
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const body = bytes.subarray(NONCE_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
