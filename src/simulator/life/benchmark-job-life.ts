/** The life of benchmark jobs: they start a benchmark run per agent, and gather the outcomes as these end. */
import type {
  AgentConfig,
  BenchmarkJobState,
  BenchmarkJobView,
  BenchmarkRunView,
  JobSource,
  OrchestratorConfig,
} from '../wire/benchmark.ts';
import type { StringMap } from '../wire/scenario.ts';
import { type Agent, AGENTS } from './agents.ts';
import type { BenchmarkRunLife } from './benchmark-run-life.ts';
import { outcomeOf } from './job-report.ts';
import type { LifeContext } from './life-context.ts';
import { BEAT_MS, type Play } from './player.ts';
import { NO_PROFILE } from './scenario-run-life.ts';

export interface BenchmarkJobStart {
  readonly name: string;
  readonly source: JobSource;
  readonly benchmarkId: string | null;
  readonly scenarioIds: readonly string[];
  readonly agents: readonly AgentConfig[];
  readonly orchestrator: OrchestratorConfig | null;
  readonly metadata?: StringMap;
  /** How long the job waits for its turn. @default 2 s of life's time */
  readonly queuedMs?: number;
  /** How far apart its benchmark runs start. @default 4 s of life's time */
  readonly beatMs?: number;
  /** Given when the job does not come to its end: what ends it, so long after its creation. */
  readonly cutShort?: CutShort | undefined;
  /** Called once, when the job has ended. */
  readonly onEnd?: () => void;
}

export interface CutShort {
  readonly afterMs: number;
  readonly as: 'failed' | 'cancelled' | 'timeout';
  readonly reason: string | null;
}

export interface BenchmarkJobLife {
  /** `initializing` at once; queues, runs and completes on the timeline. */
  start(options: BenchmarkJobStart): BenchmarkJobView;
}

const ACTIVE: ReadonlySet<BenchmarkJobState> = new Set(['initializing', 'queued', 'running']);
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

  /** Starts the next benchmark run, and the one after it a beat later, until the job has ended. */
  const startRuns = (id: string, options: BenchmarkJobStart, next = 0) => {
    const config = options.agents[next];
    const job = benchmarkJobs.get(id);
    if (!config || (job?.state !== 'queued' && job?.state !== 'running')) return;
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
    update(id, ({ in_progress_runs: rows }) => ({
      state: 'running',
      in_progress_runs: [
        ...rows,
        {
          benchmark_run_id: run.id,
          start_time_ms: run.start_time_ms,
          state: run.state,
          agent_config: config,
          duration_ms: null,
        },
      ],
    }));
    const concurrency = options.orchestrator?.n_concurrent_trials ?? 1;
    const onEnd = (ended: BenchmarkRunView) => {
      gather(id, config, ended);
      const { benchmark_outcomes: outcomes, state } = benchmarkJobs.get(id) ?? {};
      if (outcomes?.length === options.agents.length && state === 'running') end(id, options, 'completed');
    };
    play(run, { scenarioIds: options.scenarioIds, agent, concurrency, onEnd });
    timeline.after(options.beatMs ?? BEAT_MS, () => {
      startRuns(id, options, next + 1);
    });
  };

  const gather = (id: string, config: AgentConfig, ended: BenchmarkRunView) => {
    update(id, (job) => ({
      benchmark_outcomes: [...job.benchmark_outcomes, outcomeOf(store, config, ended)],
      // The row of an ended run stays until the job ends, as it does upstream: outcomes win over it.
      in_progress_runs: job.in_progress_runs.map((row) =>
        row.benchmark_run_id === ended.id
          ? { ...row, state: ended.state, duration_ms: ended.duration_ms }
          : row,
      ),
    }));
  };

  const end = (
    id: string,
    { onEnd }: BenchmarkJobStart,
    state: BenchmarkJobState,
    failure_reason: string | null = null,
  ) => {
    update(id, () => ({ state, failure_reason, in_progress_runs: [] }));
    onEnd?.();
  };

  /** Ends a job before its time, and with it every benchmark run that still goes on. */
  const cut = (id: string, options: BenchmarkJobStart, { as, reason }: CutShort) => {
    const job = benchmarkJobs.get(id);
    if (!job || !ACTIVE.has(job.state)) return;
    const rows = job.in_progress_runs.filter(({ state }) => state === 'running');
    // Before its runs: the end of the last of them would complete it.
    update(id, () => ({ state: as, failure_reason: reason }));
    for (const { benchmark_run_id: runId } of rows) {
      if (as === 'failed') benchmarkRuns.fail(runId);
      else benchmarkRuns.cancel(runId);
    }
    end(id, options, as, reason);
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
      const { queuedMs = QUEUED_MS, cutShort } = options;
      timeline.after(INITIALIZING_MS, () => {
        update(job.id, ({ state }) => (state === 'initializing' ? { state: 'queued' } : {}));
      });
      timeline.after(INITIALIZING_MS + queuedMs, () => {
        startRuns(job.id, options);
      });
      if (cutShort) {
        timeline.after(cutShort.afterMs, () => {
          cut(job.id, options, cutShort);
        });
      }
      return job;
    },
  };
}

/** An agent nobody knows does about as well as the others. */
function agentOf(config: AgentConfig): Agent {
  const known = AGENTS.find(({ name, model }) => name === config.name && model === config.model_name);
  return known ?? { name: config.name, model: config.model_name ?? 'default', passRate: 0.6, pace: 1 };
}
