/** `freshUntil`: how long what was read of a thing may be told without asking again. It decides only. */
import type { Entity, Kind, ReadSpan } from '../types.ts';

export interface FreshnessSettings {
  /** Age at which what may change at any moment is asked for again, in milliseconds; at most a second. */
  readonly liveMs: number;
  /** The same for what somebody has to edit: scenarios, benchmarks, terminal devboxes. */
  readonly definitionsMs: number;
  /** The same for that there is no such thing. */
  readonly missingMs: number;
  /** How long ago a thing must have ended for what was read of it to be its end, in milliseconds. */
  readonly settledAfterMs: number;
}

/**
 * As Unix time in milliseconds; `Infinity` for what never changes. An answer shows an instant after it was asked for,
 * so its age counts from there. `terminalSinceMs` is when the thing was first seen to be terminal; null while it is not.
 */
export function freshUntil(
  entity: Entity | null,
  read: ReadSpan,
  { terminalSinceMs, settings }: { terminalSinceMs: number | null; settings: FreshnessSettings },
): number {
  const { sentAtMs } = read;
  if (entity === null) return sentAtMs + settings.missingMs;
  switch (entity.type) {
    case 'Scenario':
    case 'Benchmark':
      return sentAtMs + settings.definitionsMs;
    case 'ScenarioRun':
    case 'BenchmarkRun':
      return isSettled(entity.endedAtMs ?? terminalSinceMs) ? Infinity : sentAtMs + settings.liveMs;
    case 'BenchmarkJob':
      return isSettled(terminalSinceMs) ? Infinity : sentAtMs + settings.liveMs;
    case 'Devbox':
      // Its status cannot move any more, but its metadata can be edited.
      return (
        sentAtMs + (isSettled(entity.endedAtMs ?? terminalSinceMs) ? settings.definitionsMs : settings.liveMs)
      );
  }

  /** The upstream may still be writing down what has just ended: scores, durations, what was canceled with it. */
  function isSettled(endedAtMs: number | null): boolean {
    return terminalSinceMs !== null && endedAtMs !== null && sentAtMs - endedAtMs > settings.settledAfterMs;
  }
}

export function isTerminal(entity: Entity | null): boolean {
  return entity !== null && 'isTerminal' in entity && entity.isTerminal;
}

const KIND_OF: Readonly<Record<Entity['type'], Kind>> = {
  ScenarioRun: 'scenarioRun',
  BenchmarkRun: 'benchmarkRun',
  BenchmarkJob: 'benchmarkJob',
  Benchmark: 'benchmark',
  Scenario: 'scenario',
  Devbox: 'devbox',
};

export function kindOf(entity: Entity): Kind {
  return KIND_OF[entity.type];
}

/** Whether a mutation of the gateway can change what is known of it: definitions are edited elsewhere. */
export function isMovable(entity: Entity | null): boolean {
  return entity?.type !== 'Scenario' && entity?.type !== 'Benchmark';
}
