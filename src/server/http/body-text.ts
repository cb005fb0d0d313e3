/** `bodyText`: the text of a body from the bytes that came: decompressed within the bound of any body, and UTF-8 or nothing. */
import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';

/** Why a body cannot be read. */
export type UnreadableBody = 'too large' | 'not UTF-8' | 'unknown coding' | 'not as it is coded';

export type BodyText =
  { readonly text: string } | { readonly unreadable: UnreadableBody; readonly coding: string };

const DECODERS = { gzip: promisify(gunzip), deflate: promisify(inflate), br: promisify(brotliDecompress) };

/** What `Content-Encoding` may say of a body, as `Accept-Encoding` of an answer tells it (RFC 9110, section 12.5.3). */
export const BODY_CODINGS = `${Object.keys(DECODERS).join(', ')}, identity`;

/** At once, unless the bytes have to be decompressed. No more than `maxBytes` come out of that, whatever went in. */
export function bodyText(
  bytes: Buffer,
  contentEncoding: string | undefined,
  maxBytes: number,
): BodyText | Promise<BodyText> {
  // Nearly every body, and the only form for which a header is not looked at.
  if (contentEncoding === undefined || bytes.byteLength === 0) return textOf(bytes, 'identity');
  const coding = contentEncoding.trim().toLowerCase();
  if (coding === 'identity' || coding === '') return textOf(bytes, 'identity');
  const decode = decoderOf(coding);
  if (!decode) return { unreadable: 'unknown coding', coding };
  return decode(bytes, { maxOutputLength: maxBytes }).then(
    (decoded) => textOf(decoded, coding),
    (error: unknown) => ({
      unreadable: isOverBound(error) ? 'too large' : 'not as it is coded',
      coding,
    }),
  );
}

function textOf(bytes: Buffer, coding: string): BodyText {
  // Decoding invalid UTF-8 would silently store U+FFFD.
  return isUtf8(bytes) ? { text: bytes.toString('utf8') } : { unreadable: 'not UTF-8', coding };
}

function decoderOf(coding: string) {
  // An old name, which means the same (RFC 9110, section 8.4.1.3).
  const name = coding === 'x-gzip' ? 'gzip' : coding;
  return name === 'gzip' || name === 'deflate' || name === 'br' ? DECODERS[name] : null;
}

function isOverBound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
