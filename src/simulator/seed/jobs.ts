/** The jobs of a new world beside its evaluations: of every source and in every state, each with the runs that it made. */
import { AGENTS } from '../life/agents.ts';
import type { BenchmarkJobLife, CutShort } from '../life/benchmark-job-life.ts';
import type { LifeContext } from '../life/life-context.ts';
import { STEADY_BEAT_MS } from '../life/player.ts';
import type { AgentConfig, JobSource } from '../wire/benchmark.ts';
import type { Suite } from './suites.ts';

interface PlannedJob {
  readonly hoursAgo: number;
  readonly name: string;
  readonly source: JobSource['type'];
  /** How many scenarios it has, and of which agents. */
  readonly scenarios: number;
  readonly agents: readonly number[];
  readonly queuedMs?: number;
  readonly cutShort?: CutShort;
}

const JOBS: readonly PlannedJob[] = [
  { hoursAgo: 68, name: 'onboarding', source: 'harbor', scenarios: 6, agents: [1] },
  {
    hoursAgo: 61,
    name: 'new agent image',
    source: 'benchmark',
    scenarios: Infinity,
    agents: [3, 4],
    cutShort: { afterMs: 75_000, as: 'failed', reason: 'The agent image could not be pulled' },
  },
  { hoursAgo: 52, name: 'flaky three', source: 'scenarios', scenarios: 3, agents: [0, 2, 5] },
  {
    hoursAgo: 33,
    name: 'wrong model',
    source: 'scenarios',
    scenarios: 8,
    agents: [2, 3],
    cutShort: { afterMs: 70_000, as: 'cancelled', reason: null },
  },
  {
    hoursAgo: 26,
    name: 'long context',
    source: 'harbor',
    scenarios: 12,
    agents: [4, 5],
    cutShort: { afterMs: 80_000, as: 'timeout', reason: 'The job exceeded its time limit' },
  },
  {
    hoursAgo: 19,
    name: 'typo in the registry',
    source: 'scenarios',
    scenarios: 2,
    agents: [5],
    cutShort: { afterMs: 1_500, as: 'failed', reason: 'The agent is not known' },
  },
  // Waits until the others have left it room.
  {
    hoursAgo: 0.01,
    name: 'after the nightly',
    source: 'harbor',
    scenarios: 6,
    agents: [0],
    queuedMs: 600_000,
  },
];

const HOUR_MS = 3_600_000;
/** One scenario under every agent, at so many temperatures. */
const TEMPERATURES = ['0.0', '0.2', '0.4', '0.6', '0.8', '1.0'];
/** The next sweep begins when so many runs of the one before are still to start: one of them always moves. */
const SWEEP_OVERLAP = 8;

export interface JobsOptions {
  readonly smoke: Suite;
  readonly start: number;
}

/** Jobs that had begun before the start, each at its time. */
export function planJobs(context: LifeContext, jobs: BenchmarkJobLife, { smoke, start }: JobsOptions): void {
  for (const { hoursAgo, name, source: type, scenarios, agents, ...rest } of JOBS) {
    const scenarioIds = smoke.benchmark.scenarioIds.slice(0, scenarios);
    context.timeline.at(start - hoursAgo * HOUR_MS, () => {
      jobs.start({
        name: `${smoke.benchmark.name}: ${name}`,
        ...sourceOf(type, smoke, scenarioIds),
        scenarioIds,
        agents: agents.map((index) => agentConfig(index)),
        orchestrator: { n_concurrent_trials: 4, n_attempts: 0, quiet: false, timeout_multiplier: 1 },
        ...rest,
      });
    });
  }
}

/** Jobs of many agents, the first as the world begins and each before the last is through, for ever. */
export function planSweeps({ timeline }: LifeContext, jobs: BenchmarkJobLife, options: JobsOptions): void {
  const { smoke, start } = options;
  const agents = AGENTS.flatMap((_, index) =>
    TEMPERATURES.map((temperature) => agentConfig(index, { temperature })),
  );
  const sweep = (round: number) => {
    const scenarioIds = [smoke.benchmark.scenarioIds[(round - 1) % smoke.benchmark.scenarioIds.length] ?? ''];
    jobs.start({
      name: `${smoke.benchmark.name}: temperatures, round ${String(round)}`,
      ...sourceOf('scenarios', smoke, scenarioIds),
      scenarioIds,
      agents,
      orchestrator: { n_concurrent_trials: 1, n_attempts: 0, quiet: true, timeout_multiplier: 1 },
      beatMs: STEADY_BEAT_MS,
    });
    timeline.after((agents.length - SWEEP_OVERLAP) * STEADY_BEAT_MS, () => {
      sweep(round + 1);
    });
  };
  timeline.at(start, () => {
    sweep(1);
  });
}

function sourceOf(
  type: JobSource['type'],
  { benchmark: { id, name } }: Suite,
  scenarioIds: readonly string[],
): { readonly source: JobSource; readonly benchmarkId: string | null } {
  switch (type) {
    case 'benchmark':
      return { source: { type, benchmark_id: id, benchmark_name: name }, benchmarkId: id };
    case 'scenarios':
      return { source: { type, scenario_ids: scenarioIds }, benchmarkId: null };
    case 'harbor': {
      const yaml = `datasets:\n  - name: agent-smoke\n    n_tasks: ${String(scenarioIds.length)}\n`;
      return { source: { type, inline_yaml: yaml }, benchmarkId: null };
    }
  }
}

function agentConfig(index: number, kwargs: AgentConfig['kwargs'] = null): AgentConfig {
  const agent = AGENTS[index];
  if (!agent) throw new RangeError(`There is no agent ${String(index)}`);
  return { type: 'job_agent', name: agent.name, model_name: agent.model, timeout_seconds: 1_800, kwargs };
}
