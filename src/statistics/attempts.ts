/** Attempts: what several runs of the same scenario say about how often, and how reliably, it is solved. */

/** The finished runs of one scenario. One that errored is an attempt that did not pass. */
export interface Attempts {
  readonly attempts: number;
  readonly passed: number;
}

/** Attempts, and how many of them errored. */
export interface CountedAttempts extends Attempts {
  readonly errored: number;
}

/**
 * pass@k: the probability that at least one of `k` attempts passes, `1 − C(n−c, k) / C(n, k)` for `c` of `n` that did.
 * Unbiased, and computed as a product, so that nothing overflows. Null when there are fewer than `k` attempts.
 */
export function passAtK({ attempts, passed }: Attempts, k: number): number | null {
  if (k > attempts) return null;
  return 1 - shareOfDraws(attempts - passed, attempts, k);
}

/** pass^k: the probability that all of `k` attempts pass, `C(c, k) / C(n, k)`. Null when there are fewer than `k`. */
export function passHatK({ attempts, passed }: Attempts, k: number): number | null {
  if (k > attempts) return null;
  return shareOfDraws(passed, attempts, k);
}

/**
 * The probability that two different attempts disagree, one passed and one not: `2 · c · (n − c) / (n · (n − 1))`: 0 when
 * it always goes the same way, about 0.5 when it is a coin. Unbiased. Null when there are fewer than two attempts.
 */
export function flakeRateOf({ attempts, passed }: Attempts): number | null {
  if (attempts < 2) return null;
  return (2 * passed * (attempts - passed)) / (attempts * (attempts - 1));
}

/** The mean over all scenarios that have an answer; null when none has. */
export function meanOver<T>(items: Iterable<T>, measure: (item: T) => number | null): number | null {
  let sum = 0;
  let count = 0;
  for (const item of items) {
    const value = measure(item);
    if (value === null) continue;
    sum += value;
    count++;
  }
  return count === 0 ? null : sum / count;
}

/** `C(marked, k) / C(all, k)`: the share of draws of `k` that hold marked ones only. */
function shareOfDraws(marked: number, all: number, k: number): number {
  if (k > marked) return 0;
  let share = 1;
  // The shorter of two equal products.
  const unmarked = all - marked;
  if (unmarked < k) for (let i = 0; i < unmarked; i++) share *= (all - k - i) / (all - i);
  else for (let i = 0; i < k; i++) share *= (marked - i) / (all - i);
  return share;
}
