/** `entriesOf`: the entries of a header that is a list, up to a bound. */

/** Clients send a handful. Further entries are ignored, so that parsing takes a bounded time. */
const MAX_ENTRIES = 30;

/** Without blanks around them. What separates entries within quotes separates them too: no header that is read here has any. */
export function entriesOf(header: string, separator: ',' | ';' = ','): readonly string[] {
  return header.split(separator, MAX_ENTRIES).map((entry) => entry.trim());
}

/** The header as far as it is read, for a parser that has no bound of its own. */
export function beginningOfList(header: string): string {
  return header.split(',', MAX_ENTRIES).join(',');
}
