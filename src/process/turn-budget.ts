/** `createTurnBudget`: how much of one kind of work is begun in one turn of the event loop, by all who ask for it together. */

/** Undefined when there is room in this turn; else a promise, which resolves in one that has, in the order of the calls. */
export type AcquireShare = (amount: number) => Promise<void> | undefined;

export interface TurnBudgetOptions {
  /** Calls back in the next turn of the event loop. */
  readonly nextTurn: (wake: () => void) => void;
  /** In the unit of the amounts. What exceeds it is begun all the same, and takes what the turns after it have. */
  readonly perTurn: number;
}

/**
 * What arrives on many sockets arrives in one turn. Done in one go, whoever else is to be answered would wait for all of it,
 * at each step of their own.
 */
export function createTurnBudget({ nextTurn, perTurn }: TurnBudgetOptions): AcquireShare {
  /** In the order in which they came. */
  const waiting = new Set<{ readonly amount: number; readonly goOn: () => void }>();
  let left = perTurn;
  let isCounting = false;

  const begin = () => {
    isCounting = true;
    nextTurn(() => {
      isCounting = false;
      left = Math.min(perTurn, left + perTurn);
      if (waiting.size === 0 && left === perTurn) return;
      begin();
      for (const next of waiting) {
        if (left <= 0) return;
        waiting.delete(next);
        left -= next.amount;
        next.goOn();
      }
    });
  };

  return (amount) => {
    if (!isCounting) begin();
    if (waiting.size === 0 && left > 0) {
      left -= amount;
      return undefined;
    }
    return new Promise((goOn) => {
      waiting.add({ amount, goOn });
    });
  };
}
