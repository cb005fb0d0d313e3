/** `breakOf`: where a text stops being JSON and what was expected there, worded independently of the JavaScript engine. */

export interface JsonBreak {
  /** Counted from 1. */
  readonly line: number;
  /** Characters into the line, counted from 1. */
  readonly column: number;
  readonly expected: string;
}

/** What may come next. */
type Expectation = 'value' | 'value or ]' | 'name or }' | 'name' | 'colon' | 'rest' | 'end';

const SPACE = /[ \t\n\r]*/y;
/** What may make up a number or a word. */
const WORD = /[\w.+-]*/y;
/** Neither the end of a text, nor an escape, nor a control character. */
const PLAIN_CHARS = /[ !\u0023-\u005b\u005d-\uffff]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})/y;

/** Null when the text is JSON. Looks at every character once and recurs into nothing, however deep the text nests. */
export function breakOf(text: string): JsonBreak | null {
  const found = firstBreak(text);
  return found && { ...placeOf(text, found.at), expected: found.expected };
}

interface Break {
  readonly at: number;
  readonly expected: string;
}

function firstBreak(text: string): Break | null {
  /** What closes each object and list that is open. */
  const open: ('}' | ']')[] = [];
  let expectation: Expectation = 'value';
  let at = 0;
  const closed = (): Expectation => (open.length === 0 ? 'end' : 'rest');
  for (;;) {
    at = past(SPACE, text, at);
    const character = text[at];
    if (character === undefined) return expectation === 'end' ? null : missing(expectation, open, at);
    switch (expectation) {
      case 'value':
      case 'value or ]':
        if (character === '{' || character === '[') {
          open.push(character === '{' ? '}' : ']');
          expectation = character === '{' ? 'name or }' : 'value or ]';
          at++;
        } else if (character === '"') {
          const end = endOfText(text, at);
          if (typeof end !== 'number') return end;
          at = end;
          expectation = closed();
        } else if (character === ']' && expectation === 'value or ]') {
          open.pop();
          at++;
          expectation = closed();
        } else {
          const end = past(WORD, text, at);
          if (!isScalar(text.slice(at, end))) return missing(expectation, open, at);
          at = end;
          expectation = closed();
        }
        break;
      case 'name':
      case 'name or }':
        if (character === '"') {
          const end = endOfText(text, at);
          if (typeof end !== 'number') return end;
          at = end;
          expectation = 'colon';
        } else if (character === '}' && expectation === 'name or }') {
          open.pop();
          at++;
          expectation = closed();
        } else return missing(expectation, open, at);
        break;
      case 'colon':
        if (character !== ':') return missing(expectation, open, at);
        at++;
        expectation = 'value';
        break;
      case 'rest':
        if (character === ',') expectation = open.at(-1) === '}' ? 'name' : 'value';
        else if (character === open.at(-1)) {
          open.pop();
          expectation = closed();
        } else return missing(expectation, open, at);
        at++;
        break;
      case 'end':
        return missing(expectation, open, at);
    }
  }
}

/** Of a text without brackets, quotes and spaces, a parser accepts numbers, `true`, `false` and `null`. */
function isScalar(word: string): boolean {
  try {
    JSON.parse(word);
    return true;
  } catch {
    return false;
  }
}

function missing(expectation: Expectation, open: readonly string[], at: number): Break {
  return { at, expected: wordsFor(expectation, open.at(-1) ?? '') };
}

function wordsFor(expectation: Expectation, close: string): string {
  switch (expectation) {
    case 'value':
      return 'a value';
    case 'value or ]':
      return 'a value or ]';
    case 'name':
      return 'a name in double quotes';
    case 'name or }':
      return 'a name in double quotes or }';
    case 'colon':
      return 'a colon';
    case 'rest':
      return `a comma or ${close}`;
    case 'end':
      return 'nothing more';
  }
}

/** Behind the closing quote of the text that begins here. */
function endOfText(text: string, from: number): number | Break {
  let at = from + 1;
  for (;;) {
    at = past(PLAIN_CHARS, text, at);
    const character = text[at];
    if (character === undefined) return { at, expected: 'the end of a text: a double quote' };
    if (character === '"') return at + 1;
    if (character !== '\\') {
      return {
        at,
        expected:
          character === '\n' || character === '\r'
            ? 'no line break within a text: JSON writes one as \\n'
            : 'no control character within a text: JSON writes one as \\u and four digits',
      };
    }
    const end = past(ESCAPE, text, at);
    if (end === at) return { at, expected: 'one of the escapes \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX' };
    at = end;
  }
}

/** Behind what the expression finds exactly here; here when it finds nothing. */
function past(expression: RegExp, text: string, at: number): number {
  expression.lastIndex = at;
  return expression.test(text) ? expression.lastIndex : at;
}

function placeOf(text: string, at: number): Pick<JsonBreak, 'line' | 'column'> {
  let line = 1;
  let lineStart = 0;
  for (let index = 0; index < at; index++) {
    if (text[index] !== '\n') continue;
    line++;
    lineStart = index + 1;
  }
  return { line, column: at - lineStart + 1 };
}
