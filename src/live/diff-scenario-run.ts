/** `diffScenarioRun`: what happened to a scenario run between two reads of it. */
import type { ScenarioRunLiveEvent } from '../events/event.ts';
import type { ScenarioRun, ScoringResult } from '../upstream/types.ts';

/** At most one event: the upstream keeps no history of a run, so states between two reads stay unknown. */
export function diffScenarioRun(
  previous: ScenarioRun,
  next: ScenarioRun,
  atMs: number,
): readonly ScenarioRunLiveEvent[] {
  if (isSameScenarioRun(previous, next)) return [];
  return [{ type: 'scenarioRun', atMs, previousState: previous.state, scenarioRun: next }];
}

/**
 * Compares what can change. Everything else (metadata, purpose, scenario, …) is fixed when a run is started. Cheap,
 * because it is asked thousands of times a second.
 */
export function isSameScenarioRun(a: ScenarioRun, b: ScenarioRun): boolean {
  return (
    a === b ||
    (a.state === b.state &&
      a.name === b.name &&
      a.devboxId === b.devboxId &&
      a.startedAtMs === b.startedAtMs &&
      // Of a run that goes on it may tick along, which is no event.
      (a.durationMs === b.durationMs || !a.isTerminal) &&
      isSameResult(a.scoringResult, b.scoringResult))
  );
}

function isSameResult(a: ScoringResult | null, b: ScoringResult | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.score === b.score &&
    a.functionResults.length === b.functionResults.length &&
    a.functionResults.every((result, index) => {
      const other = b.functionResults[index];
      return result.score === other?.score && result.state === other.state && result.output === other.output;
    })
  );
}
