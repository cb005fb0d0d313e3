/** `diffBenchmarkJob`: what happened to a benchmark job, its agents and their outcomes between two reads of it. */
import type { BenchmarkJobLiveEvent } from '../events/event.ts';
import type { BenchmarkJob } from '../upstream/types.ts';

/** At most one event: the upstream keeps no history of a job, so what happened between two reads is told at once. */
export function diffBenchmarkJob(
  previous: BenchmarkJob,
  next: BenchmarkJob,
  atMs: number,
): readonly BenchmarkJobLiveEvent[] {
  if (isSameBenchmarkJob(previous, next)) return [];
  return [{ type: 'benchmarkJob', atMs, previousState: previous.state, benchmarkJob: next }];
}

/** Everything counts but how long its runs have taken so far, which ticks along and is no event. */
export function isSameBenchmarkJob(a: BenchmarkJob, b: BenchmarkJob): boolean {
  if (a === b) return true;
  if (a.state !== b.state || a.outcomes.length !== b.outcomes.length) return false;
  return JSON.stringify(withoutTicks(a)) === JSON.stringify(withoutTicks(b));
}

function withoutTicks(job: BenchmarkJob): BenchmarkJob {
  return {
    ...job,
    inProgressRuns: job.inProgressRuns.map((run) =>
      run.state === 'running' || run.state === 'unknown' ? { ...run, durationMs: null } : run,
    ),
  };
}
