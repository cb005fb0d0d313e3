/** Puts entities into a world as they are, each field that is not given filled in sensibly: for seeds and tests. */
import { ApiError } from '../wire/api-error.ts';
import { emptyDevbox } from '../life/devbox-life.ts';
import type { LifeContext } from '../life/life-context.ts';
import type { SnapshotRecord } from './store.ts';
import type { SecretView } from '../wire/account.ts';
import type { BenchmarkJobView, BenchmarkRunView, BenchmarkView } from '../wire/benchmark.ts';
import type { BlueprintView, DevboxView, ExecutionView } from '../wire/devbox.ts';
import type { ScenarioRunView, ScenarioView, ScorerView } from '../wire/scenario.ts';

/** Each answers the whole entity. Nothing is scheduled: what is inserted stays as it is until somebody moves it. */
export interface Insert {
  scenario(view?: Partial<ScenarioView>): ScenarioView;
  /** Makes a scenario and a devbox, too, unless told which. */
  scenarioRun(view?: Partial<ScenarioRunView>): ScenarioRunView;
  benchmark(view?: Partial<BenchmarkView>): BenchmarkView;
  benchmarkRun(view?: Partial<BenchmarkRunView>): BenchmarkRunView;
  benchmarkJob(view?: Partial<BenchmarkJobView>): BenchmarkJobView;
  devbox(view?: Partial<DevboxView>): DevboxView;
  scorer(view?: Partial<ScorerView>): ScorerView;
  blueprint(view?: Partial<BlueprintView>): BlueprintView;
  snapshot(view?: Partial<SnapshotRecord>): SnapshotRecord;
  secret(view?: Partial<SecretView>): SecretView;
  execution(view: Partial<ExecutionView> & Pick<ExecutionView, 'devbox_id'>): ExecutionView;
}

