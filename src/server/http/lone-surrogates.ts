/** `hasLoneSurrogate`: whether a value holds text that UTF-8 cannot write, which would be stored with U+FFFD in its place. */

/** A surrogate that is half of no pair: with the flag `u`, whole pairs are one character, and no surrogate. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Looks into names as well as values of objects. Recurs into nothing. */
export function hasLoneSurrogate(value: unknown): boolean {
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === 'string') {
      if (LONE_SURROGATE.test(next)) return true;
    } else if (Array.isArray(next)) {
      for (const item of next) waiting.push(item);
    } else if (typeof next === 'object' && next !== null) {
      for (const [name, item] of Object.entries(next)) waiting.push(name, item);
    }
  }
  return false;
}
