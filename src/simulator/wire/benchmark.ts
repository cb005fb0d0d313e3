/** The wire shapes of benchmarks, their runs and the jobs that start them. */
import type { StringMap } from './scenario.ts';

export interface BenchmarkView {
  readonly id: string;
  readonly name: string;
  readonly metadata: StringMap;
  /** The one camelCase name among the views. */
  readonly scenarioIds: readonly string[];
  readonly status: 'active' | 'archived';
  readonly attribution: string;
  readonly description: string;
  readonly is_public: boolean;
  readonly required_environment_variables: readonly string[];
  readonly required_secret_names: readonly string[];
}

export const BENCHMARK_RUN_STATES = ['running', 'canceled', 'completed', 'failed'] as const;
export type BenchmarkRunState = (typeof BENCHMARK_RUN_STATES)[number];

export interface BenchmarkRunView {
  readonly id: string;
  readonly state: BenchmarkRunState;
  readonly start_time_ms: number;
  readonly metadata: StringMap;
  readonly benchmark_id: string | null;
  readonly name: string | null;
  readonly duration_ms: number | null;
  readonly score: number | null;
  readonly purpose: string | null;
  readonly environment_variables: StringMap | null;
  readonly secrets_provided: StringMap | null;
}

export type BenchmarkJobState =
  'initializing' | 'queued' | 'running' | 'completed' | 'failed' | 'cancelled' | 'timeout';

export interface AgentConfig {
  readonly type: 'job_agent';
  readonly name: string;
  readonly agent_id?: string | null;
  readonly model_name?: string | null;
  readonly timeout_seconds?: number | null;
  readonly kwargs?: StringMap | null;
  readonly agent_environment?: {
    readonly environment_variables?: StringMap | null;
    readonly secrets?: StringMap | null;
  } | null;
}

export interface OrchestratorConfig {
  readonly n_attempts?: number | null;
  readonly n_concurrent_trials?: number | null;
  readonly quiet?: boolean | null;
  readonly timeout_multiplier?: number | null;
}

export interface ScenarioOutcome {
  readonly scenario_definition_id: string;
  readonly scenario_name: string;
  readonly scenario_run_id: string | null;
  /** In capitals here, unlike the state of the run itself. */
  readonly state: 'COMPLETED' | 'FAILED' | 'TIMEOUT' | 'CANCELED';
  readonly score: number | null;
  readonly duration_ms: number | null;
  readonly failure_reason: { readonly exception_type: string; readonly exception_message: string } | null;
}

export interface BenchmarkOutcome {
  readonly benchmark_run_id: string;
  readonly agent_name: string;
  readonly model_name: string | null;
  readonly n_completed: number;
  readonly n_failed: number;
  readonly n_timeout: number;
  readonly average_score: number | null;
  readonly duration_ms: number | null;
  readonly scenario_outcomes: readonly ScenarioOutcome[];
}

export interface InProgressRun {
  readonly benchmark_run_id: string;
  readonly start_time_ms: number;
  readonly state: BenchmarkRunState;
  readonly agent_config: AgentConfig | null;
  readonly duration_ms: number | null;
}

export type JobSource =
  | { readonly type: 'harbor'; readonly inline_yaml: string }
  | { readonly type: 'benchmark'; readonly benchmark_id: string; readonly benchmark_name: string | null }
  | { readonly type: 'scenarios'; readonly scenario_ids: readonly string[] };

export interface JobSpec {
  readonly agent_configs: readonly AgentConfig[];
  readonly scenario_ids: readonly string[];
  readonly orchestrator_config: OrchestratorConfig | null;
}

export interface BenchmarkJobView {
  readonly id: string;
  readonly name: string;
  readonly state: BenchmarkJobState;
  readonly create_time_ms: number;
  readonly failure_reason: string | null;
  readonly job_source: JobSource | null;
  readonly job_spec: JobSpec | null;
  readonly benchmark_outcomes: readonly BenchmarkOutcome[];
  readonly in_progress_runs: readonly InProgressRun[];
}