export function createInsert({ store, timeline, ids }: LifeContext): Insert {
  const insert: Insert = {
    scenario: (view = {}) =>
      store.scenarios.insert({
        id: ids('scenario'),
        name: 'a scenario',
        input_context: { problem_statement: 'Solve it.', additional_context: null },
        scoring_contract: {
          scoring_function_parameters: [
            {
              name: 'check',
              weight: 1,
              scorer: { type: 'bash_script_scorer', bash_script: 'echo "score=1.0"' },
            },
          ],
        },
        metadata: {},
        status: 'active',
        environment: null,
        is_public: false,
        reference_output: null,
        required_environment_variables: [],
        required_secret_names: [],
        scorer_timeout_sec: null,
        validation_type: 'UNSPECIFIED',
        ...view,
      }),
    scenarioRun: (view = {}) => {
      const id = view.id ?? ids('scenarioRun');
      const state = view.state ?? 'running';
      const isUp = state === 'running' || state === 'scoring' || state === 'scored';
      const isScored = state === 'scored' || state === 'completed';
      const startTimeMs = view.start_time_ms ?? timeline.now();
      const durationMs = state === 'running' || state === 'scoring' ? null : (view.duration_ms ?? 60_000);
      return store.scenarioRuns.insert({
        id,
        scenario_id: view.scenario_id ?? insert.scenario().id,
        devbox_id:
          view.devbox_id ??
          insert.devbox({
            status: isUp ? 'running' : 'shutdown',
            create_time_ms: startTimeMs,
            end_time_ms: isUp ? null : startTimeMs + (durationMs ?? 0),
            initiator_type: 'scenario',
            initiator_id: id,
          }).id,
        state,
        metadata: {},
        name: null,
        benchmark_run_id: null,
        scoring_contract_result: isScored
          ? {
              score: 1,
              scoring_function_results: [
                {
                  scoring_function_name: 'check',
                  score: 1,
                  output: 'all good\nscore=1.0',
                  state: 'complete',
                },
              ],
            }
          : null,
        start_time_ms: startTimeMs,
        duration_ms: durationMs,
        purpose: null,
        environment_variables: null,
        secrets_provided: null,
        ...view,
      });
    },
    benchmark: (view = {}) =>
      store.benchmarks.insert({
        id: ids('benchmark'),
        name: 'a benchmark',
        metadata: {},
        scenarioIds: [],
        status: 'active',
        attribution: '',
        description: '',
        is_public: false,
        required_environment_variables: [],
        required_secret_names: [],
        ...view,
      }),
    benchmarkRun: (view = {}) => {
      const hasEnded = view.state !== undefined && view.state !== 'running';
      return store.benchmarkRuns.insert({
        id: ids('benchmarkRun'),
        state: 'running',
        start_time_ms: timeline.now(),
        metadata: {},
        benchmark_id: null,
        name: null,
        duration_ms: hasEnded ? 60_000 : null,
        score: view.state === 'completed' ? 0 : null,
        purpose: null,
        environment_variables: null,
        secrets_provided: null,
        ...view,
      });
    },
    benchmarkJob: (view = {}) =>
      store.benchmarkJobs.insert({
        id: ids('benchmarkJob'),
        name: 'a job',
        state: 'running',
        create_time_ms: timeline.now(),
        failure_reason: null,
        job_source: null,
        job_spec: { agent_configs: [], scenario_ids: [], orchestrator_config: null },
        benchmark_outcomes: [],
        in_progress_runs: [],
        ...view,
      }),
    devbox: (view = {}) => {
      const empty = emptyDevbox(view.id ?? ids('devbox'), view.create_time_ms ?? timeline.now());
      const status = view.status ?? 'running';
      const start = empty.create_time_ms;
      const hasEnded = status === 'shutdown' || status === 'failure';
      const end = view.end_time_ms ?? (hasEnded ? start + 60_000 : null);
      return store.devboxes.insert({
        ...empty,
        end_time_ms: end,
        shutdown_reason: status === 'shutdown' ? 'api_shutdown' : null,
        state_transitions: [
          { status: 'provisioning', transition_time_ms: start },
          { status: 'initializing', transition_time_ms: start + 2_000 },
          ...(status === 'running' || hasEnded
            ? [{ status: 'running' as const, transition_time_ms: start + 5_000 }]
            : []),
          ...(status === 'running' ? [] : [{ status, transition_time_ms: end ?? start + 10_000 }]),
        ],
        ...view,
        status,
      });
    },
    scorer: (view = {}) =>
      store.scorers.insert({ id: ids('scorer'), type: 'a_scorer', bash_script: 'echo "score=1.0"', ...view }),
    blueprint: (view = {}) => {
      const name = view.name ?? 'a-blueprint';
      const create_time_ms = view.create_time_ms ?? timeline.now();
      return store.blueprints.insert({
        id: ids('blueprint'),
        name,
        create_time_ms,
        build_finish_time_ms: create_time_ms + 60_000,
        state: 'created',
        status: 'build_complete',
        failure_reason: null,
        base_blueprint_id: null,
        parameters: { name },
        containerized_services: null,
        devbox_capabilities: [],
        is_public: false,
        metadata: {},
        ...view,
      });
    },
    snapshot: (view = {}) =>
      store.snapshots.insert({
        id: ids('snapshot'),
        name: null,
        create_time_ms: timeline.now(),
        metadata: {},
        source_devbox_id: view.source_devbox_id ?? insert.devbox().id,
        source_blueprint_id: null,
        commit_message: null,
        size_bytes: 1_073_741_824,
        status: 'complete',
        error_message: null,
        ...view,
      }),
    secret: (view = {}) =>
      store.secrets.insert({
        id: ids('secret'),
        name: 'A_SECRET',
        create_time_ms: timeline.now(),
        update_time_ms: timeline.now(),
        ...view,
      }),
    execution: (view) => {
      if (!store.devboxes.get(view.devbox_id)) throw ApiError.missing('Devbox', view.devbox_id);
      return store.executions.insert({
        execution_id: ids('execution'),
        status: 'completed',
        exit_status: 0,
        stdout: '',
        stderr: '',
        stdout_truncated: false,
        stderr_truncated: false,
        shell_name: null,
        ...view,
      });
    },
  };
  return insert;
}
