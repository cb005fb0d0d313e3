/** A strict reader of RFC 4180, written apart from the writer: quotes only where they may stand, every line ended by CRLF. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const row: string[] = [];
    for (;;) {
      const [, quoted, plain] = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))/.exec(text.slice(at)) ?? [];
      row.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
      at += quoted === undefined ? (plain ?? '').length : quoted.length + 2;
      if (text[at] !== ',') break;
      at++;
    }
    if (text.slice(at, at + 2) !== '\r\n') throw new Error(`Expected the end of a line at ${String(at)}`);
    at += 2;
    rows.push(row);
  }
  return rows;
}

/** The rows by the names in the first one. */
export function recordsOf(text: string): Record<string, string>[] {
  const [header = [], ...rows] = parseCsv(text);
  return rows.map((row) => {
    if (row.length !== header.length) throw new Error('Expected as many cells as columns');
    return Object.fromEntries(header.map((name, index) => [name, row[index] ?? '']));
  });
}
