/** `readBody`: the body of an answer, within the budget of bytes; the rows of a large list one by one, as they come in. */
import type { Readable } from 'node:stream';
import type { BodyBytes } from './byte-budget.ts';
import { createRowSplitter, type RowSplitter } from './row-splitter.ts';

/** How the rows of a list are read. */
export interface RowReading {
  /** The property that holds the rows. */
  readonly wrapper: string;
  /** Makes something of the text of a row. Throws when it is no JSON. */
  readonly read: (text: string) => unknown;
}

/** What was read of a body. */
export interface BodyText {
  /** Without its rows when there are `rows`. Never JSON when a row was none. */
  readonly text: string;
  /** What was made of the rows of a list that is large; undefined when the text has them. */
  readonly rows?: readonly unknown[];
  /** How many bytes the rows had. */
  readonly rowBytes?: number;
}

/** A list up to here is taken as a text, which costs less. */
const SMALL_BYTES = 256 * 1024; // 256 KiB

/**
 * Rejects as the body fails. What was read of a list until then is on the error when it `isCut` there: whole rows, and
 * nothing of what is around them.
 */
export function readBody(
  body: Readable,
  {
    bytes,
    rows,
    maxBytes,
  }: {
    readonly bytes: BodyBytes;
    readonly rows: RowReading | undefined;
    /** What the transport reads of one body. */
    readonly maxBytes: number;
  },
): Promise<BodyText> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let length = 0;
    let splitter: RowSplitter | null = null;
    const made: unknown[] = [];
    let rowBytes = 0;
    const splitFrom = smallUpTo(maxBytes);

    const open = (reading: RowReading) =>
      createRowSplitter({
        wrapper: reading.wrapper,
        onRow: (text, byteLength) => {
          try {
            made.push(reading.read(text));
          } catch {
            return false;
          }
          rowBytes += byteLength;
          return true;
        },
      });
    const finish = () => {
      if (splitter) resolve({ text: splitter.rest(), rows: made, rowBytes });
      else resolve({ text: textOf(chunks) });
    };
    const giveUp = () => {
      body.off('data', onData);
      body.destroy();
      resolve({ text: '' });
    };
    const onData = (chunk: Buffer) => {
      const room = bytes.take(chunk.length);
      length += chunk.length;
      if (!splitter && rows && length > splitFrom) {
        splitter = open(rows);
        const early = chunks;
        chunks = [];
        if (!early.every((each) => splitter?.write(each))) {
          giveUp();
          return;
        }
      }
      if (!splitter) chunks.push(chunk);
      else if (!splitter.write(chunk)) {
        giveUp();
        return;
      }
      if (!room) return;
      body.pause();
      void room.then(() => body.resume());
    };
    body.on('data', onData);
    body.once('end', finish);
    body.once('error', (error) => {
      reject(made.length > 0 ? new CutList(error, { rows: made, rowBytes }) : error);
    });
    body.once('close', () => {
      // One that is destroyed without an error ends in neither of the others.
      reject(new Error('The body was given up'));
    });
  });
}

/** A body that broke off behind some of its rows. */
export class CutList extends Error {
  readonly rows: readonly unknown[];
  readonly rowBytes: number;

  constructor(
    cause: Error,
    { rows, rowBytes }: { readonly rows: readonly unknown[]; readonly rowBytes: number },
  ) {
    super('The list was cut', { cause });
    this.rows = rows;
    this.rowBytes = rowBytes;
  }
}

/** What is read of a body that is as small as this is always a text. */
export function smallUpTo(maxBytes: number): number {
  return Math.min(SMALL_BYTES, maxBytes / 4);
}

/** UTF-8, whose mark is no part of the text. */
export function textOf(chunks: readonly Buffer[]): string {
  const [only] = chunks;
  const whole = chunks.length === 1 && only ? only : Buffer.concat(chunks);
  const start = whole[0] === 0xef && whole[1] === 0xbb && whole[2] === 0xbf ? 3 : 0;
  return whole.toString('utf8', start);
}
