/** `withExactNumbers`: a JSON text in which the numbers that JavaScript would round are texts, so that no digit of them is lost. */

/** So many digits in succession: fewer are always exact. */
const FEWEST_DIGITS = 16;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

/**
 * Whole numbers beyond 2^53 − 1, and numbers beyond what JavaScript has at all, come as texts. The text itself when there is
 * none, or no JSON. Every character is looked at once, but for those of long texts, which are skipped.
 */
export function withExactNumbers(json: string): string {
  const pieces: string[] = [];
  let copied = 0;
  for (let at = 0; at < json.length;) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = behindText(json, at);
    else if (code >= DIGIT_0 && code <= DIGIT_9) {
      const start = json.charAt(at - 1) === '-' ? at - 1 : at;
      const end = behindNumber(json, at);
      const number = json.slice(start, end);
      if (!isExact(number)) {
        pieces.push(json.slice(copied, start), `"${number}"`);
        copied = end;
      }
      at = end;
    } else at++;
  }
  return copied === 0 ? json : pieces.join('') + json.slice(copied);
}

function isExact(number: string): boolean {
  const value = Number(number);
  // A fraction is rounded as everywhere.
  if (number.length < FEWEST_DIGITS || /[.eE]/.test(number)) return Number.isFinite(value);
  return Number.isSafeInteger(value);
}

/** Behind the text that begins at `from`. */
function behindText(json: string, from: number): number {
  for (let end = json.indexOf('"', from + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let escapes = 0;
    while (json.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end + 1;
  }
  return json.length;
}

function behindNumber(json: string, from: number): number {
  let at = from;
  while (at < json.length && isOfNumber(json.charCodeAt(at))) at++;
  return at;
}

/** A digit, or one of `.`, `+`, `-`, `e` and `E`. */
function isOfNumber(code: number): boolean {
  return (
    (code >= DIGIT_0 && code <= DIGIT_9) ||
    code === 0x2e ||
    code === 0x2b ||
    code === 0x2d ||
    code === 0x65 ||
    code === 0x45
  );
}
