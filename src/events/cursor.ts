/** Cursors: a position in one topic's log, sealed, so that a made-up or borrowed one is recognised and means nothing. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyRing } from '../security/secrets.ts';
import type { LogPosition } from './event-log.ts';
import { type Topic, topicKey } from './topic.ts';

export interface Cursors {
  encode(topic: Topic, position: LogPosition): string;
  /** Null for anything that `encode` has not made for this very topic. */
  decode(topic: Topic, cursor: string): LogPosition | null;
}

/** The seal is in front, so that what follows may have any length. */
const SEAL_BYTES = 12;
/** No cursor of ours is longer; what is longer is not even looked at. */
const MAX_LENGTH = 256;
const PAYLOAD = /^(\d{1,15})\.(.+)$/;

/** A cursor is base64url of seal and position. The seal is a truncated HMAC over the topic and the position. */
export function createCursors(keys: KeyRing): Cursors {
  function sealOf(key: Buffer, topic: Topic, payload: string): Buffer {
    const hmac = createHmac('sha256', key).update(`cursor\n${topicKey(topic)}\n${payload}`);
    return hmac.digest().subarray(0, SEAL_BYTES);
  }
  return {
    encode(topic, { epoch, sequence }) {
      const payload = `${String(sequence)}.${epoch}`;
      return Buffer.concat([sealOf(keys[0], topic, payload), Buffer.from(payload)]).toString('base64url');
    },
    decode(topic, cursor) {
      if (cursor.length > MAX_LENGTH) return null;
      const bytes = Buffer.from(cursor, 'base64url');
      if (bytes.length <= SEAL_BYTES) return null;
      const payload = bytes.subarray(SEAL_BYTES).toString();
      const seal = bytes.subarray(0, SEAL_BYTES);
      if (!keys.some((key) => timingSafeEqual(seal, sealOf(key, topic, payload)))) return null;
      const [, digits, epoch] = PAYLOAD.exec(payload) ?? [];
      return epoch === undefined ? null : { epoch, sequence: Number(digits) };
    },
  };
}
