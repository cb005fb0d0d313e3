/** The arithmetic of the naive reference: each figure as its formula is written, exact where whole numbers get large. */

export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The mean of what there is. */
export function meanOfKnown(values: readonly (number | null)[]): number | null {
  return mean(values.filter((value) => value !== null));
}

/** C(n, k). */
function choose(n: number, k: number): bigint {
  let ways = 1n;
  for (let i = 0; i < k; i++) ways = (ways * BigInt(Math.max(0, n - i))) / BigInt(i + 1);
  return ways;
}

const PRECISION = 10n ** 18n;

const ratio = (part: bigint, whole: bigint) => Number((part * PRECISION) / whole) / Number(PRECISION);

/** Attempts at one scenario: how many, and how many of them passed. */
export interface Tries {
  readonly n: number;
  readonly c: number;
}

export const passAtK = ({ n, c }: Tries, k: number) =>
  k > n ? null : 1 - ratio(choose(n - c, k), choose(n, k));

export const passHatK = ({ n, c }: Tries, k: number) => (k > n ? null : ratio(choose(c, k), choose(n, k)));

export const flakeRate = ({ n, c }: Tries) => (n < 2 ? null : (2 * c * (n - c)) / (n * (n - 1)));

/** McNemar's exact test. */
export function pValueOf(regressed: number, fixed: number): number {
  const n = regressed + fixed;
  let ways = 0n;
  for (let i = 0; i <= Math.min(regressed, fixed); i++) ways += choose(n, i);
  return Math.min(1, ratio(2n * ways, 2n ** BigInt(n)));
}

/** Wilson's interval, from the share. */
export function proportion(successes: number, n: number) {
  if (n === 0) return null;
  const [z, value] = [1.959963984540054, successes / n];
  const centre = value + (z * z) / (2 * n);
  const spread = z * Math.sqrt((value * (1 - value)) / n + (z * z) / (4 * n * n));
  const stretch = 1 + (z * z) / n;
  return { value, low: (centre - spread) / stretch, high: (centre + spread) / stretch };
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [low = 0, high = low] = sorted.slice(Math.floor(place));
  return low + (high - low) * (place % 1);
}

export function histogram(scores: readonly number[], buckets: number) {
  return Array.from({ length: buckets }, (_, number) => {
    const [from, to] = [number / buckets, (number + 1) / buckets];
    const isLast = number === buckets - 1;
    return { from, to, count: scores.filter((s) => s >= from && (s < to || (isLast && s <= to))).length };
  });
}

/** The items by what they have in common, in the order in which each is met first. */
export function grouped<T>(items: readonly T[], by: (item: T) => string): [string, T[]][] {
  const keys = [...new Set(items.map(by))];
  return keys.map((key) => [key, items.filter((item) => by(item) === key)]);
}

/** Sorts by the figures, the largest first; what has equal ones, of which the graph promises nothing, by its name. */
export function ranked<T>(
  items: readonly T[],
  figures: (item: T) => readonly number[],
  name: (item: T) => string,
) {
  const difference = (a: T, b: T) => {
    const [left, right] = [figures(a), figures(b)];
    const place = left.findIndex((figure, index) => figure !== right[index]);
    return place === -1 ? 0 : (right[place] ?? 0) - (left[place] ?? 0);
  };
  return [...items].sort((a, b) => difference(a, b) || (name(a) < name(b) ? -1 : 1));
}
