/** Which of the things that are under way has most to come: whoever follows it sees changes for longest. */
import type { BenchmarkJob, Devbox } from '../upstream/types.ts';

/** A benchmark run and how many scenario runs it has still to start. */
export interface RunToCome {
  readonly id: string;
  readonly toCome: number;
}

/** The run with most scenario runs to start; the first of equals, null of none. */
export function runToFollow(runs: readonly RunToCome[]): string | null {
  return most(runs, ({ toCome }) => toCome)?.id ?? null;
}

/** The job with most benchmark runs to start. One that is queued may be so for long: only when there is no other. */
export function jobToFollow(jobs: readonly BenchmarkJob[]): string | null {
  const active = jobs.filter(({ isTerminal }) => !isTerminal);
  const started = active.filter(({ state }) => state !== 'queued');
  return most(started.length > 0 ? started : active, agentsToCome)?.id ?? null;
}

function agentsToCome({ agentConfigs, outcomes, inProgressRuns }: BenchmarkJob): number {
  // The row of an ended run stays beside its outcome.
  const begun = new Set([...outcomes, ...inProgressRuns].map(({ benchmarkRunId }) => benchmarkRunId));
  return agentConfigs.length - begun.size;
}

/** A devbox that goes through its statuses again and again has changed it at least this lately, in milliseconds. */
const LATELY_MS = 60_000;

/**
 * The youngest of those that are suspended and resumed again and again: its end is farthest. Without any, the one that
 * has changed last.
 */
export function devboxToFollow(devboxes: readonly Devbox[], nowMs: number): string | null {
  const again = devboxes.filter(
    (devbox) =>
      devbox.stateTransitions.some(({ status }) => status === 'resuming') &&
      nowMs - lastMovedAtMs(devbox) < LATELY_MS,
  );
  const youngest = most(again, ({ createdAtMs }) => createdAtMs ?? 0);
  return (youngest ?? most(devboxes, lastMovedAtMs))?.id ?? null;
}

function lastMovedAtMs({ stateTransitions }: Devbox): number {
  return stateTransitions.at(-1)?.atMs ?? 0;
}

function most<T>(items: readonly T[], measure: (item: T) => number): T | undefined {
  return items.reduce<T | undefined>(
    (best, item) => (best !== undefined && measure(best) >= measure(item) ? best : item),
    undefined,
  );
}
