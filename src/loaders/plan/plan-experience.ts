/** `Experience`: the success rate of batch guesses of one account and kind, and the rows they had to read. */
import type { BatchGuess, Strategy } from './strategy.ts';

export interface StrategyExperience {
  /** Which share of what was hoped for was found lately, 0 to 1. */
  readonly hitRate: number;
  /** Rows that had to be read for each thing that was found, at least 1: others lie between them. */
  readonly overfetch: number;
}

export interface Experience {
  of(strategy: Strategy): StrategyExperience;
  /** Bytes of a row, on average. */
  readonly rowBytes: number;
  /** Takes in what a guess has brought. */
  readonly record: (guess: BatchGuess, outcome: GuessOutcome) => void;
  /** Takes in that a strategy was skipped; every so often one that paid no more is tried again. */
  readonly skip: (strategy: Strategy) => void;
}

export interface GuessOutcome {
  /** How many of the things that were hoped for were found. */
  readonly found: number;
  /** Rows up to the last of them. */
  readonly rowsNeeded: number;
  /** Whether further rows might have held the others. */
  readonly hasMore: boolean;
  /** Bytes of a row, on average; null when there was none. */
  readonly rowBytes: number | null;
}

/** How much the latest outcome counts against all before it. */
const WEIGHT = 0.4;

/** A strategy that did not pay is tried again when it was skipped this often, as if it had paid a little. */
const RETRY_AFTER_SKIPS = 30;
const HIT_RATE_ON_TRIAL = 0.6;

/** Before anything is known. Ids without any hint are more of a gamble. */
const FIRST: Readonly<Record<Strategy, StrategyExperience>> = {
  within: { hitRate: 1, overfetch: 1 },
  newest: { hitRate: 1, overfetch: 1 },
  seek: { hitRate: 1, overfetch: 1.25 },
  'as-given': { hitRate: 0.5, overfetch: 1.25 },
};
const FIRST_ROW_BYTES = 2_048;

/** Beyond it the things lie so far apart that getting each costs less. */
const MAX_OVERFETCH = 20;

export function createExperience(): Experience {
  const strategies = new Map<Strategy, StrategyExperience>();
  const skipped = new Map<Strategy, number>();
  let rowBytes = FIRST_ROW_BYTES;
  const of = (strategy: Strategy) => strategies.get(strategy) ?? FIRST[strategy];

  return {
    of,
    get rowBytes() {
      return rowBytes;
    },
    record(guess, outcome) {
      const { hitRate, overfetch } = of(guess.strategy);
      const hoped = 'after' in guess ? guess.ids.length - 1 : guess.ids.length;
      strategies.set(guess.strategy, {
        hitRate: blend(hitRate, outcome.found / hoped),
        overfetch: nextOverfetch(overfetch, hoped, outcome),
      });
      if (outcome.rowBytes !== null) rowBytes = Math.max(1, blend(rowBytes, outcome.rowBytes));
    },
    skip(strategy) {
      const times = (skipped.get(strategy) ?? 0) + 1;
      skipped.set(strategy, times % RETRY_AFTER_SKIPS);
      if (times === RETRY_AFTER_SKIPS)
        strategies.set(strategy, { ...of(strategy), hitRate: HIT_RATE_ON_TRIAL });
    },
  };
}

/** Grows at once, since rows are cheaper than calls, and shrinks slowly. */
function nextOverfetch(
  overfetch: number,
  hoped: number,
  { found, rowsNeeded, hasMore }: GuessOutcome,
): number {
  if (found === 0) return overfetch;
  // What was not found lies beyond the end of the page, if anywhere.
  const needed = (rowsNeeded / found) * (found < hoped && hasMore ? 1.5 : 1);
  return Math.min(MAX_OVERFETCH, Math.max(1, needed, blend(overfetch, needed)));
}

function blend(before: number, latest: number): number {
  return before + WEIGHT * (latest - before);
}
