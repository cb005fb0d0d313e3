/** The wire shapes of devboxes, what runs on them, and what they are made from. */
import type { LaunchParameters, StringMap } from './scenario.ts';

export const DEVBOX_STATUSES = [
  'scheduled',
  'queued',
  'provisioning',
  'initializing',
  'running',
  'suspending',
  'suspended',
  'resuming',
  'failure',
  'shutdown',
] as const;
export type DevboxStatus = (typeof DEVBOX_STATUSES)[number];

export type DevboxFailure = 'out_of_memory' | 'out_of_disk' | 'execution_failed' | 'health_check_failed';
export type ShutdownReason =
  'api_shutdown' | 'keep_alive_timeout' | 'entrypoint_exit' | 'idle' | 'ttl_expired';

export interface StateTransition {
  readonly status: DevboxStatus;
  readonly transition_time_ms: number;
  readonly failure_reason?: string | null;
}

export interface DevboxView {
  readonly id: string;
  readonly name: string | null;
  readonly status: DevboxStatus;
  readonly create_time_ms: number;
  readonly end_time_ms: number | null;
  readonly launch_parameters: LaunchParameters;
  readonly metadata: StringMap;
  readonly capabilities: readonly ('unknown' | 'docker_in_docker')[];
  /** The whole history, oldest first. */
  readonly state_transitions: readonly StateTransition[];
  readonly blueprint_id: string | null;
  readonly snapshot_id: string | null;
  readonly initiator_type: 'unknown' | 'api' | 'scenario' | 'scoring_validation' | 'reflex';
  readonly initiator_id: string | null;
  readonly failure_reason: DevboxFailure | null;
  readonly shutdown_reason: ShutdownReason | null;
  readonly tunnel: null;
  readonly gateway_specs: null;
  readonly mcp_specs: null;
}

export interface DevboxUsage {
  readonly id: string;
  readonly status: string;
  readonly start_time_ms: number;
  readonly end_time_ms: number | null;
  readonly total_active_seconds: number;
  readonly total_elapsed_seconds: number;
  readonly vcpu_seconds: number;
  readonly memory_gb_seconds: number;
  readonly disk_gb_seconds: number;
}

export interface DevboxLog {
  readonly level: string;
  readonly source: 'setup_commands' | 'entrypoint' | 'exec' | 'files' | 'stats' | 'kmsg';
  readonly timestamp_ms: number;
  readonly message?: string | null;
  readonly cmd?: string | null;
  readonly cmd_id?: string | null;
  readonly exit_code?: number | null;
  readonly shell_name?: string | null;
}

export const EXECUTION_STATUSES = ['queued', 'running', 'completed'] as const;

export interface ExecutionView {
  readonly execution_id: string;
  readonly devbox_id: string;
  readonly status: (typeof EXECUTION_STATUSES)[number];
  /** Unset, like the outputs, until the execution has completed. */
  readonly exit_status: number | null;
  readonly stdout: string | null;
  readonly stderr: string | null;
  readonly stdout_truncated: boolean | null;
  readonly stderr_truncated: boolean | null;
  readonly shell_name: string | null;
}

export const BLUEPRINT_STATUSES = [
  'queued',
  'provisioning',
  'building',
  'awaiting_upload',
  'failed',
  'build_complete',
] as const;

export interface BlueprintView {
  readonly id: string;
  readonly name: string;
  readonly create_time_ms: number;
  readonly build_finish_time_ms: number | null;
  readonly state: 'created' | 'deleted';
  readonly status: (typeof BLUEPRINT_STATUSES)[number];
  readonly failure_reason: 'out_of_memory' | 'out_of_disk' | 'build_failed' | null;
  readonly base_blueprint_id: string | null;
  readonly parameters: {
    readonly name: string;
    readonly dockerfile?: string | null;
    readonly system_setup_commands?: readonly string[] | null;
    readonly launch_parameters?: LaunchParameters | null;
  };
  readonly containerized_services: null;
  readonly devbox_capabilities: readonly ('unknown' | 'docker_in_docker')[];
  readonly is_public: boolean;
  readonly metadata: StringMap;
}

export interface SnapshotView {
  readonly id: string;
  readonly name: string | null;
  readonly create_time_ms: number;
  readonly metadata: StringMap;
  readonly source_devbox_id: string;
  readonly source_blueprint_id: string | null;
  readonly commit_message: string | null;
  readonly size_bytes: number | null;
}

/** What the status endpoint answers about a snapshot. */
export interface SnapshotStatusView {
  readonly status: 'in_progress' | 'error' | 'complete' | 'deleted';
  readonly error_message: string | null;
  readonly snapshot: SnapshotView | null;
}
