/** `createPlaces`: how many of something one account may have at once. */

export interface Places {
  /** Takes a place and answers how to give it back, which counts once; null when there is none. */
  take(accountId: string): (() => void) | null;
}

export function createPlaces(perAccount: number): Places {
  /** Invariant: no account is remembered that has taken nothing. */
  const taken = new Map<string, number>();
  return {
    take(accountId) {
      const before = taken.get(accountId) ?? 0;
      if (before >= perAccount) return null;
      taken.set(accountId, before + 1);
      let isTaken = true;
      return () => {
        if (!isTaken) return;
        isTaken = false;
        const left = (taken.get(accountId) ?? 1) - 1;
        if (left > 0) taken.set(accountId, left);
        else taken.delete(accountId);
      };
    },
  };
}
