/** `fresher`: which of two reads of one thing shows the later state, as far as anybody can tell. */
import type { KnownEntity, ReadSpan } from '../events/event-log.ts';
import type { Watchable } from '../events/event.ts';
import type { BenchmarkJobState, BenchmarkRunState, ScenarioRunState } from '../upstream/types.ts';

/**
 * What is known after another read: `next` when it shows a later state, else null. An answer shows some instant between
 * its request and its arrival, so reads that overlap are told apart by how far the thing has come; where that says
 * nothing either, what is known stays, and the next poll settles it. A read that surely is later wins even when it shows
 * an earlier state: then the upstream really went back.
 */
export function fresher(known: KnownEntity, next: KnownEntity, nowMs: number): KnownEntity | null {
  const read = pastOf(known.read, nowMs);
  if (next.read.sentAtMs > read.receivedAtMs) return next;
  if (next.read.receivedAtMs < read.sentAtMs) return null;
  if (!isFurther(next.entity, known.entity)) return null;
  // It shows more, so its instant lies behind the known one, however early it was asked for.
  const sentAtMs = Math.max(read.sentAtMs, next.read.sentAtMs);
  return {
    entity: next.entity,
    read: { sentAtMs, receivedAtMs: Math.max(sentAtMs, next.read.receivedAtMs) },
  };
}

/** A machine's clock can be set back: what was read "in the future" would make every later read look old. */
function pastOf({ sentAtMs, receivedAtMs }: ReadSpan, nowMs: number): ReadSpan {
  return { sentAtMs: Math.min(sentAtMs, nowMs), receivedAtMs: Math.min(receivedAtMs, nowMs) };
}

function isFurther(next: Watchable, known: Watchable): boolean {
  const [nextRank, knownRank] = [rankOf(next), rankOf(known)];
  return nextRank !== null && knownRank !== null && nextRank > knownRank;
}

/** How far a thing has come, comparable between versions of the same thing; null when its state does not say. */
function rankOf(entity: Watchable): number | null {
  switch (entity.type) {
    case 'ScenarioRun':
      return SCENARIO_RUN_RANKS[entity.state];
    case 'BenchmarkRun':
      return BENCHMARK_RUN_RANKS[entity.state];
    case 'BenchmarkJob': {
      const rank = BENCHMARK_JOB_RANKS[entity.state];
      // Within a state, what came of its runs only grows.
      return rank === null ? null : rank * OUTCOMES_BEYOND_ANY_JOB + entity.outcomes.length;
    }
    case 'Devbox':
      // Its states come again (suspended, running, suspended), but its history only grows.
      return entity.stateTransitions.length;
  }
}

const OUTCOMES_BEYOND_ANY_JOB = 1_000_000;

const SCENARIO_RUN_RANKS: Readonly<Record<ScenarioRunState, number | null>> = {
  running: 0,
  scoring: 1,
  scored: 2,
  completed: 3,
  canceled: 3,
  timeout: 3,
  failed: 3,
  unknown: null,
};

const BENCHMARK_RUN_RANKS: Readonly<Record<BenchmarkRunState, number | null>> = {
  running: 0,
  completed: 1,
  canceled: 1,
  failed: 1,
  unknown: null,
};

const BENCHMARK_JOB_RANKS: Readonly<Record<BenchmarkJobState, number | null>> = {
  initializing: 0,
  queued: 1,
  running: 2,
  completed: 3,
  failed: 3,
  cancelled: 3,
  timeout: 3,
  unknown: null,
};
