/** `readJson`: parses JSON that a client sent, within bounds; its error says where the text breaks and why. */
import { refusal } from './refusal.ts';
import { excessOf, REQUEST_JSON_BOUNDS } from './json-bounds.ts';
import { breakOf } from './json-syntax.ts';
import { hasLoneSurrogate } from './lone-surrogates.ts';

const BYTE_ORDER_MARK = '\ufeff';

/** The escapes of surrogates, without which a JSON text in UTF-8 holds no lone surrogate. */
const SURROGATE_ESCAPE = /\\u[dD][89A-Fa-f]/;

/** `what` names the text in a refusal. */
export function readJson(given: string, what: string): unknown {
  const text = withoutMark(given);
  const excess = excessOf(text, REQUEST_JSON_BOUNDS);
  if (excess) {
    const counted = { maxValues: 'values', maxLevels: 'levels' }[excess];
    throw refusal(
      `Expected ${what} to have at most ${String(REQUEST_JSON_BOUNDS[excess])} ${counted}, got more`,
      400,
    );
  }
  const value = parse(text, what);
  if (SURROGATE_ESCAPE.test(text) && hasLoneSurrogate(value)) {
    throw refusal(
      `Expected ${what} to be text that UTF-8 can write, got half of a surrogate pair (an escape from \\ud800 to \\udfff)`,
      400,
    );
  }
  return value;
}

/** Some editors and languages write a byte order mark in front of JSON. It may be ignored (RFC 8259, section 8.1). */
export function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const found = breakOf(text);
    if (!found) throw refusal(`Expected ${what} to be JSON`, 400);
    const { line, column, expected } = found;
    throw refusal(
      `Expected ${what} to be JSON: at line ${String(line)}, column ${String(column)}, expected ${expected}`,
      400,
    );
  }
}
