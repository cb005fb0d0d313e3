/** `createKeyMemory`: which idempotency keys were sent before, so that the answer to a repetition is known to be an old one. */
import { BoundedMap } from '../memory/bounded-map.ts';

export interface KeyMemory {
  /** Whether this account has sent a mutation under this key before; from now on it has. */
  meet(accountId: string, key: string): boolean | Promise<boolean>;
}

/**
 * In this process alone, and for the newest keys: whether something is done again the upstream decides by the key. A
 * repetition that is not recognised here is answered with what the upstream answered first, however long ago.
 */
export function createKeyMemory({ maxKeys }: { readonly maxKeys: number }) {
  const met = new BoundedMap<true>({ maxEntries: maxKeys });
  return {
    meet(accountId: string, key: string): boolean {
      const name = `${accountId} ${key}`;
      if (met.get(name)) return true;
      met.set(name, true);
      return false;
    },
  } satisfies KeyMemory;
}
