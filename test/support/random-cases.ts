/** How many random cases a property over histories is tried with. They are others at every run. */

/** Enough to find within one run what was ever found by more; `npm run fuzz` tries 10,000. */
export const RANDOM_CASES = Number(process.env['RANDOM_CASES'] ?? 2_000);
