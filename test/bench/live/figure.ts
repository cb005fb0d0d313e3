/** One line of the live benchmark's answer, and the arithmetic behind it. */

export interface Figure {
  readonly figure: string;
  readonly target: string;
  readonly measured: string;
  readonly isMet: boolean;
}

/** The value below which this share of all values is. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

export function rounded(value: number, digits = 0): string {
  return value.toFixed(digits);
}
