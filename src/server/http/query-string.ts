/** `searchParamsOf`: the parameters of a query string in UTF-8. */
import { isUtf8 } from 'node:buffer';

/** A byte beyond ASCII. Without one there is nothing to decide; unencoded, Node.js lets none into an address. */
const BEYOND_ASCII = /%[89A-Fa-f][\dA-Fa-f]/;

/** From the question mark on. Null when it is not UTF-8: decoding it would silently insert U+FFFD. */
export function searchParamsOf(search: string): URLSearchParams | null {
  if (BEYOND_ASCII.test(search) && !isUtf8(bytesOf(search))) return null;
  return new URLSearchParams(search);
}

function bytesOf(search: string): Buffer {
  const decoded = search.replaceAll(/%([\dA-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(decoded, 'latin1');
}
