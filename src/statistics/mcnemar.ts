/** `mcnemarExact`: how surprising it is that paired outcomes changed as they did, if nothing but chance were at work. */

/**
 * The two-sided exact test over discordant pairs: of `regressed + fixed` fair coins, the probability of a split at least
 * as uneven, `min(1, 2 · Σ_{i ≤ min} C(n, i) / 2ⁿ)`. 1 when no pair is discordant. Exact to about eleven digits for any
 * number of pairs: the sum is taken relative to its largest term, and only that term needs a logarithm.
 */
export function mcnemarExact(regressed: number, fixed: number): number {
  const n = regressed + fixed;
  const fewer = Math.min(regressed, fixed);
  // An even split is the least surprising one: the sum passes one half.
  if (2 * fewer >= n - 1) return 1;
  return Math.min(1, Math.exp(Math.LN2 + logBinomial(n, fewer) - n * Math.LN2) * sumRelativeTo(n, fewer));
}

/** `Σ_{i ≤ k} C(n, i) / C(n, k)`: each term is the next one times `i / (n − i + 1)`, which is below 1. */
function sumRelativeTo(n: number, k: number): number {
  let term = 1;
  let sum = 1;
  for (let i = k; i > 0 && term > 0; i--) {
    term *= i / (n - i + 1);
    sum += term;
  }
  return sum;
}

/** The natural logarithm of C(n, k). */
function logBinomial(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i);
  return sum;
}
