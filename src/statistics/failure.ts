/** `failureOf`: why a finished scenario run did not pass, as far as the run itself says. */
import type { ScenarioRun } from '../upstream/types.ts';

/**
 * - `failed`, `timeout`, `canceled`: the run did not come to its end (outcome ERRORED).
 * - `no_score`: it came to its end without a score (outcome ERRORED).
 * - `scorer_error`: a scoring function broke, the named one first.
 * - `low_score`: the named scoring function gave the least.
 * - `unexplained`: the score is below 1 and no scoring function says why.
 */
export type FailureReason =
  'failed' | 'timeout' | 'canceled' | 'no_score' | 'scorer_error' | 'low_score' | 'unexplained';

export interface Failure {
  readonly reason: FailureReason;
  /** The scoring function that is to blame; null where none is. */
  readonly scorer: string | null;
}

/** Null when the run passed or is unfinished. Every other run has exactly one reason. */
export function failureOf({
  state,
  outcome,
  scoringResult,
}: Pick<ScenarioRun, 'state' | 'outcome' | 'scoringResult'>): Failure | null {
  if (outcome === null || outcome === 'passed') return null;
  // An errored run has no other states: a new one would be no end that this version knows.
  if (state === 'failed' || state === 'timeout' || state === 'canceled')
    return { reason: state, scorer: null };
  if (scoringResult === null) return { reason: 'no_score', scorer: null };
  const { functionResults } = scoringResult;
  const broken = functionResults.find((result) => result.state === 'error');
  if (broken) return { reason: 'scorer_error', scorer: broken.name };
  const [first, ...others] = functionResults.filter(({ score }) => score < 1);
  if (!first) return { reason: 'unexplained', scorer: null };
  const least = others.reduce((low, next) => (next.score < low.score ? next : low), first);
  return { reason: 'low_score', scorer: least.name };
}
