/** `withoutValues`: graphql's message about an invalid value, without the value, which may be a credential. */

/** The ends of graphql's messages that quote no value. Names have a bounded length, so that matching takes linear time. */
const REASONS = [
  /Expected non-nullable type "[^"]{1,200}" not to be null\.$/,
  /Expected type "[^"]{1,200}" to be an object\.$/,
  /Exactly one key must be specified for OneOf type "[^"]{1,200}"\.$/,
  /Field "[^"]{1,200}" must be non-null\.$/,
  /Field "\w{1,200}" of required type "[^"]{1,200}" was not provided\.$/,
  /Field "\w{1,200}" is not defined by type "\w{1,200}"\.$/,
] as const;

/** An enum value, or something that was meant to be one. */
const ENUM_VALUE = /^[A-Z_][A-Z0-9_]{0,63}$/;

/** graphql ends a message with up to five known names that resemble a mistaken one. */
const SUGGESTION =
  /^ Did you mean (?:[a-z ]{1,40} )?"[\w.]{1,200}"(?:(?:, or |, | or )"[\w.]{1,200}"){0,4}\?(?: Or "[^"]{1,200}"\?)?$/;

/** The longest message that is shown. Names of the graph fit many times over. */
const MAX_MESSAGE_LENGTH = 1_000;
/** Characters of each part of a long message that are searched: searching all of it would block the event loop. */
const SEARCHED_CHARS = 600;

/** The message of an error about a document, its variables or its arguments. Other messages stay as they are, unless they are long. */
export function withoutValues(message: string): string {
  const at = message.lastIndexOf(' Did you mean ');
  const suggestion = at === -1 ? '' : message.slice(at, at + MAX_MESSAGE_LENGTH);
  return SUGGESTION.test(suggestion)
    ? withoutQuotedValue(message.slice(0, at)) + suggestion
    : withoutQuotedValue(message);
}

/** The message without a suggestion at its end, which would reveal names of the graph. */
export function withoutSuggestion(message: string): string {
  const at = message.lastIndexOf(' Did you mean ');
  return at === -1 ? message : message.slice(0, at);
}

function withoutQuotedValue(message: string): string {
  const searched = searchable(message);
  const [, variable] = /^Variable "\$(\w{1,200})" got invalid value /.exec(searched) ?? [];
  if (variable === undefined) return aboutValue(searched) ?? beginningOf(message);
  const reason = REASONS.map((pattern) => pattern.exec(searched)?.[0]).find(Boolean) ?? aboutValue(searched);
  return `Variable "$${variable}" got an invalid value${placeIn(searched, variable)}: ${reason ?? 'It does not fit its type.'}`;
}

/** The parts of a long message that graphql wrote: they stand at its ends, or between two quotations of the same value. */
function searchable(message: string): string {
  if (message.length <= 3 * SEARCHED_CHARS) return message;
  const middle = Math.floor(message.length / 2);
  const parts = [
    message.slice(0, SEARCHED_CHARS),
    message.slice(middle - SEARCHED_CHARS / 2, middle + SEARCHED_CHARS / 2),
    message.slice(-SEARCHED_CHARS),
  ];
  return parts.join(' … ');
}

function beginningOf(message: string): string {
  return message.length <= MAX_MESSAGE_LENGTH ? message : `${message.slice(0, MAX_MESSAGE_LENGTH)}…`;
}

/** The last path in the variable that the message names: earlier ones may stand in the quoted value. */
function placeIn(message: string, variable: string): string {
  const found = [...message.matchAll(/ at "(\w{1,200})[^"\s]{0,200}"(?=; )/g)];
  return found.findLast(([, name]) => name === variable)?.[0] ?? '';
}

/** The message about a scalar, an enum value or a literal; null for anything else. */
function aboutValue(message: string): string | null {
  const [, scalar] = /\b([A-Z]\w{0,63} cannot represent [\w -]{0,63}?value):/.exec(message) ?? [];
  if (scalar !== undefined) return `${scalar}.`;
  const [, enumeration] = /\bEnum "(\w{1,200})" cannot represent /.exec(message) ?? [];
  if (enumeration !== undefined) return `Expected a value of the enum "${enumeration}".`;
  return aboutEnumValue(message) ?? aboutLiteral(message);
}

function aboutEnumValue(message: string): string | null {
  const from = message.search(/\bValue "/);
  const to = message.lastIndexOf('" does not exist in "');
  if (from === -1 || to < from) return null;
  const [, words] = /^" does not exist in "(\w{1,200})" enum\./.exec(message.slice(to)) ?? [];
  if (words === undefined) return null;
  const word = message.slice(from + 'Value "'.length, to);
  return ENUM_VALUE.test(word)
    ? `Value "${word}" does not exist in "${words}" enum.`
    : `Expected a value of the enum "${words}".`;
}

function aboutLiteral(message: string): string | null {
  const [, type] = /^Expected value of type "([^"]{0,200})", found /.exec(message) ?? [];
  return type === undefined ? null : `Expected value of type "${type}".`;
}
