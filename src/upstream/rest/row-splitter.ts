/** `createRowSplitter`: cuts the rows out of a JSON list while its bytes come in, so that nobody needs the whole text at once. */

export interface RowSplitter {
  /** Takes the next bytes. False once this can be no JSON: no more is to be written. */
  write(chunk: Buffer): boolean;
  /** The text without its rows, once all bytes were written: the list is empty in it. */
  rest(): string;
}

export interface RowSplitterOptions {
  /** The property of the outermost object that holds the rows. */
  readonly wrapper: string;
  /** Called with the text of each row, in order. False when it is no JSON. */
  readonly onRow: (text: string, byteLength: number) => boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** UTF-8's mark, which no JSON has and some servers send. */
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** What may come next between rows: a row, a row or the end of the list, a comma or the end of the list. */
type Between = 'row' | 'row-or-end' | 'comma-or-end';

export function createRowSplitter({ wrapper, onRow }: RowSplitterOptions): RowSplitter {
  /** Where a row begins, as the number of brackets that are open. */
  const ROW_DEPTH = 2;
  let depth = 0;
  let isInString = false;
  /** Whether an odd number of backslashes ends what was written so far. */
  let isEscaped = false;
  let isInList = false;
  let between: Between = 'row-or-end';
  let isFirst = true;
  /** The latest string of the outermost object, and whether a colon came after it. */
  let key: { parts: Buffer[]; isDone: boolean } | null = null;
  let isKey = false;
  /** What the chunks before this one hold of the row, of which `isInRow` says whether it goes on. */
  let row: Buffer[] = [];
  let isInRow = false;
  const outside: Buffer[] = [];

  function finishRow(chunk: Buffer, start: number, end: number): boolean {
    const bytes = chunk.subarray(start, end);
    const whole = row.length === 0 ? bytes : Buffer.concat([...row, bytes]);
    row = [];
    isInRow = false;
    between = 'comma-or-end';
    return onRow(whole.toString(), whole.length);
  }

  function write(given: Buffer): boolean {
    let chunk = given;
    if (isFirst && chunk.length > 0) {
      isFirst = false;
      if (chunk.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK))
        chunk = chunk.subarray(BYTE_ORDER_MARK.length);
    }
    /** From where on this chunk is copied, to the row or to what is outside of all. */
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      if (isInString) {
        const end = endOfString(chunk, at);
        if (key && !key.isDone && depth === 1)
          key.parts.push(chunk.subarray(at, end === -1 ? undefined : end));
        if (end === -1) break;
        isInString = false;
        if (key) key.isDone = true;
        at = end;
        // A row that is a text ends with it.
        if (isInRow && depth === ROW_DEPTH) {
          if (!finishRow(chunk, from, at + 1)) return false;
          from = at + 1;
        }
        continue;
      }
      const byte = chunk[at] ?? 0;
      if (isSpace(byte)) continue;
      if (isInList && depth === ROW_DEPTH && !isInRow) {
        if (byte === CLOSE_LIST && between !== 'row') {
          isInList = false;
          depth--;
          from = at;
          continue;
        }
        if (byte === COMMA) {
          if (between !== 'comma-or-end') return false;
          between = 'row';
          continue;
        }
        if (between === 'comma-or-end') return false;
        isInRow = true;
        from = at;
      }
      switch (byte) {
        case QUOTE:
          isInString = true;
          if (depth === 1) key = { parts: [], isDone: false };
          break;
        case COLON:
          if (depth === 1) isKey = key !== null && textOf(key.parts) === wrapper;
          break;
        case OPEN_LIST:
        case OPEN_OBJECT:
          depth++;
          if (byte === OPEN_LIST && depth === ROW_DEPTH && isKey && !isInRow) {
            outside.push(Buffer.from(chunk.subarray(from, at + 1)));
            isInList = true;
            between = 'row-or-end';
          }
          break;
        case CLOSE_LIST:
        case CLOSE_OBJECT:
          // A number or a word is ended by what comes after it.
          if (isInRow && depth === ROW_DEPTH) {
            if (byte !== CLOSE_LIST || !finishRow(chunk, from, at)) return false;
            at--;
            break;
          }
          depth--;
          if (isInRow && depth === ROW_DEPTH) {
            if (!finishRow(chunk, from, at + 1)) return false;
            from = at + 1;
          }
          break;
        case COMMA:
          if (isInRow && depth === ROW_DEPTH) {
            if (!finishRow(chunk, from, at)) return false;
            at--;
          } else if (depth === 1) {
            key = null;
            isKey = false;
          }
          break;
      }
    }
    // Rows are copied: a part of a chunk would hold all of it.
    if (isInRow) row.push(Buffer.from(chunk.subarray(from)));
    else if (!isInList) outside.push(Buffer.from(chunk.subarray(from)));
    return true;
  }

  /** Where the string ends that goes on at `start`, at its quote; -1 when it goes on after the chunk. */
  function endOfString(chunk: Buffer, start: number): number {
    for (let from = start; ;) {
      const quote = chunk.indexOf(QUOTE, from);
      const end = quote === -1 ? chunk.length : quote;
      let backslashes = 0;
      while (end - backslashes > start && chunk[end - backslashes - 1] === BACKSLASH) backslashes++;
      // Those that go back to where the chunk begins continue those before it.
      const isOdd = (backslashes % 2 === 1) !== (end - backslashes === start && isEscaped);
      if (quote === -1) {
        isEscaped = isOdd;
        return -1;
      }
      if (!isOdd) {
        isEscaped = false;
        return quote;
      }
      from = quote + 1;
    }
  }

  return { write, rest: () => Buffer.concat(outside).toString() };
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** A key as it is written; one that is written with escapes is not looked for. */
function textOf(parts: readonly Buffer[]): string {
  return parts.map(String).join('');
}
