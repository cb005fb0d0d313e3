/** `scenarioRunKind`: a followed scenario run: one call, or none while its benchmark run is watched. */
import type { ScenarioRunLiveEvent } from '../../events/event.ts';
import type { ScenarioRun, ScenarioRunState, ScoringResult } from '../../upstream/types.ts';
import { pollOnly, readOne } from '../source.ts';
import type { FollowedKind } from './followed-kind.ts';

export const scenarioRunKind: FollowedKind<'scenarioRun'> = {
  kind: 'scenarioRun',
  type: 'ScenarioRun',
  read: (id, options) =>
    pollOnly((session) => {
      const covered = options.coveredByParent();
      if (!covered) return readOne(() => session.get('scenarioRun', id), options);
      options.onRead({ entities: [covered.entity], read: covered.read });
      return Promise.resolve(true);
    }),
  diff: ({ previous, next, atMs }) => diffScenarioRun(previous, next, atMs),
  coalesce: (events) => events,
  isSame: isSameScenarioRun,
  rank: ({ state }) => RANKS[state],
  snapshot: (scenarioRun, atMs) => ({ type: 'scenarioRun', atMs, previousState: null, scenarioRun }),
  subject: ({ scenarioRun }) => scenarioRun,
  shown: ({ scenarioRun }) => [scenarioRun],
  totals: () => null,
  ends: {
    isTerminal: ({ isTerminal }) => isTerminal,
    endedAtMs: ({ endedAtMs }) => endedAtMs,
    pollMode: ({ state }) => (state === 'scored' ? 'scored' : 'active'),
    isPartFinished: null,
  },
  related: {
    listedBy: { kind: 'benchmarkRun', parentId: ({ benchmarkRunId }) => benchmarkRunId },
    isTouchedBy: ({ kind, id }, { subject }) => {
      const run = subject?.entity;
      if (run?.type !== 'ScenarioRun') return false;
      return (
        (kind === 'benchmarkRun' && run.benchmarkRunId === id) || (kind === 'devbox' && run.devboxId === id)
      );
    },
  },
  rows: null,
};

const RANKS: Readonly<Record<ScenarioRunState, number | null>> = {
  running: 0,
  scoring: 1,
  scored: 2,
  completed: 3,
  canceled: 3,
  timeout: 3,
  failed: 3,
  unknown: null,
};

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
