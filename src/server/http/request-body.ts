/** `readBody`: the body of a request, within bounds on its bytes, its chunks, and what is held of all bodies together. */
import type { IncomingMessage } from 'node:http';

/** Bounds of the bodies that are being read. */
export interface BodyBounds {
  /** Of one, in bytes. */
  readonly maxBytes: number;
  /** What is held of all of them together. */
  readonly held: HeldBytes;
}

/** Counts the bytes of all incomplete bodies together: their callers are not authenticated yet. */
export class HeldBytes {
  readonly #max: number;
  #bytes = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Whether there is room for so many more; then they are taken. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#max) return false;
    this.#bytes += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** Why a body is not read to its end. */
export type UnreadBody = 'too large' | 'too many chunks' | 'no room';

/** The body, or why it is not read to its end: the rest of it is not read then. */
export type ReadBody =
  { readonly kind: 'read'; readonly bytes: Buffer } | { readonly kind: 'unread'; readonly why: UnreadBody };

/** Chunks that a body may come in, beside one for each so many bytes: a packet on its way holds more, and each costs time and memory. */
const CHUNKS = 256;
const BYTES_PER_CHUNK = 512;

/** What a body is given first that does not come at once, in bytes. It is doubled when it is full. */
export const FIRST_BYTES = 4 * 1024;

/** One growing buffer for all chunks: in a list, a chunk of one byte would take hundreds. */
export function readBody(request: IncomingMessage, { maxBytes, held }: BodyBounds): Promise<ReadBody> {
  return new Promise((resolve, reject) => {
    const expected = Number(request.headers['content-length'] ?? 0);
    if (expected > maxBytes) {
      resolve({ kind: 'unread', why: 'too large' });
      return;
    }
    let whole: Buffer = EMPTY;
    let bytes = 0;
    let chunks = 0;
    let taken = 0;
    // Listeners instead of an iterator, which costs several times as much. A stream of events lives for hours, and they
    // would keep the body for as long.
    const settle = (body: ReadBody) => {
      request.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
      held.giveBack(taken);
      resolve(body);
    };
    const refuse = (why: UnreadBody) => {
      settle({ kind: 'unread', why });
      // What still comes until its connection is closed goes nowhere: a paused request would hold every chunk of it.
      request.resume();
    };
    const grow = (wanted: number): boolean => {
      const size = Math.min(Math.max(wanted, whole.length * 2, FIRST_BYTES), maxBytes);
      // What comes first fits always: small requests are answered however many hold large ones.
      if (size > FIRST_BYTES) {
        if (!held.take(size - taken)) return false;
        taken = size;
      }
      const grown = Buffer.allocUnsafeSlow(size);
      whole.copy(grown, 0, 0, bytes);
      whole = grown;
      return true;
    };
    const onData = (chunk: Buffer) => {
      const length = bytes + chunk.byteLength;
      chunks++;
      if (length > maxBytes) refuse('too large');
      else if (chunks > CHUNKS + length / BYTES_PER_CHUNK) refuse('too many chunks');
      // Most come at once, and need no copy.
      else if (chunks === 1 && length === expected) whole = chunk;
      else {
        if (length > whole.length && !grow(length)) {
          refuse('no room');
          return;
        }
        chunk.copy(whole, bytes);
      }
      bytes = length;
    };
    const onEnd = () => {
      settle({ kind: 'read', bytes: whole.subarray(0, bytes) });
    };
    const onError = (error: Error) => {
      held.giveBack(taken);
      taken = 0;
      reject(error);
    };
    const onClose = () => {
      held.giveBack(taken);
      taken = 0;
    };
    request.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  });
}

const EMPTY = Buffer.alloc(0);
