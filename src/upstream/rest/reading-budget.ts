/** `createReadingBudget`: how many bytes of all large answers together are read per turn of the event loop. */

/**
 * Counts bytes that were read of a body. Null when more of it may be read in this turn; else a promise, which resolves in one
 * that has room, in the order of the calls.
 */
export type ReadingBudget = (bytes: number) => Promise<void> | null;

export interface ReadingBudgetOptions {
  /** Calls back in the next turn of the event loop. */
  readonly nextTurn: (wake: () => void) => void;
  /** Beyond it a turn reads no more. */
  readonly bytesPerTurn: number;
}

/**
 * What comes in on many sockets is handed over in one turn, and each piece of it takes a millisecond to parse: whoever else is
 * to be answered would wait for a hundred of them.
 */
export function createReadingBudget({ nextTurn, bytesPerTurn }: ReadingBudgetOptions): ReadingBudget {
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
