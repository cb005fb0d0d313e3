/** `beginningOf`: a text cut to a number of characters, never within one. */

/** At most `maxChars` UTF-16 code units from the beginning. */
export function beginningOf(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  // Half of a surrogate pair is no character.
  const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(maxChars - 1));
  return text.slice(0, splitsPair ? maxChars - 1 : maxChars);
}
