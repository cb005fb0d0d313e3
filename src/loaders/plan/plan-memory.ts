/** `createPlanMemory`: the success rate of batch guesses by account, over operations. */
import { createExperience, type Experience } from './plan-experience.ts';

/** The kinds of things whose look-ups by id are planned. */
export type PlannedKind = 'scenarioRun' | 'benchmarkRun' | 'benchmark' | 'scenario' | 'devbox';

export interface PlanMemory {
  /** The experience of an account, made when it is first used. */
  of(accountId: string): Readonly<Record<PlannedKind, Experience>>;
}

/** Holds the most recently used accounts; one that was evicted starts without experience. */
export function createPlanMemory({ maxAccounts }: { readonly maxAccounts: number }): PlanMemory {
  /** Invariant: the most recently used account stands last. */
  const accounts = new Map<string, ReturnType<PlanMemory['of']>>();
  return {
    of(accountId) {
      const known = accounts.get(accountId) ?? {
        scenarioRun: createExperience(),
        benchmarkRun: createExperience(),
        benchmark: createExperience(),
        scenario: createExperience(),
        devbox: createExperience(),
      };
      accounts.delete(accountId);
      accounts.set(accountId, known);
      for (const oldest of accounts.keys()) {
        if (accounts.size <= maxAccounts) break;
        accounts.delete(oldest);
      }
      return known;
    },
  };
}
