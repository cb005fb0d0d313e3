/** `createFairTurns`: how much of one kind of work each owner begins in one turn of the event loop; the rest of it waits in a queue of its own. */
import type { NextTurn } from './paced-turns.ts';

/** Undefined when the owner has room in this turn; else a promise, which resolves in one that has, in the order of the calls. */
export type AcquireFairShare = (owner: string, amount: number) => Promise<void> | undefined;

export interface FairTurnsOptions {
  readonly nextTurn: NextTurn;
  /** Of one owner, in the unit of the amounts. What exceeds it is begun all the same, and takes what the turns after it have. */
  readonly perTurn: number;
}

interface Share {
  left: number;
  /** In the order in which they came. */
  readonly waiting: Set<{ readonly amount: number; readonly goOn: () => void }>;
}

/** Who has much to do waits for themselves: nobody stands behind it. */
export function createFairTurns({ nextTurn, perTurn }: FairTurnsOptions): AcquireFairShare {
  /** Of those who have begun something in this turn, or wait. */
  const shares = new Map<string, Share>();

  const next = () => {
    for (const [owner, share] of shares) {
      share.left = Math.min(perTurn, share.left + perTurn);
      for (const each of share.waiting) {
        if (share.left <= 0) break;
        share.waiting.delete(each);
        share.left -= each.amount;
        each.goOn();
      }
      if (share.left === perTurn) shares.delete(owner);
    }
    if (shares.size > 0) nextTurn(next);
  };

  return (owner, amount) => {
    if (shares.size === 0) nextTurn(next);
    let share = shares.get(owner);
    if (!share) shares.set(owner, (share = { left: perTurn, waiting: new Set() }));
    const { waiting } = share;
    if (waiting.size === 0 && share.left > 0) {
      share.left -= amount;
      return undefined;
    }
    return new Promise((goOn) => {
      waiting.add({ amount, goOn });
    });
  };
}
