/** What each read of the upstream can be filtered by, and what it is about where that is not an id alone. */
import type { BenchmarkRunState, DevboxStatus, ScenarioRunState, ValidationType } from './types.ts';

export interface ScenarioRunsFilter {
  readonly name?: string | undefined;
  readonly search?: string | undefined;
  readonly state?: ScenarioRunState | undefined;
  readonly benchmarkRunId?: string | undefined;
  readonly scenarioId?: string | undefined;
}

/** The started scenario runs of one benchmark run. */
export interface BenchmarkRunScenarioRunsFilter {
  readonly benchmarkRunId: string;
  readonly search?: string | undefined;
  readonly state?: ScenarioRunState | undefined;
}

export interface BenchmarkRunsFilter {
  readonly name?: string | undefined;
  readonly search?: string | undefined;
  readonly state?: BenchmarkRunState | undefined;
  readonly benchmarkId?: string | undefined;
}

export interface BenchmarksFilter {
  readonly name?: string | undefined;
  readonly search?: string | undefined;
  /** True lists the public benchmarks instead of the account's own. */
  readonly isPublic?: boolean | undefined;
}

export interface BenchmarkJobsFilter {
  readonly name?: string | undefined;
  readonly search?: string | undefined;
}

export interface ScenariosFilter {
  readonly name?: string | undefined;
  readonly search?: string | undefined;
  readonly benchmarkId?: string | undefined;
  readonly validationType?: ValidationType | undefined;
  /** True lists the public scenarios instead of the account's own; then only name and search apply. */
  readonly isPublic?: boolean | undefined;
}

/** The scenarios that one benchmark consists of. */
export interface BenchmarkScenariosFilter {
  readonly benchmarkId: string;
}

export interface DevboxesFilter {
  readonly status?: DevboxStatus | undefined;
}

export interface DevboxLogsFilter {
  readonly executionId?: string | undefined;
  readonly shellName?: string | undefined;
}

/** What of a devbox to wait for, and how long. */
export interface DevboxWait {
  readonly id: string;
  /** At least one; `unknown` can be no answer, so it is not asked for. */
  readonly statuses: readonly DevboxStatus[];
  /** In seconds, at most 30. */
  readonly timeoutSec: number;
}
