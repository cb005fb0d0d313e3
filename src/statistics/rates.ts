/** `ratesOf`: what share has passed, of everything and of what was scored, and how much that is. */
import { type Proportion, proportionOf } from './proportion.ts';

/** What has ended: runs, attempts, or results of a scoring function. */
export interface Ended {
  readonly finished: number;
  readonly passed: number;
  /** Those that broke, and say nothing about the agent. The others were scored. */
  readonly errored: number;
}

/** Each is null when it is a share of nothing. */
export interface Rates {
  /** `passed / finished`: what errored counts as not passed, as in the official tables. */
  readonly passRate: Proportion | null;
  /** `passed / scored`. */
  readonly scoredPassRate: Proportion | null;
  /** `scored / finished`: of how much `scoredPassRate` speaks. */
  readonly coverage: Proportion | null;
}

export function scoredOf({ finished, errored }: Omit<Ended, 'passed'>): number {
  return finished - errored;
}

export function ratesOf(ended: Ended): Rates {
  const { finished, passed } = ended;
  const scored = scoredOf(ended);
  return {
    passRate: proportionOf(passed, finished),
    scoredPassRate: proportionOf(passed, scored),
    coverage: proportionOf(scored, finished),
  };
}
