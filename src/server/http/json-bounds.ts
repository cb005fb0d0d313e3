/** `excessOf`: whether a JSON text exceeds bounds, checked before a parser makes objects of it. */

export interface JsonBounds {
  /** Objects, lists, texts, numbers and the rest, however deep; an empty object or list counts twice. */
  readonly maxValues: number;
  /** Objects and lists within each other: their readers are recursive. */
  readonly maxLevels: number;
}

/** Of a whole request. Legitimate requests fit many times over: the largest inputs have some hundred values. */
export const REQUEST_JSON_BOUNDS: JsonBounds = { maxValues: 10_000, maxLevels: 100 };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * The first bound that is exceeded, or null. For a text that is no JSON it may be either. Looks at every character at most
 * once and allocates nothing: a list of empty objects takes twenty times the memory of its text once it is parsed.
 */
export function excessOf(text: string, { maxValues, maxLevels }: JsonBounds): keyof JsonBounds | null {
  let values = 1;
  let levels = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfText(text, at);
        break;
      case 0x2c: // ,
        values++;
        break;
      case 0x5b: // [
      case 0x7b: // {
        values++;
        levels++;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        levels--;
        break;
    }
    if (values > maxValues) return 'maxValues';
    if (levels > maxLevels) return 'maxLevels';
  }
  return null;
}

/** Where the text ends that begins here. */
function endOfText(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at;
  }
  return text.length;
}
