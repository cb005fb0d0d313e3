/** Splits a script into simple commands: quotes, variables, `&&`, `||`, `;`, line ends and redirections of the output. */

/** What must hold for a command to run, given the one before it. */
export type Operator = ';' | '&&' | '||';

export interface SimpleCommand {
  readonly words: readonly string[];
  /** Where the output goes instead of the terminal. */
  readonly target: string | undefined;
  readonly isAppended: boolean;
}

/** Any of: an operator, a redirection, a comment up to the line's end, a word with quoted parts, blanks. */
const TOKEN =
  /(&&|\|\||;|\n)|(2>&1|2>\s*\/dev\/null)|(>>?)|(#[^\n]*)|((?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s;&|>"'\\])+)|\s+|./gs;

/**
 * Reads one command after the other, so that each sees the variables as the ones before it left them; `lastStatus` is
 * what `$?` means.
 */
export function* parseScript(
  script: string,
  variable: (name: string) => string,
  lastStatus: () => number,
): Generator<{ readonly operator: Operator; readonly command: SimpleCommand }> {
  let operator: Operator = ';';
  let words: string[] = [];
  let target: string | undefined;
  let redirection: string | undefined;
  let isAppended = false;

  for (const [token, separator, ignored, arrow, comment, word] of script.matchAll(TOKEN)) {
    if (ignored !== undefined || (comment !== undefined && words.length === 0)) continue;
    if (separator !== undefined) {
      if (words.length > 0) yield { operator, command: { words, target, isAppended } };
      if (words.length > 0 || separator === '&&' || separator === '||') operator = operatorOf(separator);
      [words, target, redirection, isAppended] = [[], undefined, undefined, false];
    } else if (arrow !== undefined) redirection = arrow;
    // There are no pipes here: better an unknown command than a wrong answer.
    else if (token === '|') words = ['|'];
    else if (word !== undefined || comment !== undefined) {
      const text = expand(word ?? '', variable, lastStatus);
      if (redirection === undefined) words.push(...(comment === undefined ? [text] : []));
      else {
        target = text;
        isAppended = redirection === '>>';
        redirection = undefined;
      }
    }
  }
  if (words.length > 0) yield { operator, command: { words, target, isAppended } };
}

function operatorOf(separator: string): Operator {
  return separator === '&&' || separator === '||' ? separator : ';';
}

/** Removes the quotes and puts in the variables, except between single quotes. */
function expand(word: string, variable: (name: string) => string, lastStatus: () => number): string {
  const substitute = (text: string, isEscape: (character: string) => boolean) =>
    text.replace(
      /\\(.)|\$\{?(\w+|\?)\}?/gs,
      (match, escaped: string | undefined, name: string | undefined) => {
        if (escaped !== undefined) return isEscape(escaped) ? escaped : match;
        return name === '?' ? String(lastStatus()) : variable(name ?? '');
      },
    );
  return word.replace(
    /"((?:\\.|[^"\\])*)"|'([^']*)'|((?:\\.|[^"'\\])+)/gs,
    (_match, double: string | undefined, single: string | undefined, plain: string | undefined) => {
      if (single !== undefined) return single;
      // Within double quotes a backslash only escapes what would mean something there.
      return double === undefined
        ? substitute(plain ?? '', () => true)
        : substitute(double, (character) => '"\\$`'.includes(character));
    },
  );
}
