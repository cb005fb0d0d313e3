/** `createRedaction`: takes out of a text what lets somebody in somewhere, whoever has put it there. */
import { SECRET_NAMES } from '../upstream/secret-fields.ts';

export type Redact = (text: string) => string;

/** What stands in the place of it. */
const REDACTED = '[redacted]';

/** Characters of a text that are logged: what is longer is cut before it is searched, and what looks like a credential with it. */
const MAX_LENGTH = 2_000;

/** What credentials look like that the gateway deals with. */
const PATTERNS: readonly RegExp[] = [
  // Header values: everything behind the name of the scheme.
  /\b(?:Bearer|Basic)\s{1,99}[^\s"',;]{1,2000}/gi,
  // Keys of Runloop and tokens of the gateway.
  /\b(?:ak|rlg)_[\w-]{4,2000}/g,
  // JSON Web Tokens.
  /\beyJ[\w-]{1,2000}\.[\w-]{0,2000}\.[\w-]{0,2000}/g,
  // What stands in an address, a cookie or a header for somebody.
  /\b(?:ticket|runloop_graphql_stream|authorization|cookie|set-cookie|x-api-key)(?:"?\s{0,99}[=:]\s{0,99}"?)[^\s"'&;,]{1,2000}/gi,
  // What an error quotes of a value or a body that it is about.
  /(?<=cannot represent [^:\n]{0,100}: )[^\n]{1,2000}/g,
  /"[^\n]{0,2000}"(?:\.{3})?(?= is not valid JSON)/g,
  // The user and password of an address.
  /(?<=:\/\/)[^\s/@"']{1,2000}(?=@)/g,
];

/** @param secrets what must not be written whatever it looks like */
export function createRedaction(secrets: readonly string[] = []): Redact {
  const known = secrets.filter((secret) => secret.length > 0);
  return (text) => {
    let shown = text;
    for (const secret of known) shown = shown.replaceAll(secret, REDACTED);
    if (shown.length > MAX_LENGTH) shown = `${shown.slice(0, MAX_LENGTH)}…`;
    shown = withoutSecretFields(shown);
    for (const pattern of PATTERNS) shown = shown.replace(pattern, REDACTED);
    return shown;
  };
}

/** What stands between the name of a property and its value, where one is written out as JSON or as code. */
const ASSIGNED = /^["']?\s{0,9}[=:]\s{0,9}(?=[[{"'])/;

/** Where a property is written out that holds what is sensitive of an entity, the text ends. */
function withoutSecretFields(text: string): string {
  for (const name of SECRET_NAMES) {
    for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
      const valueAt = at + name.length + (ASSIGNED.exec(text.slice(at + name.length))?.[0].length ?? 0);
      if (valueAt > at + name.length) return text.slice(0, valueAt) + REDACTED;
    }
  }
  return text;
}
