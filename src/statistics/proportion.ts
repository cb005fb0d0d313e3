/** `proportionOf`: a share of a sample, with the interval in which the true share probably lies. */

export interface Proportion {
  /** `successes / sampleSize`. */
  readonly value: number;
  /** Lower end of the 95 % Wilson score interval, 0 to `value`. */
  readonly low: number;
  /** Upper end of the 95 % Wilson score interval, `value` to 1. */
  readonly high: number;
}

/** The 97.5 % quantile of the standard normal distribution: 95 % lie within it on both sides. */
const Z = 1.959963984540054;

/**
 * Wilson's score interval without continuity correction: unlike the normal approximation it is never empty at 0 and 1
 * and never leaves 0 to 1. Null when nothing was sampled, because then nothing can be said.
 */
export function proportionOf(successes: number, sampleSize: number): Proportion | null {
  if (sampleSize === 0) return null;
  const value = successes / sampleSize;
  const z2 = Z * Z;
  const centre = successes + z2 / 2;
  // Written with the product of both counts, which is exact, so that the ends are exact where all or none succeed.
  const spread = Z * Math.sqrt((successes * (sampleSize - successes)) / sampleSize + z2 / 4);
  const total = sampleSize + z2;
  return {
    value,
    low: successes === 0 ? 0 : Math.min(value, Math.max(0, (centre - spread) / total)),
    high: successes === sampleSize ? 1 : Math.max(value, Math.min(1, (centre + spread) / total)),
  };
}
