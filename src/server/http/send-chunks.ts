/** `sendChunks`: writes a body as fast as its client takes it, so that no more than a chunk waits in memory. */
import type { ServerResponse } from 'node:http';
import { reasonOf } from '../../clock.ts';
import { GatewayError } from '../../errors.ts';

export interface SendChunksOptions {
  /** Ends the sending: the client has gone, or the time is up. */
  readonly signal: AbortSignal;
  /** Bytes that are sent at most; the body breaks off before the chunk that would be more. */
  readonly maxBytes: number;
  /** Asked before each chunk: an error ends the sending. */
  readonly refuse: () => Error | null;
}

/**
 * Ends the answer when all is sent. Rejects where the body breaks off: whoever calls has to close the connection then, so
 * that the client cannot take a part for the whole. The source is always stopped.
 */
export async function sendChunks(
  response: ServerResponse,
  chunks: AsyncIterable<Uint8Array | string>,
  { signal, maxBytes, refuse }: SendChunksOptions,
): Promise<void> {
  let bytes = 0;
  for await (const chunk of chunks) {
    if (signal.aborted) throw reasonOf(signal);
    const refusal = refuse();
    if (refusal) throw refusal;
    bytes += Buffer.byteLength(chunk);
    if (bytes > maxBytes)
      throw new GatewayError('UPSTREAM_ERROR', `Expected a body of at most ${String(maxBytes)} bytes`);
    if (!response.write(chunk)) await drained(response, signal);
  }
  response.end();
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(reasonOf(signal));
      return;
    }
    const onDrain = () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    };
    const onAbort = () => {
      response.off('drain', onDrain);
      reject(reasonOf(signal));
    };
    response.once('drain', onDrain);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
