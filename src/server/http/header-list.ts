/** `entriesOf`: the entries of a header that is a list, as many as anybody means to send. */

/** What clients send has a handful. Beyond it a list is not read: nobody is kept waiting for the rest. */
const MAX_ENTRIES = 30;

/** Without blanks around them. What separates entries within quotes separates them too: no header that is read here has any. */
export function entriesOf(header: string, separator: ',' | ';' = ','): readonly string[] {
  return header.split(separator, MAX_ENTRIES).map((entry) => entry.trim());
}
