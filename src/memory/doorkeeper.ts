/** `createDoorkeeper`: whether something has come before, so that only what comes again is remembered. */
import { hash } from 'node:crypto';

export interface Doorkeeper {
  /** Whether this text was seen lately; it has been now. */
  readonly see: (text: string) => boolean;
}

/** Fingerprints that have their place together: the one that came longest ago makes room. */
const PLACES_EACH = 4;
/** Texts that are distinguished at once are about as many as there are places. */
const BUCKETS = 8_192; // 128 KiB

/**
 * What a cache takes in at its first sight lives long enough to be moved to where the garbage collector looks rarely: whoever
 * sends nothing twice fills memory with what nobody asks for. So a fingerprint is kept of what came once, in a table that
 * never grows.
 */
export function createDoorkeeper(): Doorkeeper {
  const fingerprints = new Uint32Array(BUCKETS * PLACES_EACH);
  return {
    see: (text) => {
      const digest = hash('sha256', text, 'buffer');
      const first = (digest.readUInt32LE(0) % BUCKETS) * PLACES_EACH;
      const fingerprint = digest.readUInt32LE(4);
      const bucket = fingerprints.subarray(first, first + PLACES_EACH);
      if (bucket.includes(fingerprint)) return true;
      bucket.copyWithin(1, 0);
      bucket[0] = fingerprint;
      return false;
    },
  };
}
