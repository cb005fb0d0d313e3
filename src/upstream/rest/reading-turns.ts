/** `createReadingTurns`: how much of large answers is read in one turn of the event loop, of all of them together. */

/**
 * Counts bytes that were read of a body. Null when more of it may be read in this turn; else a promise, which resolves in one
 * that has room, in the order of the calls.
 */
export type ReadingTurns = (bytes: number) => Promise<void> | null;

export interface ReadingTurnsOptions {
  /** Calls back in the next turn of the event loop. */
  readonly nextTurn: (wake: () => void) => void;
  /** Beyond it a turn reads no more. */
  readonly bytesPerTurn: number;
}

/**
 * What comes in on many sockets is handed over in one turn, and each piece of it takes a millisecond to parse: whoever else is
 * to be answered would wait for a hundred of them.
 */
export function createReadingTurns({ nextTurn, bytesPerTurn }: ReadingTurnsOptions): ReadingTurns {
  /** Those that wait, and what each has read last: it will read about as much again. */
  const waiting: { readonly bytes: number; readonly goOn: () => void }[] = [];
  let read = 0;
  let isCounting = false;

  const begin = () => {
    isCounting = true;
    nextTurn(() => {
      isCounting = false;
      read = 0;
      if (waiting.length === 0) return;
      begin();
      for (let expected = 0; expected < bytesPerTurn;) {
        const next = waiting.shift();
        if (!next) return;
        expected += next.bytes;
        next.goOn();
      }
    });
  };

  return (bytes) => {
    if (!isCounting) begin();
    read += bytes;
    if (read < bytesPerTurn && waiting.length === 0) return null;
    return new Promise((goOn) => {
      waiting.push({ bytes, goOn });
    });
  };
}
