/** The upstream's entities in camelCase, derived from the SDK's types, which are imported nowhere else. */
import type { BenchmarkJobView } from '@runloop/api-client/resources/benchmark-jobs';
import type { BenchmarkRunView } from '@runloop/api-client/resources/benchmark-runs';
import type { BenchmarkView, StartBenchmarkRunParameters } from '@runloop/api-client/resources/benchmarks';
import type { DevboxLogsListView } from '@runloop/api-client/resources/devboxes/logs';
import type { DevboxResourceUsageView, DevboxView } from '@runloop/api-client/resources/devboxes/devboxes';
import type {
  ScenarioRunView,
  ScenarioView,
  ScoringFunction as WireScoringFunction,
  ScoringFunctionResultView,
  StartScenarioRunParameters,
} from '@runloop/api-client/resources/scenarios/scenarios';
import type {
  BrokerMount as WireBrokerMount,
  LaunchParameters as WireLaunchParameters,
  RunProfile as WireRunProfile,
} from '@runloop/api-client/resources/shared';
import type { GatewayError } from '../errors.ts';

/** The shapes that the REST API documents: the authority that the parser is checked against. */
export interface WireViews {
  readonly scenarioRun: ScenarioRunView;
  readonly benchmarkRun: BenchmarkRunView;
  readonly benchmark: BenchmarkView;
  readonly benchmarkJob: BenchmarkJobView;
  readonly scenario: ScenarioView;
  readonly devbox: DevboxView;
  readonly devboxUsage: DevboxResourceUsageView;
  readonly devboxLog: DevboxLogsListView.Log;
  readonly launchParameters: WireLaunchParameters;
}

/** The bodies that the REST API documents: the authority that what is sent is checked against. */
export interface WireBodies {
  readonly startScenarioRun: StartScenarioRunParameters;
  readonly startBenchmarkRun: StartBenchmarkRunParameters;
  readonly runProfile: WireRunProfile;
  readonly launchParameters: WireLaunchParameters;
}

/** A value of an upstream enumeration; `unknown` is one that this version has never heard of. */
type Tolerant<T extends string> = T | 'unknown';

export type ScenarioRunState = Tolerant<ScenarioRunView['state']>;
export type BenchmarkRunState = Tolerant<BenchmarkRunView['state']>;
export type BenchmarkJobState = Tolerant<BenchmarkJobView['state']>;
export type ScenarioOutcomeState = Tolerant<BenchmarkJobView.BenchmarkOutcome.ScenarioOutcome['state']>;
export type BenchmarkStatus = Tolerant<BenchmarkView['status']>;
export type ScenarioStatus = Tolerant<ScenarioView['status']>;
export type ValidationType = Tolerant<NonNullable<ScenarioView['validation_type']>>;
export type ScoringFunctionState = ScoringFunctionResultView['state'];
export type ScorerType = Tolerant<WireScoringFunction['scorer']['type']>;
export type DevboxStatus = Tolerant<DevboxView['status']>;
export type DevboxCapability = Tolerant<DevboxView['capabilities'][number]>;
export type DevboxFailureReason = Tolerant<NonNullable<DevboxView['failure_reason']>>;
export type DevboxShutdownReason = Tolerant<NonNullable<DevboxView['shutdown_reason']>>;
export type DevboxInitiatorType = Tolerant<NonNullable<DevboxView['initiator_type']>>;
export type DevboxLogSource = Tolerant<DevboxLogsListView.Log['source']>;
export type Architecture = Tolerant<NonNullable<WireLaunchParameters['architecture']>>;
export type ResourceSize = Tolerant<NonNullable<WireLaunchParameters['resource_size_request']>>;
export type OnIdle = Tolerant<NonNullable<WireLaunchParameters['after_idle']>['on_idle']>;

/** How a broker delivers events to an agent. Only asked for, never answered. */
export type BrokerProtocol = NonNullable<WireBrokerMount['protocol']>;

