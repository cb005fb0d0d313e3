/** `sizeOf` and `heapSizeOf`: about how many bytes a plain value takes as JSON, without making that JSON, and in memory. */

/** Quotes or brackets, and a comma or colon. */
const PUNCTUATION = 3;
const LITERAL = 8;

export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length + PUNCTUATION;
  if (typeof value !== 'object' || value === null) return LITERAL;
  let size = PUNCTUATION;
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) size += sizeOf(item);
    return size;
  }
  for (const [name, item] of Object.entries(value)) size += name.length + PUNCTUATION + sizeOf(item);
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
