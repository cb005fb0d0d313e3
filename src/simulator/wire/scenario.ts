/** The wire shapes of scenarios, their scoring contracts and their runs. */

export type StringMap = Readonly<Record<string, string>>;

export const SCENARIO_RUN_STATES = [
  'running',
  'scoring',
  'scored',
  'completed',
  'canceled',
  'timeout',
  'failed',
] as const;
export type ScenarioRunState = (typeof SCENARIO_RUN_STATES)[number];

export const VALIDATION_TYPES = ['UNSPECIFIED', 'FORWARD', 'REVERSE', 'EVALUATION'] as const;
export type ValidationType = (typeof VALIDATION_TYPES)[number];

export interface InputContext {
  readonly problem_statement: string;
  readonly additional_context: unknown;
}

export type Scorer =
  | {
      readonly type: 'ast_grep_scorer';
      readonly pattern: string;
      readonly search_directory: string;
      readonly lang?: string;
    }
  | { readonly type: 'bash_script_scorer'; readonly bash_script?: string }
  | { readonly type: 'command_scorer'; readonly command?: string }
  | { readonly type: 'custom_scorer'; readonly custom_scorer_type: string; readonly scorer_params?: unknown }
  | {
      readonly type: 'python_script_scorer';
      readonly python_script: string;
      readonly python_version_constraint?: string | null;
      readonly requirements_contents?: string | null;
    }
  | {
      readonly type: 'test_based_scorer';
      readonly test_command?: string;
      readonly test_files?: readonly { readonly file_contents?: string; readonly file_path?: string }[];
    };

export const SCORER_TYPES = [
  'ast_grep_scorer',
  'bash_script_scorer',
  'command_scorer',
  'custom_scorer',
  'python_script_scorer',
  'test_based_scorer',
] as const satisfies readonly Scorer['type'][];

export interface ScoringFunction {
  readonly name: string;
  readonly scorer: Scorer;
  readonly weight: number;
}

export interface ScoringContract {
  readonly scoring_function_parameters: readonly ScoringFunction[];
}

export interface ScenarioEnvironment {
  readonly blueprint_id?: string | null;
  readonly snapshot_id?: string | null;
  readonly working_directory?: string | null;
  readonly launch_parameters?: LaunchParameters | null;
}

/** What a devbox is launched with; only the fields the simulator understands are named, the rest is echoed. */
export interface LaunchParameters {
  readonly resource_size_request?: ResourceSize | null;
  readonly keep_alive_time_seconds?: number | null;
  readonly provisioning_tier?: 'standard' | 'flex' | null;
  readonly after_idle?: IdlePolicy | null;
  readonly custom_cpu_cores?: number | null;
  readonly custom_gb_memory?: number | null;
  readonly custom_disk_size?: number | null;
}

export interface IdlePolicy {
  readonly idle_time_seconds: number;
  readonly on_idle: 'shutdown' | 'suspend';
}

export type ResourceSize = 'X_SMALL' | 'SMALL' | 'MEDIUM' | 'LARGE' | 'X_LARGE' | 'XX_LARGE' | 'CUSTOM_SIZE';

export interface ScenarioView {
  readonly id: string;
  readonly name: string;
  readonly input_context: InputContext;
  readonly scoring_contract: ScoringContract;
  readonly metadata: StringMap;
  readonly status: 'active' | 'archived';
  readonly environment: ScenarioEnvironment | null;
  readonly is_public: boolean;
  readonly reference_output: string | null;
  readonly required_environment_variables: readonly string[];
  readonly required_secret_names: readonly string[];
  readonly scorer_timeout_sec: number | null;
  readonly validation_type: ValidationType;
}

export interface ScoringFunctionResult {
  readonly scoring_function_name: string;
  readonly score: number;
  readonly output: string;
  readonly state: 'unknown' | 'complete' | 'error';
}

export interface ScoringContractResult {
  readonly score: number;
  readonly scoring_function_results: readonly ScoringFunctionResult[];
}

export interface ScenarioRunView {
  readonly id: string;
  readonly scenario_id: string;
  readonly devbox_id: string;
  readonly state: ScenarioRunState;
  readonly metadata: StringMap;
  readonly name: string | null;
  readonly benchmark_run_id: string | null;
  /** Null until the run is scored. */
  readonly scoring_contract_result: ScoringContractResult | null;
  readonly start_time_ms: number;
  /** Null while the run is active. */
  readonly duration_ms: number | null;
  readonly purpose: string | null;
  readonly environment_variables: StringMap | null;
  /** Environment variable → name of the account's secret. */
  readonly secrets_provided: StringMap | null;
}

/** A custom scoring function of the account. */
export interface ScorerView {
  readonly id: string;
  readonly type: string;
  readonly bash_script: string;
}
