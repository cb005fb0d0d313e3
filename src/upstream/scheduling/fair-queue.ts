/** `createFairQueue`: a queue that serves its owners round-robin, however many items each has. */
import { createFifo, type Fifo } from './fifo.ts';

export interface FairQueue<T> {
  /** Appends an item of `owner`; the answer takes it out again, and does nothing once it has left. */
  push(item: T, owner: string): () => void;
  /** Takes out the oldest item of the next owner, skipping those who may not go now. */
  shift(mayGo: (owner: string) => boolean): T | undefined;
  /** Takes out the youngest item of the owner who has most, if that is more than `least`. */
  popOfMost(least: number): T | undefined;
  /** How many leave before what `owner` would append now, at most. */
  aheadOf(owner: string): number;
  sizeOf(owner: string): number;
  readonly size: number;
  /** Every item; it may leave meanwhile. */
  [Symbol.iterator](): Iterator<T>;
}

export function createFairQueue<T>(): FairQueue<T> {
  /** In round-robin order. Invariant: each has something that waits. */
  const owners = new Map<string, Fifo<T>>();
  let size = 0;

  function left(owner: string, items: Fifo<T>): void {
    size--;
    if (items.size === 0 && owners.get(owner) === items) owners.delete(owner);
  }

  return {
    push(item, owner) {
      const items = owners.get(owner) ?? createFifo<T>();
      owners.set(owner, items);
      size++;
      const leave = items.push(item);
      return () => {
        if (leave()) left(owner, items);
      };
    },
    shift(mayGo) {
      for (const [owner, items] of owners) {
        if (!mayGo(owner)) continue;
        const item = items.shift();
        left(owner, items);
        // The owner that was served goes behind all others.
        if (owners.delete(owner)) owners.set(owner, items);
        return item;
      }
      return undefined;
    },
    popOfMost(least) {
      let most: [string, Fifo<T>] | undefined;
      for (const each of owners) if (each[1].size > (most?.[1].size ?? least)) most = each;
      if (!most) return undefined;
      const item = most[1].pop();
      left(...most);
      return item;
    },
    aheadOf(owner) {
      const own = owners.get(owner)?.size ?? 0;
      const others = owners.size - (own === 0 ? 0 : 1);
      return Math.min(size, own + others * (own + 1));
    },
    sizeOf: (owner) => owners.get(owner)?.size ?? 0,
    get size() {
      return size;
    },
    *[Symbol.iterator]() {
      for (const items of [...owners.values()]) yield* items;
    },
  };
}
