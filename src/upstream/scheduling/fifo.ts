/** `createFifo`: a queue that an item can leave from the middle, at no more cost than from an end. */

export interface Fifo<T> {
  /** Appends `item`; the answer takes it out again, wherever it is by then, and says false once it has left. */
  push(item: T): () => boolean;
  /** Takes out the oldest item. */
  shift(): T | undefined;
  /** Takes out the youngest item. */
  pop(): T | undefined;
  readonly size: number;
  /** From the oldest to the youngest; the item that was given last may leave meanwhile. */
  [Symbol.iterator](): Iterator<T>;
}

interface Link<T> {
  readonly item: T;
  older: Link<T> | null;
  younger: Link<T> | null;
  isIn: boolean;
}

export function createFifo<T>(): Fifo<T> {
  let oldest: Link<T> | null = null;
  let youngest: Link<T> | null = null;
  let size = 0;

  function leave(link: Link<T> | null): T | undefined {
    if (!link?.isIn) return undefined;
    link.isIn = false;
    if (link.older) link.older.younger = link.younger;
    else oldest = link.younger;
    if (link.younger) link.younger.older = link.older;
    else youngest = link.older;
    size--;
    return link.item;
  }

  return {
    push(item) {
      const link: Link<T> = { item, older: youngest, younger: null, isIn: true };
      if (youngest) youngest.younger = link;
      else oldest = link;
      youngest = link;
      size++;
      return () => {
        const wasIn = link.isIn;
        leave(link);
        return wasIn;
      };
    },
    shift: () => leave(oldest),
    pop: () => leave(youngest),
    get size() {
      return size;
    },
    *[Symbol.iterator]() {
      for (let link = oldest; link;) {
        const { item, younger } = link;
        yield item;
        link = younger;
      }
    },
  };
}
