/** `createDoorkeeper`: whether something has come before, so that only what comes again is remembered. */
import { hash } from 'node:crypto';

export interface Doorkeeper {
  /** Whether this text was seen lately; it has been now. */
  readonly see: (text: string) => boolean;
}

/** Texts that are distinguished at once. One that came before so many others, or before an unlucky one, is new again. */
const PLACES = 16_384; // 64 KiB

/**
 * What a cache takes in at its first sight lives long enough to be moved to where the garbage collector looks rarely: whoever
 * sends nothing twice fills memory with what nobody asks for. So a fingerprint is kept of what came once, in a table that
 * never grows.
 */
export function createDoorkeeper(): Doorkeeper {
  const fingerprints = new Uint32Array(PLACES);
  return {
    see: (text) => {
      const digest = hash('sha256', text, 'buffer');
      const place = digest.readUInt32LE(0) % PLACES;
      const fingerprint = digest.readUInt32LE(4);
      if (fingerprints[place] === fingerprint) return true;
      fingerprints[place] = fingerprint;
      return false;
    },
  };
}
