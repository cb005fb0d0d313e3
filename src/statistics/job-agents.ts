/** `jobAgents`: what each agent of a benchmark job has to do, does, or has done: one entry for each benchmark run, made or to be made. */
import type { BenchmarkJob, InProgressRun, JobAgentConfig, JobOutcome } from '../upstream/types.ts';

/**
 * - `pending`: its benchmark run has not been started.
 * - `running`: it has, and goes on.
 * - `finished`: its outcome is known, or its benchmark run is over.
 */
export type JobAgentState = 'pending' | 'running' | 'finished';

export interface JobAgent {
  readonly state: JobAgentState;
  /** Null for a benchmark run that an agent outside of the job drives. */
  readonly agentName: string | null;
  /** Null when the agent's own default applies. */
  readonly modelName: string | null;
  /** Null while there is none. */
  readonly benchmarkRunId: string | null;
  /** Null when the job does not list this agent. */
  readonly config: JobAgentConfig | null;
  readonly startedAtMs: number | null;
  readonly durationMs: number | null;
  readonly outcome: JobOutcome | null;
  /** The job that it is part of. */
  readonly job: BenchmarkJob;
}

/**
 * In the order in which the job lists them, then those that it does not list. An outcome wins over the row of
 * the same benchmark run in progress, which the upstream lists for a while: only when the run was started is taken from
 * there. Agents with the same name and model are distinguished by their order.
 */
export function jobAgents(job: BenchmarkJob): readonly JobAgent[] {
  const runs = runsOf(job);
  const configured = job.agentConfigs.map((config) => ({ config, run: takeRun(runs, config) }));
  return [
    ...configured.map(({ config, run }) => (run ? started(job, run, config) : pending(job, config))),
    ...[...runs.values()].map((run) => started(job, run, run.row?.agent ?? null)),
  ];
}

/** A benchmark run of the job: its row in progress, its outcome, or both. */
interface Run {
  readonly id: string;
  readonly agentName: string | null;
  readonly modelName: string | null;
  readonly row: InProgressRun | null;
  readonly outcome: JobOutcome | null;
}

/** By the id of the benchmark run, in the order of the upstream, those in progress first. */
function runsOf({ inProgressRuns, outcomes }: BenchmarkJob): Map<string, Run> {
  const runs = new Map<string, Run>();
  for (const row of inProgressRuns) {
    const { agentName = null, modelName = null } = row.agent ?? {};
    runs.set(row.benchmarkRunId, { id: row.benchmarkRunId, agentName, modelName, row, outcome: null });
  }
  for (const outcome of outcomes) {
    const { benchmarkRunId: id, agentName, modelName } = outcome;
    const row = runs.get(id)?.row ?? null;
    runs.set(id, { id, agentName, modelName: modelName ?? row?.agent?.modelName ?? null, row, outcome });
  }
  return runs;
}

/** Takes out the first run of this agent: of its very model, or else one that does not say. */
function takeRun(runs: Map<string, Run>, { agentName, modelName }: JobAgentConfig): Run | null {
  const ofAgent = [...runs.values()].filter((run) => run.agentName === agentName);
  const run =
    ofAgent.find((each) => each.modelName === modelName) ??
    ofAgent.find((each) => each.modelName === null || modelName === null);
  if (run) runs.delete(run.id);
  return run ?? null;
}

function pending(job: BenchmarkJob, config: JobAgentConfig): JobAgent {
  return {
    state: 'pending',
    agentName: config.agentName,
    modelName: config.modelName,
    benchmarkRunId: null,
    config,
    startedAtMs: null,
    durationMs: null,
    outcome: null,
    job,
  };
}

function started(job: BenchmarkJob, run: Run, config: JobAgentConfig | null): JobAgent {
  const { row, outcome } = run;
  const goesOn = outcome === null && (row?.state === 'running' || row?.state === 'unknown');
  return {
    state: goesOn ? 'running' : 'finished',
    agentName: run.agentName,
    modelName: run.modelName ?? config?.modelName ?? null,
    benchmarkRunId: run.id,
    config,
    startedAtMs: row?.startedAtMs ?? null,
    durationMs: outcome ? outcome.durationMs : (row?.durationMs ?? null),
    outcome,
    job,
  };
}
