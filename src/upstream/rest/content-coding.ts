/** `decodedBody`: the body of an answer that came encoded although that was not asked for, within a bound on what it decodes to. */
import { PassThrough, pipeline, Transform, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

const DECODERS: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
  ['identity', () => new PassThrough()],
]);

/** Codings of one answer: honest ones have one. */
const MAX_CODINGS = 3;

/** What a body fails with that cannot be decoded, or decodes to more than is read. */
class CodingError extends Error {
  readonly code: 'CODING_UNKNOWN' | 'CODING_BROKEN' | 'CODING_TOO_LARGE';

  constructor(code: CodingError['code']) {
    super('The body cannot be decoded');
    this.code = code;
  }
}

/** The body itself where it is not encoded. Reading the answer to its end, or destroying it, frees its socket. */
export function decodedBody(
  body: Readable,
  contentEncoding: string | string[] | undefined,
  { maxBytes }: { readonly maxBytes: number },
): Readable {
  if (contentEncoding === undefined) return body;
  const codings = contentEncoding
    .toString()
    .toLowerCase()
    .split(',', MAX_CODINGS + 1);
  const decoders = codings.map((coding) => DECODERS.get(coding.trim())?.());
  const decoded = bounded(maxBytes);
  if (codings.length > MAX_CODINGS || !decoders.every((each) => each !== undefined)) {
    body.destroy();
    return decoded.destroy(new CodingError('CODING_UNKNOWN'));
  }
  // The coding that was applied last is undone first.
  pipeline([body, ...decoders.reverse(), decoded], (error) => {
    // What the socket fails with has a name already.
    if (error && isOfDecoder(error)) decoded.destroy(new CodingError('CODING_BROKEN'));
  });
  return decoded;
}

function bounded(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) done(new CodingError('CODING_TOO_LARGE'));
      else done(null, chunk);
    },
  });
}

function isOfDecoder(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && /^(?:Z_|ERR_|BROTLI)/.test(error.code);
}
