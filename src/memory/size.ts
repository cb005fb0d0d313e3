/** `sizeOf` and `heapSizeOf`: about how many bytes a plain value takes as JSON, without making that JSON, and in memory. */

/** Quotes or brackets, and a comma or colon. */
const PUNCTUATION = 3;
const LITERAL = 8;

/** Sizes that are known already. */
const known = new WeakMap<object, number>();

/** What has been counted while it was read need not be measured: a log of a hundred thousand lines takes tens of milliseconds. */
export function noteSize(value: object, bytes: number): void {
  known.set(value, bytes);
}

/** Of what the upstream has sent, however deep. Beyond `enough` it is not counted on: what is known then is that it is more. */
export function sizeOf(value: unknown, enough = Infinity): number {
  const noted = typeof value === 'object' && value !== null ? known.get(value) : undefined;
  if (noted !== undefined) return noted;
  let size = 0;
  const left = [value];
  while (left.length > 0 && size <= enough) {
    const next = left.pop();
    if (typeof next === 'string') size += next.length + PUNCTUATION;
    else if (typeof next !== 'object' || next === null) size += LITERAL;
    else if (Array.isArray(next)) {
      size += PUNCTUATION;
      for (const item of next as readonly unknown[]) left.push(item);
    } else {
      size += PUNCTUATION;
      for (const [name, item] of Object.entries(next)) {
        size += name.length + PUNCTUATION;
        left.push(item);
      }
    }
  }
  return size;
}

/** An empty object has room for four properties. */
const OBJECT = 56;
/** A name, which may be the only one of its kind, and its place in a table. */
const PROPERTY = 40;
const POINTER = 8;
const TEXT = 32;
/** Of a text that has any beyond Latin-1; of others half of it. */
const CHARACTER = 2;

/** At most: thirty times the JSON where that is all brackets. Of what a client has sent, however deep. */
export function heapSizeOf(value: unknown): number {
  let size = 0;
  const left = [value];
  for (let next; left.length > 0;) {
    next = left.pop();
    if (typeof next === 'string') size += TEXT + next.length * CHARACTER;
    else if (typeof next === 'object' && next !== null) {
      const parts: readonly unknown[] = Object.values(next);
      size += OBJECT + parts.length * (Array.isArray(next) ? POINTER : PROPERTY);
      for (const part of parts) left.push(part);
    } else size += 2 * POINTER;
  }
  return size;
}
