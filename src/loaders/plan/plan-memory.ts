/** `createPlanMemory`: what was learnt about guessing, kept by account over operations. */
import { createExperience, type Experience } from './plan-experience.ts';

/** The kinds of things whose look-ups by id are planned. */
export type PlannedKind = 'scenarioRun' | 'benchmarkRun' | 'benchmark' | 'scenario' | 'devbox';

export interface PlanMemory {
  /** What is known of an account, made when it is first asked for. */
  of(accountId: string): Readonly<Record<PlannedKind, Experience>>;
}

/** Remembers the accounts that were asked for last; one that was forgotten learns anew. */
export function createPlanMemory({ maxAccounts }: { readonly maxAccounts: number }): PlanMemory {
  /** Invariant: the account that was asked for last stands last. */
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