/** How a finished run ended, as every official view of the upstream counts it. */
export type Outcome = 'passed' | 'failed' | 'errored';

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

export interface EnvironmentVariable {
  readonly name: string;
  /** A literal value, which may be a credential. */
  readonly value: string;
}

/** Which account secret an environment variable is filled from. Only names: the upstream never gives values. */
export interface SecretReference {
  readonly environmentVariable: string;
  readonly secretName: string;
}

export interface ScoringFunctionResult {
  readonly name: string;
  /** From 0 to 1. */
  readonly score: number;
  readonly state: ScoringFunctionState;
  readonly output: string;
}

export interface ScoringResult {
  /** From 0 to 1. */
  readonly score: number;
  readonly functionResults: readonly ScoringFunctionResult[];
}

/** What a thing is when it comes as a row of a list. */
export interface Listed {
  /**
   * The row lacks fields that get-by-id has, and shows them as if there were none. It is good for being shown in its
   * list, and says nothing about the thing to anybody else.
   */
  readonly isPartial?: true;
}

export interface ScenarioRun extends Listed {
  readonly type: 'ScenarioRun';
  readonly id: string;
  readonly name: string | null;
  readonly state: ScenarioRunState;
  /** Completed, canceled, timeout or failed: nothing of this run will change any more. */
  readonly isTerminal: boolean;
  /** Terminal, or scored: its result is known. */
  readonly isFinished: boolean;
  /** Null while the run is unfinished. */
  readonly outcome: Outcome | null;
  /** Null until the run is scored. */
  readonly scoringResult: ScoringResult | null;
  readonly startedAtMs: number | null;
  /** The start and the duration together; null while either is. */
  readonly endedAtMs: number | null;
  readonly durationMs: number | null;
  readonly purpose: string | null;
  readonly metadata: readonly KeyValue[];
  readonly environmentVariables: readonly EnvironmentVariable[];
  readonly secretsProvided: readonly SecretReference[];
  readonly scenarioId: string;
  readonly devboxId: string | null;
  readonly benchmarkRunId: string | null;
}

export interface BenchmarkRun extends Listed {
  readonly type: 'BenchmarkRun';
  readonly id: string;
  readonly name: string | null;
  readonly state: BenchmarkRunState;
  /** Completed, canceled or failed. */
  readonly isTerminal: boolean;
  /** Sum of the scenario scores by the number of scenario runs; null until the run is completed. */
  readonly score: number | null;
  /** Null when the upstream gives no instant that can be. */
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly durationMs: number | null;
  readonly purpose: string | null;
  readonly metadata: readonly KeyValue[];
  readonly environmentVariables: readonly EnvironmentVariable[];
  readonly secretsProvided: readonly SecretReference[];
  /** Null when the run was not made from a benchmark definition. */
  readonly benchmarkId: string | null;
}

export interface Benchmark extends Listed {
  readonly type: 'Benchmark';
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly attribution: string | null;
  readonly status: BenchmarkStatus;
  readonly isPublic: boolean;
  readonly metadata: readonly KeyValue[];
  readonly requiredEnvironmentVariables: readonly string[];
  readonly requiredSecretNames: readonly string[];
  readonly scenarioIds: readonly string[];
}

/** An agent that a job lets work on the scenarios. */
export interface JobAgentConfig {
  readonly agentName: string;
  /** Null when the agent's own default applies. */
  readonly modelName: string | null;
  readonly agentId: string | null;
  readonly timeoutSec: number | null;
  readonly parameters: readonly KeyValue[];
  readonly environmentVariables: readonly EnvironmentVariable[];
  readonly secretsProvided: readonly SecretReference[];
}

/** How a job goes about its scenarios. */
export interface JobOrchestrator {
  readonly concurrentTrials: number | null;
  readonly attempts: number | null;
  readonly timeoutMultiplier: number | null;
  readonly isQuiet: boolean | null;
}

