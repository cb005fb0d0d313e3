/** `diffBenchmarkRun`: what happened to a benchmark run and its scenario runs between two reads, as one event. */
import type { BenchmarkRunLiveEvent, ScenarioRunChange } from '../../events/event.ts';
import type { BenchmarkRun, ScenarioRun } from '../../upstream/types.ts';
import { isSameScenarioRun } from './scenario-run.ts';

/** A benchmark run and what was read of its scenario runs. */
export interface BenchmarkRunView {
  readonly benchmarkRun: BenchmarkRun;
  readonly scenarioRuns: readonly ScenarioRun[];
}

/** What was known of the scenario runs that are in a view, by id. */
export interface BenchmarkRunHistory {
  readonly benchmarkRun: BenchmarkRun;
  readonly scenarioRun: (id: string) => ScenarioRun | undefined;
}

/**
 * At most one event. Scenario runs that are not in `next` have not changed: runs cannot be deleted, so one that is
 * missing from a list was only not listed, and coming back is no event either. The list is newest first, and the
 * changes of the event are oldest first.
 */
export function diffBenchmarkRun(
  previous: BenchmarkRunHistory,
  next: BenchmarkRunView,
  atMs: number,
): readonly BenchmarkRunLiveEvent[] {
  const changes: ScenarioRunChange[] = [];
  for (const scenarioRun of next.scenarioRuns) {
    const known = previous.scenarioRun(scenarioRun.id);
    if (known && isSameScenarioRun(known, scenarioRun)) continue;
    changes.push({ previousState: known?.state ?? null, scenarioRun });
  }
  if (changes.length === 0 && isSameBenchmarkRun(previous.benchmarkRun, next.benchmarkRun)) return [];
  const { benchmarkRun } = next;
  changes.reverse();
  return [{ type: 'benchmarkRun', atMs, previousState: previous.benchmarkRun.state, benchmarkRun, changes }];
}

/** Compares what can change. Everything else is fixed when a run is started. */
export function isSameBenchmarkRun(a: BenchmarkRun, b: BenchmarkRun): boolean {
  return (
    a === b ||
    (a.state === b.state &&
      a.name === b.name &&
      a.score === b.score &&
      a.startedAtMs === b.startedAtMs &&
      // Of a run that goes on it may tick along, which is no event.
      (a.durationMs === b.durationMs || !a.isTerminal))
  );
}

/**
 * Makes one event of neighbours that are about different scenario runs, so that the two answers of a poll, or the rows of a
 * page that a query has read, are one event. Nothing is lost: a thing that changed twice stays in two events.
 */
export function coalesceBenchmarkRun(
  events: readonly BenchmarkRunLiveEvent[],
): readonly BenchmarkRunLiveEvent[] {
  const joined: Joining[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    if (last && isJoinable(last, event)) join(last, event);
    else joined.push(join({ event, changes: new Map() }, event));
  }
  return joined.map(({ event, changes }) => ({ ...event, changes: [...changes.values()] }));
}

/** An event that neighbours may still be added to. */
interface Joining {
  /** Without the changes, which are beside it by the id of what changed. */
  event: BenchmarkRunLiveEvent;
  readonly changes: Map<string, ScenarioRunChange>;
}

function isJoinable({ event, changes }: Joining, next: BenchmarkRunLiveEvent): boolean {
  const hasMovedOnce =
    event.previousState === event.benchmarkRun.state || next.previousState === next.benchmarkRun.state;
  return hasMovedOnce && next.changes.every(({ scenarioRun }) => !changes.has(scenarioRun.id));
}

function join(joining: Joining, next: BenchmarkRunLiveEvent): Joining {
  joining.event = { ...next, previousState: joining.event.previousState };
  for (const change of next.changes) joining.changes.set(change.scenarioRun.id, change);
  return joining;
}
