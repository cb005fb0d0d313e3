/** `withoutValues`: what graphql says about a value that does not fit, without the value, which may be a credential. */

/** What graphql says of a value without quoting it, at the end of a message. */
const REASONS = [
  /Expected non-nullable type "[^"]*" not to be null\.$/,
  /Expected type "[^"]*" to be an object\.$/,
  /Exactly one key must be specified for OneOf type "[^"]*"\.$/,
  /Field "[^"]*" must be non-null\.$/,
  /Field "\w+" of required type "[^"]*" was not provided\.$/,
  /Field "\w+" is not defined by type "\w+"\.$/,
] as const;

/** A word of an enumeration, or something that was meant to be one. */
const WORD = /^[A-Z_][A-Z0-9_]{0,63}$/;

/** The message of an error about a document, its variables or its arguments. Other messages stay as they are. */
export function withoutValues(message: string): string {
  const at = message.lastIndexOf(' Did you mean ');
  const [said, suggestion] = at === -1 ? [message, ''] : [message.slice(0, at), message.slice(at)];
  return told(said) + suggestion;
}

function told(message: string): string {
  const [, variable] = /^Variable "\$(\w+)" got invalid value /.exec(message) ?? [];
  if (variable === undefined) return aboutValue(message) ?? message;
  const reason = REASONS.map((pattern) => pattern.exec(message)?.[0]).find(Boolean) ?? aboutValue(message);
  // The last place that is named: a value can name one, too.
  const [place] = [...message.matchAll(new RegExp(` at "${variable}[^"\\s]*"(?=; )`, 'g'))].at(-1) ?? [''];
  return `Variable "$${variable}" got an invalid value${place}: ${reason ?? 'It does not fit its type.'}`;
}

/** What a scalar or an enumeration says, or the place in a document where one is; null for anything else. */
function aboutValue(message: string): string | null {
  const [, scalar] = /\b([A-Z]\w* cannot represent [\w -]*?value):/.exec(message) ?? [];
  if (scalar !== undefined) return `${scalar}.`;
  const [, enumeration] = /\bEnum "(\w+)" cannot represent /.exec(message) ?? [];
  if (enumeration !== undefined) return `Expected a value of the enum "${enumeration}".`;
  const [, word = '', words] = /\bValue "([\s\S]*)" does not exist in "(\w+)" enum\./.exec(message) ?? [];
  if (words !== undefined) {
    return WORD.test(word)
      ? `Value "${word}" does not exist in "${words}" enum.`
      : `Expected a value of the enum "${words}".`;
  }
  const [, type] = /^Expected value of type "([^"]*)", found [\s\S]*$/.exec(message) ?? [];
  return type === undefined ? null : `Expected value of type "${type}".`;
}
