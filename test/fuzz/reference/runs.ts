/** What the naive reference knows of a run: whether it has come to an end, how, and with what score. */
import { isInstant, objectIn, type Wire } from './thing.ts';

/** A scenario run that nothing changes any more. */
export const hasEnded = ({ state }: Wire) =>
  ['completed', 'canceled', 'timeout', 'failed'].includes(state as string);

/** A scenario run whose result is known. */
export const isFinished = (wire: Wire) => wire['state'] === 'scored' || hasEnded(wire);

export const scoreOf = (wire: Wire) =>
  (objectIn(wire, 'scoring_contract_result')?.['score'] ?? null) as number | null;

/** Of a scenario run or of a benchmark run. */
export const ownScore = (wire: Wire) =>
  'scenario_id' in wire ? scoreOf(wire) : (wire['score'] as number | null);

/** NaN, which is neither before nor after anything, when it has not started. */
export const startOf = ({ start_time_ms: start }: Wire) => (isInstant(start) ? start : NaN);

export type Outcome = 'PASSED' | 'FAILED' | 'ERRORED';

export function outcomeOf(wire: Wire): Outcome | null {
  if (wire['state'] === 'scored' || wire['state'] === 'completed')
    return scoreOf(wire) === null ? 'ERRORED' : scoreOf(wire) === 1 ? 'PASSED' : 'FAILED';
  return hasEnded(wire) ? 'ERRORED' : null;
}
