/** `createDetailMemory`: what entities have beside themselves, each read once per operation, within a bound. */
import DataLoader from 'dataloader';
import { sizeOf } from '../memory/size.ts';
import { oneByOne } from './entity-loader.ts';

export interface DetailMemory {
  /** The same reads, each sent once for equal arguments while its answer is cached. */
  remember<Of extends object, T>(read: (of: Of) => Promise<T | null>): (of: Of) => Promise<T | null>;
}

/**
 * The most that one operation caches of all details together, in bytes as JSON; beyond that only the latest, and others are
 * read again when they are needed again.
 */
const MAX_BYTES = 8 * 1024 * 1024; // 8 MiB

export function createDetailMemory(): DetailMemory {
  /** The size of each cached answer by the function that evicts it, oldest first. */
  const sizes = new Map<() => void, number>();

  /** An operation shows a page of each log: it does not hold all lines of many until it is answered. */
  function note(answer: unknown, evict: () => void): void {
    sizes.set(evict, sizeOf(answer, MAX_BYTES));
    let sum = [...sizes.values()].reduce((all, one) => all + one, 0);
    for (const [evictOlder, bytes] of sizes) {
      if (sum <= MAX_BYTES || evictOlder === evict) return;
      sum -= bytes;
      sizes.delete(evictOlder);
      evictOlder();
    }
  }

  return {
    remember<Of extends object, T>(read: (of: Of) => Promise<T | null>): (of: Of) => Promise<T | null> {
      let made: DataLoader<Of, T | null, string> | undefined;
      const readAll = oneByOne<T, Of>(async (of) => {
        const answer = await read(of);
        note(answer, () => made?.clear(of));
        return answer;
      });
      return (of) => (made ??= new DataLoader(readAll, { cacheKeyFn: keyOf })).load(of);
    },
  };
}

function keyOf(of: object): string {
  return JSON.stringify(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)));
}
