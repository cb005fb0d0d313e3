/** `createTotalsMemories`: what is final about finished benchmark runs outlives the operation that has worked it out. */
import type { RunTotals } from '../statistics/run-totals.ts';

/** What one account has read. */
export interface TotalsMemory {
  get(benchmarkRunId: string): RunTotals | undefined;
  /** Keeps what can never change again. */
  set(benchmarkRunId: string, totals: RunTotals): void;
}

export interface TotalsMemories {
  /**
   * Accounts never see what another one has read, though ids are unique. With `isFresh` nothing is answered from the
   * cache; what is read then is cached.
   */
  of(accountId: string, options?: { readonly isFresh?: boolean | undefined }): TotalsMemory;
}

export interface TotalsBounds {
  /** Scenario runs in all cached totals together; beyond it the least recently used are evicted. */
  readonly maxScenarioRuns: number;
}

export function createTotalsMemories({ maxScenarioRuns }: TotalsBounds): TotalsMemories {
  /** In the order of their last use, longest unused first. */
  const cached = new Map<string, RunTotals>();
  let size = 0;

  /** An empty run takes room, too. */
  const sizeOf = (totals: RunTotals) => 1 + totals.summary().started;

  const evict = (key: string) => {
    const totals = cached.get(key);
    if (totals && cached.delete(key)) size -= sizeOf(totals);
  };

  return {
    of: (accountId, { isFresh = false } = {}) => ({
      get(benchmarkRunId) {
        if (isFresh) return undefined;
        const key = `${accountId} ${benchmarkRunId}`;
        const totals = cached.get(key);
        if (totals) {
          cached.delete(key);
          cached.set(key, totals);
        }
        return totals;
      },
      set(benchmarkRunId, totals) {
        const key = `${accountId} ${benchmarkRunId}`;
        evict(key);
        cached.set(key, totals);
        size += sizeOf(totals);
        for (const oldest of cached.keys()) {
          if (size <= maxScenarioRuns) return;
          evict(oldest);
        }
      },
    }),
  };
}
