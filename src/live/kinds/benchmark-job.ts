/** `benchmarkJobKind`: a followed benchmark job, with its agents and their outcomes. */
import type { BenchmarkJobLiveEvent } from '../../events/event.ts';
import type { BenchmarkJob, BenchmarkJobState } from '../../upstream/types.ts';
import { pollOnly, readOne } from '../source.ts';
import type { FollowedKind } from './followed-kind.ts';

export const benchmarkJobKind: FollowedKind<'benchmarkJob'> = {
  kind: 'benchmarkJob',
  type: 'BenchmarkJob',
  read: (id, options) => pollOnly((session) => readOne(() => session.get('benchmarkJob', id), options)),
  diff: ({ previous, next, atMs }) => diffBenchmarkJob(previous, next, atMs),
  coalesce: (events) => events,
  isSame: isSameBenchmarkJob,
  rank: ({ state, outcomes }) => {
    const rank = RANKS[state];
    // Within a state, what came of its runs only grows.
    return rank === null ? null : rank * OUTCOMES_BEYOND_ANY_JOB + outcomes.length;
  },
  snapshot: (benchmarkJob, atMs) => ({ type: 'benchmarkJob', atMs, previousState: null, benchmarkJob }),
  subject: ({ benchmarkJob }) => benchmarkJob,
  shown: ({ benchmarkJob }) => [benchmarkJob],
  totals: () => null,
  ends: {
    isTerminal: ({ isTerminal }) => isTerminal,
    // A job does not say when it ended.
    endedAtMs: () => null,
    pollMode: () => 'active',
    isPartFinished: null,
  },
  related: {
    listedBy: null,
    isTouchedBy: ({ kind, id }, { subject }) => {
      const job = subject?.entity;
      if (kind !== 'benchmarkRun' || job?.type !== 'BenchmarkJob') return false;
      return job.inProgressRuns.some(({ benchmarkRunId }) => benchmarkRunId === id);
    },
  },
  rows: null,
};

const OUTCOMES_BEYOND_ANY_JOB = 1_000_000;

const RANKS: Readonly<Record<BenchmarkJobState, number | null>> = {
  initializing: 0,
  queued: 1,
  running: 2,
  completed: 3,
  failed: 3,
  cancelled: 3,
  timeout: 3,
  unknown: null,
};

/** At most one event: the upstream keeps no history of a job, so what happened between two reads is one event. */
export function diffBenchmarkJob(
  previous: BenchmarkJob,
  next: BenchmarkJob,
  atMs: number,
): readonly BenchmarkJobLiveEvent[] {
  if (isSameBenchmarkJob(previous, next)) return [];
  return [{ type: 'benchmarkJob', atMs, previousState: previous.state, benchmarkJob: next }];
}

/** Everything counts but how long its runs have taken so far, which ticks along and is no event. */
function isSameBenchmarkJob(a: BenchmarkJob, b: BenchmarkJob): boolean {
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
