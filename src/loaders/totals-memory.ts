/** `createTotalsMemories`: what is final about finished benchmark runs outlives the operation that has worked it out. */
import type { RunTotals } from '../statistics/run-totals.ts';

/** What one account has read. */
export interface TotalsMemory {
  get(benchmarkRunId: string): RunTotals | undefined;
  /** Keeps what can never change again. */
  keep(benchmarkRunId: string, totals: RunTotals): void;
}

export interface TotalsMemories {
  /**
   * Accounts never see what another one has read, though ids are unique. With `isFresh` nothing is told that was kept;
   * what is read then is kept.
   */
  of(accountId: string, options?: { readonly isFresh?: boolean | undefined }): TotalsMemory;
}

export interface TotalsBounds {
  /** Scenario runs that all that is kept is made of; beyond it, what was not used for longest is forgotten. */
  readonly maxScenarioRuns: number;
}

export function createTotalsMemories({ maxScenarioRuns }: TotalsBounds): TotalsMemories {
  /** In the order of their last use, longest unused first. */
  const kept = new Map<string, RunTotals>();
  let size = 0;

  /** An empty run takes room, too. */
  const sizeOf = (totals: RunTotals) => 1 + totals.summary().started;

  const forget = (key: string) => {
    const totals = kept.get(key);
    if (totals && kept.delete(key)) size -= sizeOf(totals);
  };

  return {
    of: (accountId, { isFresh = false } = {}) => ({
      get(benchmarkRunId) {
        if (isFresh) return undefined;
        const key = `${accountId} ${benchmarkRunId}`;
        const totals = kept.get(key);
        if (totals) {
          kept.delete(key);
          kept.set(key, totals);
        }
        return totals;
      },
      keep(benchmarkRunId, totals) {
        const key = `${accountId} ${benchmarkRunId}`;
        forget(key);
        kept.set(key, totals);
        size += sizeOf(totals);
        for (const oldest of kept.keys()) {
          if (size <= maxScenarioRuns) return;
          forget(oldest);
        }
      },
    }),
  };
}
