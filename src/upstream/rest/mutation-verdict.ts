/** `verdictOf`: what an attempt at a mutation proves about whether the upstream has acted. Decides only. */
import type { RetryHints } from './retry.ts';
import type { CommitResult } from './transport-result.ts';

/**
 * - `done`: it has acted.
 * - `refused`: it has not, and trying again would not help.
 * - `not-acted`: it surely has not, and trying again may help.
 * - `unknown`: it may have.
 */
export type Verdict = 'done' | 'refused' | 'not-acted' | 'unknown';

export function verdictOf({ result, isSent }: CommitResult, { shouldRetry }: RetryHints): Verdict {
  // The connection was refused, say. Once a byte has left, a failure says nothing: the answer may be all that is lost.
  if (result.kind === 'failure') return isSent ? 'unknown' : 'not-acted';
  const { status } = result;
  if (status >= 200 && status < 300) return 'done';
  // Turned away at the door, unless the upstream itself advises against another try.
  if (status === 429) return shouldRetry === false ? 'refused' : 'not-acted';
  // A proxy answers 503 also when what is behind it has acted; the application says so by a header of its own.
  if (status === 503 && shouldRetry === true) return 'not-acted';
  // 408 is no refusal: whoever stopped waiting may have stopped waiting for the answer.
  if (status === 408) return 'unknown';
  return status >= 400 && status < 500 ? 'refused' : 'unknown';
}
