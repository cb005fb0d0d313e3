/** `verdictOf`: whether a benchmark run that has ended is good enough, and why not. */

/** What a run has to be. */
export interface Gate {
  /** From 0 to 1; null when no rate is asked for. */
  readonly minPassRate: number | null;
  /** How many scenarios may fail that passed in the baseline. */
  readonly maxRegressions: number;
}

export interface Ended {
  readonly state: string;
  readonly stats: {
    readonly passed: number;
    readonly failed: number;
    readonly errored: number;
    readonly passRate: { readonly value: number } | null;
  } | null;
  /** Compared with the baseline; null when there is none. */
  readonly comparison: { readonly regressed: number; readonly fixed: number } | null;
}

/** The reasons against it; none when it is good enough. */
export function verdictOf({ state, stats, comparison }: Ended, gate: Gate): readonly string[] {
  const reasons: string[] = [];
  if (state !== 'COMPLETED') reasons.push(`it has ended as ${state}`);
  if (gate.minPassRate !== null) {
    const rate = stats?.passRate?.value ?? null;
    if (rate === null) reasons.push('nothing of it has ended, so it has no pass rate');
    else if (rate < gate.minPassRate)
      reasons.push(`its pass rate is ${percent(rate)}, expected ${percent(gate.minPassRate)} at least`);
  }
  if (comparison && comparison.regressed > gate.maxRegressions) {
    reasons.push(
      `${String(comparison.regressed)} scenarios have regressed, expected ${String(gate.maxRegressions)} at most`,
    );
  }
  return reasons;
}

/** With as many digits as tell 79.96 % from 80 %. */
export function percent(share: number): string {
  return `${String(Math.round(share * 10_000) / 100)} %`;
}
