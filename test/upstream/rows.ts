/** Complete rows as the REST API sends them: every property of the SDK's views, so that a new one does not compile here. */
import type { WireViews } from '../../src/upstream/types.ts';

/** Every property is there, at every level. */
type Complete<T> = T extends readonly (infer Item)[]
  ? Complete<Item>[]
  : T extends object
    ? { [Property in keyof T]-?: Complete<T[Property]> }
    : T;

type Row<Name extends keyof WireViews> = Complete<WireViews[Name]>;

export const SCENARIO_RUN: Row<'scenarioRun'> = {
  id: 'scr_1',
  scenario_id: 'scn_1',
  devbox_id: 'dbx_1',
  benchmark_run_id: 'bmr_1',
  state: 'completed',
  name: 'first try',
  purpose: 'evaluation',
  start_time_ms: 1_767_225_600_000,
  duration_ms: 61_500,
  metadata: { model: 'm1', agent: 'a1' },
  environment_variables: { MODE: 'fast' },
  secrets_provided: { DB_PASS: 'DATABASE_PASSWORD' },
  scoring_contract_result: {
    score: 0.5,
    scoring_function_results: [
      { scoring_function_name: 'tests', score: 1, state: 'complete', output: '4 passed' },
      { scoring_function_name: 'lint', score: 0, state: 'error', output: 'no linter' },
    ],
  },
};

export const BENCHMARK_RUN: Row<'benchmarkRun'> = {
  id: 'bmr_1',
  benchmark_id: 'bmd_1',
  state: 'completed',
  name: 'nightly',
  purpose: 'regression',
  start_time_ms: 1_767_225_600_000,
  duration_ms: 600_000,
  score: 0.75,
  metadata: { model: 'm1' },
  environment_variables: { MODE: 'fast' },
  secrets_provided: { DB_PASS: 'DATABASE_PASSWORD' },
};

export const BENCHMARK: Row<'benchmark'> = {
  id: 'bmd_1',
  name: 'suite',
  description: 'All of it',
  attribution: 'somebody',
  status: 'active',
  is_public: true,
  metadata: { team: 't1' },
  required_environment_variables: ['MODE'],
  required_secret_names: ['DB_PASS'],
  scenarioIds: ['scn_1', 'scn_2'],
};

const JOB_AGENT = {
  type: 'job_agent' as const,
  name: 'a1',
  model_name: 'm1',
  agent_id: 'agt_1',
  timeout_seconds: 600,
  kwargs: { depth: '2' },
  agent_environment: { environment_variables: { MODE: 'fast' }, secrets: { DB_PASS: 'DATABASE_PASSWORD' } },
};

export const BENCHMARK_JOB: Row<'benchmarkJob'> = {
  id: 'job_1',
  name: 'nightly',
  state: 'running',
  create_time_ms: 1_767_225_600_000,
  failure_reason: 'out of luck',
  job_source: { type: 'benchmark', benchmark_id: 'bmd_1', benchmark_name: 'suite' },
  job_spec: {
    scenario_ids: ['scn_1', 'scn_2'],
    agent_configs: [JOB_AGENT],
    orchestrator_config: { n_attempts: 1, n_concurrent_trials: 4, timeout_multiplier: 1.5, quiet: true },
  },
  in_progress_runs: [
    {
      benchmark_run_id: 'bmr_1',
      state: 'running',
      start_time_ms: 1_767_225_605_000,
      duration_ms: 1_000,
      agent_config: JOB_AGENT,
    },
    {
      benchmark_run_id: 'bmr_2',
      state: 'running',
      start_time_ms: 1_767_225_605_000,
      duration_ms: 1_000,
      agent_config: { type: 'external_api', info: 'somewhere else' },
    },
  ],
  benchmark_outcomes: [
    {
      benchmark_run_id: 'bmr_3',
      agent_name: 'a2',
      model_name: 'm2',
      n_completed: 1,
      n_failed: 1,
      n_timeout: 0,
      average_score: 0.5,
      duration_ms: 60_000,
      scenario_outcomes: [
        {
          scenario_definition_id: 'scn_1',
          scenario_name: 'fix the bug',
          scenario_run_id: 'scr_1',
          state: 'COMPLETED',
          score: 1,
          duration_ms: 30_000,
          failure_reason: { exception_type: '', exception_message: '' },
        },
        {
          scenario_definition_id: 'scn_2',
          scenario_name: 'write the test',
          scenario_run_id: 'scr_2',
          state: 'FAILED',
          score: 0,
          duration_ms: 30_000,
          failure_reason: { exception_type: 'AgentError', exception_message: 'It gave up' },
        },
      ],
    },
  ],
};