/** What a job was made from; `unknown` keeps the name of a fourth way. */
export type JobSource =
  | { readonly type: 'harbor'; readonly inlineYaml: string | null }
  | { readonly type: 'benchmark'; readonly benchmarkId: string | null; readonly benchmarkName: string | null }
  | { readonly type: 'scenarios'; readonly scenarioIds: readonly string[] }
  | { readonly type: 'unknown'; readonly typeName: string };

/** A benchmark run of a job that goes on; its row may outlive the run. */
export interface InProgressRun {
  readonly benchmarkRunId: string;
  readonly state: BenchmarkRunState;
  readonly startedAtMs: number | null;
  /** Ticks along while the run goes on. */
  readonly durationMs: number | null;
  /** Null for a run that an agent outside of the job drives. */
  readonly agent: JobAgentConfig | null;
}

export interface ScenarioOutcome {
  readonly scenarioId: string | null;
  readonly scenarioName: string | null;
  /** Null when the scenario failed before a run was made. */
  readonly scenarioRunId: string | null;
  readonly state: ScenarioOutcomeState;
  /** From 0 to 1; null unless it is completed. */
  readonly score: number | null;
  readonly durationMs: number | null;
  readonly failureReason: { readonly exceptionType: string; readonly exceptionMessage: string } | null;
}

/** What came of one benchmark run of a job. */
export interface JobOutcome {
  readonly benchmarkRunId: string;
  readonly agentName: string;
  readonly modelName: string | null;
  readonly completedCount: number;
  readonly failedCount: number;
  readonly timeoutCount: number;
  /** Over the completed scenarios, from 0 to 1. */
  readonly averageScore: number | null;
  readonly durationMs: number | null;
  readonly scenarioOutcomes: readonly ScenarioOutcome[];
}

export interface BenchmarkJob extends Listed {
  readonly type: 'BenchmarkJob';
  readonly id: string;
  readonly name: string | null;
  readonly state: BenchmarkJobState;
  /** Completed, failed, cancelled or timeout. */
  readonly isTerminal: boolean;
  /** Null when the upstream gives no instant that can be. */
  readonly createdAtMs: number | null;
  readonly failureReason: string | null;
  readonly source: JobSource | null;
  /** What each agent has to do. */
  readonly scenarioIds: readonly string[];
  readonly agentConfigs: readonly JobAgentConfig[];
  readonly orchestrator: JobOrchestrator | null;
  readonly inProgressRuns: readonly InProgressRun[];
  readonly outcomes: readonly JobOutcome[];
}

/** One of the six ways to score; `unknown` keeps the name of a seventh. */
export type Scorer =
  | {
      readonly type: 'ast_grep_scorer';
      readonly pattern: string;
      readonly searchDirectory: string;
      readonly language: string | null;
    }
  | { readonly type: 'bash_script_scorer'; readonly script: string | null }
  | { readonly type: 'command_scorer'; readonly command: string | null }
  | {
      readonly type: 'custom_scorer';
      readonly customType: string;
      /** As `Scenario.additionalContext`. */
      readonly parameters: unknown;
    }
  | {
      readonly type: 'python_script_scorer';
      readonly script: string;
      readonly versionConstraint: string | null;
      readonly requirements: string | null;
    }
  | {
      readonly type: 'test_based_scorer';
      readonly testCommand: string | null;
      readonly testFiles: readonly { readonly path: string | null; readonly contents: string | null }[];
    }
  | { readonly type: 'unknown'; readonly typeName: string };

export interface ScoringFunction {
  readonly name: string;
  readonly weight: number;
  readonly scorer: Scorer;
}

export interface LaunchParameters {
  readonly architecture: Architecture | null;
  readonly resourceSize: ResourceSize | null;
  readonly customCpuCores: number | null;
  readonly customMemoryGb: number | null;
  readonly customDiskGb: number | null;
  readonly keepAliveSec: number | null;
  readonly afterIdle: { readonly idleTimeSec: number; readonly onIdle: OnIdle } | null;
  readonly launchCommands: readonly string[];
  readonly requiredServices: readonly string[];
  readonly networkPolicyId: string | null;
  readonly user: { readonly name: string; readonly uid: number } | null;
}

