/** `sizeOf`: about how many bytes a plain value takes as JSON, without making that JSON. */

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