export const LAUNCH_PARAMETERS: Row<'launchParameters'> = {
  architecture: 'arm64',
  resource_size_request: 'CUSTOM_SIZE',
  custom_cpu_cores: 4,
  custom_gb_memory: 16,
  custom_disk_size: 32,
  keep_alive_time_seconds: 3_600,
  after_idle: { idle_time_seconds: 60, on_idle: 'suspend' },
  lifecycle: {
    after_idle: { idle_time_seconds: 90, on_idle: 'shutdown' },
    lifecycle_hooks: { suspend_commands: ['sync'], suspend_deadline_ms: 1_000 },
    resume_triggers: { axon_event: true, http: true },
  },
  launch_commands: ['make'],
  required_services: ['postgres'],
  network_policy_id: 'npl_1',
  user_parameters: { username: 'dev', uid: 1000 },
  available_ports: [8080],
  provisioning_tier: 'standard',
};

export const SCENARIO: Row<'scenario'> = {
  id: 'scn_1',
  name: 'fix the bug',
  status: 'active',
  is_public: true,
  input_context: { problem_statement: 'It is broken', additional_context: { hints: [1, null, 'x'] } },
  reference_output: 'diff',
  validation_type: 'FORWARD',
  scorer_timeout_sec: 1_800,
  metadata: { level: 'hard' },
  required_environment_variables: ['MODE'],
  required_secret_names: ['DB_PASS'],
  environment: {
    blueprint_id: 'bpt_1',
    snapshot_id: 'snp_1',
    working_directory: '/home/dev',
    launch_parameters: LAUNCH_PARAMETERS,
  },
  scoring_contract: {
    scoring_function_parameters: [
      {
        name: 'grep',
        weight: 0.25,
        scorer: { type: 'ast_grep_scorer', pattern: '$A', search_directory: '/src', lang: 'ts' },
      },
      { name: 'bash', weight: 0.25, scorer: { type: 'bash_script_scorer', bash_script: 'echo score=1' } },
      { name: 'command', weight: 0.125, scorer: { type: 'command_scorer', command: 'make test' } },
      {
        name: 'custom',
        weight: 0.125,
        scorer: { type: 'custom_scorer', custom_scorer_type: 'mine', scorer_params: { depth: 2 } },
      },
      {
        name: 'python',
        weight: 0.125,
        scorer: {
          type: 'python_script_scorer',
          python_script: 'print("score=1")',
          python_version_constraint: '==3.12.10',
          requirements_contents: 'pytest',
        },
      },
      {
        name: 'tests',
        weight: 0.125,
        scorer: {
          type: 'test_based_scorer',
          test_command: 'npm test',
          test_files: [{ file_path: 'a.test.ts', file_contents: 'it()' }],
        },
      },
    ],
  },
};

export const DEVBOX: Row<'devbox'> = {
  id: 'dbx_1',
  name: 'box',
  status: 'shutdown',
  create_time_ms: 1_767_225_600_000,
  end_time_ms: 1_767_225_700_000,
  metadata: { owner: 'o1' },
  failure_reason: 'out_of_memory',
  shutdown_reason: 'idle',
  initiator_type: 'scenario',
  initiator_id: 'scr_1',
  blueprint_id: 'bpt_1',
  snapshot_id: 'snp_1',
  capabilities: ['docker_in_docker'],
  launch_parameters: LAUNCH_PARAMETERS,
  state_transitions: [
    { status: 'queued', transition_time_ms: 1_767_225_600_000, failure_reason: null },
    { status: 'running', transition_time_ms: '1767225601500', failure_reason: null },
    { status: 'shutdown', transition_time_ms: '2026-01-01T00:01:40Z', failure_reason: 'idle' },
  ],
  tunnel: {
    auth_mode: 'open',
    create_time_ms: 1_767_225_600_000,
    http_keep_alive: true,
    tunnel_key: 'tunnel_secret',
    wake_on_http: false,
    auth_token: 'token_secret',
  },
  gateway_specs: { GWS_A: { gateway_config_id: 'gwc_1', secret_id: 'sec_1' } },
  mcp_specs: { MCP_A: { mcp_config_id: 'mcp_1', secret_id: 'sec_2' } },
};

export const DEVBOX_USAGE: Row<'devboxUsage'> = {
  id: 'dbx_1',
  status: 'running',
  start_time_ms: 1_767_225_600_000,
  end_time_ms: 1_767_225_700_000,
  total_elapsed_seconds: 100,
  total_active_seconds: 90,
  vcpu_seconds: 180,
  memory_gb_seconds: 360,
  disk_gb_seconds: 800,
};

export const DEVBOX_LOG: Row<'devboxLog'> = {
  level: 'info',
  source: 'exec',
  timestamp_ms: 1_767_225_600_000,
  message: 'hello',
  cmd: 'echo hello',
  cmd_id: 'exe_1',
  exit_code: 0,
  shell_name: 'main',
};