export interface ScenarioEnvironment {
  readonly blueprintId: string | null;
  readonly snapshotId: string | null;
  readonly workingDirectory: string | null;
  readonly launchParameters: LaunchParameters | null;
}

export interface Scenario extends Listed {
  readonly type: 'Scenario';
  readonly id: string;
  readonly name: string;
  readonly status: ScenarioStatus;
  readonly isPublic: boolean;
  readonly problemStatement: string;
  /** Any JSON value; null when there is none; a `GatewayError` when it cannot be shown. */
  readonly additionalContext: unknown;
  readonly referenceOutput: string | null;
  readonly validationType: ValidationType | null;
  readonly scorerTimeoutSec: number | null;
  readonly metadata: readonly KeyValue[];
  readonly requiredEnvironmentVariables: readonly string[];
  readonly requiredSecretNames: readonly string[];
  readonly environment: ScenarioEnvironment | null;
  readonly scoringFunctions: readonly ScoringFunction[];
}

export interface DevboxStateTransition {
  readonly status: DevboxStatus;
  /** Null when the upstream does not say when. */
  readonly atMs: number | null;
  /** How long the devbox stayed in this status: the next transition's time less this one's; null for the last. */
  readonly durationMs: number | null;
  readonly failureReason: string | null;
}

export interface Devbox extends Listed {
  readonly type: 'Devbox';
  readonly id: string;
  readonly name: string | null;
  readonly status: DevboxStatus;
  /** Failure or shutdown: its status cannot change any more, though its metadata may. */
  readonly isTerminal: boolean;
  /** Null when the upstream gives no instant that can be. */
  readonly createdAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly metadata: readonly KeyValue[];
  readonly failureReason: DevboxFailureReason | null;
  readonly shutdownReason: DevboxShutdownReason | null;
  readonly initiatorType: DevboxInitiatorType | null;
  readonly initiatorId: string | null;
  readonly blueprintId: string | null;
  readonly snapshotId: string | null;
  readonly capabilities: readonly DevboxCapability[];
  readonly launchParameters: LaunchParameters;
  /** The whole history, oldest first. */
  readonly stateTransitions: readonly DevboxStateTransition[];
}

export interface DevboxUsage {
  /** Null when the upstream gives no instant that can be. */
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly totalElapsedSec: number;
  readonly totalActiveSec: number;
  readonly vcpuSec: number;
  readonly memoryGbSec: number;
  readonly diskGbSec: number;
}

export interface DevboxLog {
  readonly level: string;
  readonly source: DevboxLogSource;
  /** Null when the upstream gives no instant that can be. */
  readonly atMs: number | null;
  readonly message: string | null;
  readonly command: string | null;
  readonly executionId: string | null;
  readonly exitCode: number | null;
  readonly shellName: string | null;
}

/** Everything that has an id of its own. */
export interface Kinds {
  readonly scenarioRun: ScenarioRun;
  readonly benchmarkRun: BenchmarkRun;
  readonly benchmarkJob: BenchmarkJob;
  readonly benchmark: Benchmark;
  readonly scenario: Scenario;
  readonly devbox: Devbox;
}

export type Kind = keyof Kinds;
export type Entity = Kinds[Kind];

/** A row of a list: the entity, or why this one row could not be read. */
export type Row<T> = T | GatewayError;

/** One page of a list, newest first. */
export interface Page<T> {
  readonly rows: readonly Row<T>[];
  readonly hasMore: boolean;
  /** Null when it was not asked for, or the upstream did not say. */
  readonly totalCount: number | null;
}

/** A point in the order of all that is asked of the upstream: milliseconds are too coarse for that. */
export type ReadMark = number;

/** When an answer of the upstream was asked for and when it came: it shows some instant in between. */
export interface ReadSpan {
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
}
