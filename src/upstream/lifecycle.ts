/** Lifecycle: which states end a run or a devbox, which only settle its result, and what that result counts as. */
import type {
  BenchmarkJobState,
  BenchmarkRunState,
  DevboxStatus,
  Outcome,
  ScenarioRunState,
} from './types.ts';

/**
 * - `active`: it goes on.
 * - `scored`: the result is known, but the devbox is up and `complete` is still due. Not terminal, yet finished in every
 *   official view: runs left here are common and never change.
 * - `completed`: the run is over, its result stands.
 * - `broken`: the run is over without having come to its end.
 */
type ScenarioRunPhase = 'active' | 'scored' | 'completed' | 'broken';

const SCENARIO_RUN_PHASES: Readonly<Record<ScenarioRunState, ScenarioRunPhase>> = {
  running: 'active',
  scoring: 'active',
  scored: 'scored',
  completed: 'completed',
  canceled: 'broken',
  timeout: 'broken',
  failed: 'broken',
  // A state from the future: claiming an end would stop whoever watches the run, so it counts as going on.
  unknown: 'active',
};

export interface ScenarioRunLifecycle {
  readonly isTerminal: boolean;
  readonly isFinished: boolean;
  readonly outcome: Outcome | null;
}

/**
 * What a state and a score (null when there is none) make of a scenario run.
 *
 * A run that came to its end without ever being scored has `errored`: nobody knows what the agent did, so it must not
 * count against the agent as `failed` does.
 */
export function scenarioRunLifecycle(state: ScenarioRunState, score: number | null): ScenarioRunLifecycle {
  const phase = SCENARIO_RUN_PHASES[state];
  switch (phase) {
    case 'active':
      return { isTerminal: false, isFinished: false, outcome: null };
    case 'scored':
      return { isTerminal: false, isFinished: true, outcome: byScore(score) };
    case 'completed':
      return { isTerminal: true, isFinished: true, outcome: byScore(score) };
    case 'broken':
      return { isTerminal: true, isFinished: true, outcome: 'errored' };
  }
}

/** Only the full score passes, as in every official view. */
function byScore(score: number | null): Outcome {
  if (score === null) return 'errored';
  return score === 1 ? 'passed' : 'failed';
}

const BENCHMARK_RUN_ENDS: Readonly<Record<BenchmarkRunState, boolean>> = {
  running: false,
  canceled: true,
  completed: true,
  failed: true,
  unknown: false,
};

export function isBenchmarkRunTerminal(state: BenchmarkRunState): boolean {
  return BENCHMARK_RUN_ENDS[state];
}

const BENCHMARK_JOB_ENDS: Readonly<Record<BenchmarkJobState, boolean>> = {
  initializing: false,
  queued: false,
  running: false,
  completed: true,
  failed: true,
  cancelled: true,
  timeout: true,
  unknown: false,
};

export function isBenchmarkJobTerminal(state: BenchmarkJobState): boolean {
  return BENCHMARK_JOB_ENDS[state];
}

const DEVBOX_ENDS: Readonly<Record<DevboxStatus, boolean>> = {
  scheduled: false,
  queued: false,
  provisioning: false,
  initializing: false,
  running: false,
  suspending: false,
  suspended: false,
  resuming: false,
  failure: true,
  shutdown: true,
  unknown: false,
};

/** A terminal devbox keeps its status for ever; its metadata can still be edited. */
export function isDevboxTerminal(status: DevboxStatus): boolean {
  return DEVBOX_ENDS[status];
}
