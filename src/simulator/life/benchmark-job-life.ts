/** The life of benchmark jobs: they start a benchmark run per agent, and gather the outcomes as these end. */
import type {
  AgentConfig,
  BenchmarkJobView,
  BenchmarkOutcome,
  BenchmarkRunView,
  JobSource,
  OrchestratorConfig,
  ScenarioOutcome,
} from '../wire/benchmark.ts';
import type { ScenarioRunView, StringMap } from '../wire/scenario.ts';
import { type Agent, AGENTS } from './agents.ts';
import type { BenchmarkRunLife } from './benchmark-run-life.ts';
import type { LifeContext } from './life-context.ts';
import type { Play } from './player.ts';
import { NO_PROFILE } from './scenario-run-life.ts';

export interface BenchmarkJobStart {
  readonly name: string;
  readonly source: JobSource;
  readonly benchmarkId: string | null;
  readonly scenarioIds: readonly string[];
  readonly agents: readonly AgentConfig[];
  readonly orchestrator: OrchestratorConfig | null;
  readonly metadata?: StringMap;
  /** Called once, when every benchmark run of the job has ended. */
  readonly onEnd?: () => void;
}

export interface BenchmarkJobLife {
  /** `initializing` at once; queues, runs and completes on the timeline. */
  start(options: BenchmarkJobStart): BenchmarkJobView;
}

const INITIALIZING_MS = 3_000;
const QUEUED_MS = 2_000;

export function createBenchmarkJobLife(
  { store, timeline, ids }: LifeContext,
  benchmarkRuns: BenchmarkRunLife,
  play: Play,
): BenchmarkJobLife {
  const { benchmarkJobs } = store;

  /** Changes a job unless it was dropped meanwhile. */
  const update = (id: string, change: (job: BenchmarkJobView) => Partial<BenchmarkJobView>) => {
    const job = benchmarkJobs.get(id);
    if (job) benchmarkJobs.update(id, change(job));
  };

  const scenarioOutcome = (run: ScenarioRunView): ScenarioOutcome => ({
    scenario_definition_id: run.scenario_id,
    scenario_name: store.scenarios.get(run.scenario_id)?.name ?? run.scenario_id,
    scenario_run_id: run.id,
    ...outcomeOf(run),
    score: run.scoring_contract_result?.score ?? null,
    duration_ms: run.duration_ms,
  });

  const outcome = (config: AgentConfig, run: BenchmarkRunView): BenchmarkOutcome => {
    const scenarioOutcomes = store.scenarioRuns
      .list({ benchmark_run_id: run.id })
      .map(scenarioOutcome)
      .reverse();
    const count = (state: ScenarioOutcome['state']) =>
      scenarioOutcomes.filter((each) => each.state === state).length;
    return {
      benchmark_run_id: run.id,
      agent_name: config.name,
      model_name: config.model_name ?? null,
      n_completed: count('COMPLETED'),
      n_failed: count('FAILED'),
      n_timeout: count('TIMEOUT'),
      average_score: run.score,
      duration_ms: run.duration_ms,
      scenario_outcomes: scenarioOutcomes,
    };
  };

  const startRuns = (id: string, options: BenchmarkJobStart) => {
    let running = options.agents.length;
    const runs = options.agents.map((config) => {
      const agent = agentOf(config);
      const run = benchmarkRuns.start({
        benchmarkId: options.benchmarkId,
        name: `${options.name} / ${config.name}`,
        metadata: { ...options.metadata, agent: agent.name, model: agent.model },
        profile: {
          ...NO_PROFILE,
          environmentVariables: config.agent_environment?.environment_variables ?? null,
          secrets: config.agent_environment?.secrets ?? null,
        },
      });
      const onEnd = (ended: BenchmarkRunView) => {
        running--;
        update(id, (job) => ({
          benchmark_outcomes: [...job.benchmark_outcomes, outcome(config, ended)],
          // The row of an ended run stays until the job ends, as it does upstream: outcomes win over it.
          in_progress_runs:
            running === 0
              ? []
              : job.in_progress_runs.map((row) =>
                  row.benchmark_run_id === ended.id
                    ? { ...row, state: ended.state, duration_ms: ended.duration_ms }
                    : row,
                ),
          state: running === 0 ? 'completed' : job.state,
        }));
        if (running === 0) options.onEnd?.();
      };
      const concurrency = options.orchestrator?.n_concurrent_trials ?? 1;
      play(run, { scenarioIds: options.scenarioIds, agent, concurrency, onEnd });
      return { run, config };
    });
    update(id, () => ({
      state: 'running',
      in_progress_runs: runs.map(({ run, config }) => ({
        benchmark_run_id: run.id,
        start_time_ms: run.start_time_ms,
        state: run.state,
        agent_config: config,
        duration_ms: null,
      })),
    }));
  };

  return {
    start: (options) => {
      const job = benchmarkJobs.insert({
        id: ids('benchmarkJob'),
        name: options.name,
        state: 'initializing',
        create_time_ms: timeline.now(),
        failure_reason: null,
        job_source: options.source,
        job_spec: {
          agent_configs: options.agents,
          scenario_ids: options.scenarioIds,
          orchestrator_config: options.orchestrator,
        },
        benchmark_outcomes: [],
        in_progress_runs: [],
      });
      timeline.after(INITIALIZING_MS, () => {
        update(job.id, () => ({ state: 'queued' }));
      });
      timeline.after(INITIALIZING_MS + QUEUED_MS, () => {
        startRuns(job.id, options);
      });
      return job;
    },
  };
}

/** An agent nobody knows does about as well as the others. */
function agentOf(config: AgentConfig): Agent {
  const known = AGENTS.find(({ name, model }) => name === config.name && model === config.model_name);
  return known ?? { name: config.name, model: config.model_name ?? 'default', passRate: 0.6, pace: 1 };
}

function outcomeOf(run: ScenarioRunView): Pick<ScenarioOutcome, 'state' | 'failure_reason'> {
  switch (run.state) {
    case 'scored':
    case 'completed':
      return { state: 'COMPLETED', failure_reason: null };
    case 'timeout':
      return {
        state: 'TIMEOUT',
        failure_reason: {
          exception_type: 'AgentTimeoutError',
          exception_message: 'The agent ran out of time',
        },
      };
    case 'failed':
      return {
        state: 'FAILED',
        failure_reason: {
          exception_type: 'EnvironmentStartError',
          exception_message: 'The devbox ended unexpectedly',
        },
      };
    case 'running':
    case 'scoring':
    case 'canceled':
      return { state: 'CANCELED', failure_reason: null };
  }
}
