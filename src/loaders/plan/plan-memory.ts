/** `createPlanMemory`: the success rate of batch guesses by account, over operations. */
import { createExperience, type Experience } from './plan-experience.ts';

/** The kinds of things whose look-ups by id are planned. */
export type PlannedKind = 'scenarioRun' | 'benchmarkRun' | 'benchmark' | 'scenario' | 'devbox';

export interface PlanMemory {
  /** The experience of an account, made when it is first used. */
  of(accountId: string): Readonly<Record<PlannedKind, Experience>>;
}

export interface PlanMemoryOptions {
  readonly maxAccounts: number;
  /** A list was asked for in the place of look-ups by id, and has answered so many of them. @default nobody hears of it */
  readonly onGuess?: (kind: PlannedKind, found: number) => void;
}

/** Holds the most recently used accounts; one that was evicted starts without experience. */
export function createPlanMemory({ maxAccounts, onGuess }: PlanMemoryOptions): PlanMemory {
  /** Invariant: the most recently used account stands last. */
  const accounts = new Map<string, ReturnType<PlanMemory['of']>>();
  const experienceOf = (kind: PlannedKind): Experience => {
    const experience = createExperience();
    if (!onGuess) return experience;
    return {
      of: (strategy) => experience.of(strategy),
      get rowBytes() {
        return experience.rowBytes;
      },
      record: (guess, outcome) => {
        onGuess(kind, outcome.found);
        experience.record(guess, outcome);
      },
      skip: (strategy) => {
        experience.skip(strategy);
      },
    };
  };
  return {
    of(accountId) {
      const known = accounts.get(accountId) ?? {
        scenarioRun: experienceOf('scenarioRun'),
        benchmarkRun: experienceOf('benchmarkRun'),
        benchmark: experienceOf('benchmark'),
        scenario: experienceOf('scenario'),
        devbox: experienceOf('devbox'),
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
