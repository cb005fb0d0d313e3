/** `withoutValues`: what graphql says about a value that does not fit, without the value, which may be a credential. */

/** What graphql says of a value without quoting it, at the end of a message. Names are no longer than anybody writes them. */
const REASONS = [
  /Expected non-nullable type "[^"]{1,200}" not to be null\.$/,
  /Expected type "[^"]{1,200}" to be an object\.$/,
  /Exactly one key must be specified for OneOf type "[^"]{1,200}"\.$/,
  /Field "[^"]{1,200}" must be non-null\.$/,
  /Field "\w{1,200}" of required type "[^"]{1,200}" was not provided\.$/,
  /Field "\w{1,200}" is not defined by type "\w{1,200}"\.$/,
] as const;

/** A word of an enumeration, or something that was meant to be one. */
const WORD = /^[A-Z_][A-Z0-9_]{0,63}$/;

/** graphql ends a message with up to five names that it knows and that are like a mistaken one. */
const SUGGESTION =
  /^ Did you mean (?:[a-z ]{1,40} )?"[\w.]{1,200}"(?:(?:, or |, | or )"[\w.]{1,200}"){0,4}\?(?: Or "[^"]{1,200}"\?)?$/;

/** Characters of a message that are told, at most. Names of the graph fit many times over. */
const MAX_MESSAGE_LENGTH = 1_000;
/** Characters of each part of a long message that are searched: whoever has made it long must not keep everybody waiting. */
const SEARCHED = 600;

/** The message of an error about a document, its variables or its arguments. Other messages stay as they are, unless they are long. */
export function withoutValues(message: string): string {
  const at = message.lastIndexOf(' Did you mean ');
  const suggestion = at === -1 ? '' : message.slice(at, at + MAX_MESSAGE_LENGTH);
  return SUGGESTION.test(suggestion) ? told(message.slice(0, at)) + suggestion : told(message);
}

/** The message without what may be a suggestion in its end, for who must not learn names of the graph. */
export function withoutSuggestion(message: string): string {
  const at = message.lastIndexOf(' Did you mean ');
  return at === -1 ? message : message.slice(0, at);
}

function told(message: string): string {
  const searched = searchable(message);
  const [, variable] = /^Variable "\$(\w{1,200})" got invalid value /.exec(searched) ?? [];
  if (variable === undefined) return aboutValue(searched) ?? beginningOf(message);
  const reason = REASONS.map((pattern) => pattern.exec(searched)?.[0]).find(Boolean) ?? aboutValue(searched);
  return `Variable "$${variable}" got an invalid value${placeIn(searched, variable)}: ${reason ?? 'It does not fit its type.'}`;
}

/** A long message without most of what it quotes: what it says itself stands at its ends, or between two quotations of the same value. */
function searchable(message: string): string {
  if (message.length <= 3 * SEARCHED) return message;
  const middle = Math.floor(message.length / 2);
  const parts = [
    message.slice(0, SEARCHED),
    message.slice(middle - SEARCHED / 2, middle + SEARCHED / 2),
    message.slice(-SEARCHED),
  ];
  return parts.join(' … ');
}

function beginningOf(message: string): string {
  return message.length <= MAX_MESSAGE_LENGTH ? message : `${message.slice(0, MAX_MESSAGE_LENGTH)}…`;
}

/** The last place that is named as one in the variable: a value can name one, too. */
function placeIn(message: string, variable: string): string {
  const found = [...message.matchAll(/ at "(\w{1,200})[^"\s]{0,200}"(?=; )/g)];
  return found.findLast(([, name]) => name === variable)?.[0] ?? '';
}

/** What a scalar or an enumeration says, or the place in a document where one is; null for anything else. */
function aboutValue(message: string): string | null {
  const [, scalar] = /\b([A-Z]\w{0,63} cannot represent [\w -]{0,63}?value):/.exec(message) ?? [];
  if (scalar !== undefined) return `${scalar}.`;
  const [, enumeration] = /\bEnum "(\w{1,200})" cannot represent /.exec(message) ?? [];
  if (enumeration !== undefined) return `Expected a value of the enum "${enumeration}".`;
  return aboutWord(message) ?? aboutLiteral(message);
}

function aboutWord(message: string): string | null {
  const from = message.search(/\bValue "/);
  const to = message.lastIndexOf('" does not exist in "');
  if (from === -1 || to < from) return null;
  const [, words] = /^" does not exist in "(\w{1,200})" enum\./.exec(message.slice(to)) ?? [];
  if (words === undefined) return null;
  const word = message.slice(from + 'Value "'.length, to);
  return WORD.test(word)
    ? `Value "${word}" does not exist in "${words}" enum.`
    : `Expected a value of the enum "${words}".`;
}

function aboutLiteral(message: string): string | null {
  const [, type] = /^Expected value of type "([^"]{0,200})", found /.exec(message) ?? [];
  return type === undefined ? null : `Expected value of type "${type}".`;
}
