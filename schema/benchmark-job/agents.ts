/** `JobAgent`: one agent and model within a benchmark job, with its benchmark run, live while that goes on. */
import type { Context } from '../../src/context.ts';
import type { JobAgent as JobAgentShape, JobAgentState } from '../../src/statistics/job-agents.ts';
import type { SummarisedRun } from '../../src/statistics/standings.ts';
import { summarised } from '../benchmark-run/statistics.ts';
import { BenchmarkRun } from '../benchmark-run/type.ts';
import { builder, upstreamEnum } from '../builder.ts';
import { EnvironmentVariable, KeyValue, SecretReference } from '../run-profile.ts';
import { RunProgress } from '../statistics/progress.ts';
import { RunStats } from '../statistics/stats.ts';
import { JobOutcome } from './outcomes.ts';

const JobAgentStateEnum = upstreamEnum<JobAgentState>(
  'JobAgentState',
  'How far an agent of a job has come.',
  {
    pending: 'Its benchmark run has not been started.',
    running: 'Its benchmark run goes on.',
    finished: 'Its outcome is known, or its benchmark run is over.',
  },
);

export const JobAgent = builder.objectRef<JobAgentShape>('JobAgent').implement({
  description:
    'One agent and model of a benchmark job, and the benchmark run in which it works on all scenarios.',
  fields: (t) => ({
    agentName: t.exposeString('agentName', {
      nullable: true,
      description: 'The name of the agent; null when an agent outside of the job drives the benchmark run.',
    }),
    modelName: t.exposeString('modelName', {
      nullable: true,
      description: "The model it works with; null when it is the agent's own default.",
    }),
    state: t.expose('state', { type: JobAgentStateEnum, description: 'How far it has come.' }),
    startedAt: t.expose('startedAtMs', {
      type: 'DateTime',
      nullable: true,
      description:
        'When its benchmark run started; null while it has not, or when the job does not say any more.',
    }),
    durationMs: t.exposeFloat('durationMs', {
      nullable: true,
      description:
        'How long its benchmark run took, or has taken so far, in milliseconds; null while unknown.',
    }),
    benchmarkRun: t.field({
      type: BenchmarkRun,
      nullable: true,
      description: 'Its benchmark run, with its scenario runs; null while it has none, or when it is gone.',
      resolve: (agent, _args, context) => runOf(agent, context),
    }),
    progress: t.field({
      type: RunProgress,
      nullable: true,
      description:
        'How far its benchmark run has come, over all its scenario runs, of as many as the job asks for: one for each of its scenarios, and a further attempt at each that failed or timed out and is to be tried again; null while it has none. Costs a call for the run and one for each 5,000 scenario runs, shared with `stats`.',
      resolve: (agent, _args, context) => summarisedRun(agent, context),
    }),
    stats: t.field({
      type: RunStats,
      nullable: true,
      description:
        'How its benchmark run went so far, over all its finished scenario runs; null while it has none. Costs a call for the run and one for each 5,000 scenario runs, shared with `progress`.',
      resolve: (agent, _args, context) => summarisedRun(agent, context),
    }),
    outcome: t.expose('outcome', {
      type: JobOutcome,
      nullable: true,
      description: 'What came of it, as the job says; null until it does.',
    }),
    timeoutSec: t.float({
      nullable: true,
      description: 'After how many seconds it is stopped; null when the job says nothing about it.',
      resolve: ({ config }) => config?.timeoutSec ?? null,
    }),
    agentId: t.id({
      nullable: true,
      description: "The account's agent that it is; null when it is known by its name alone.",
      resolve: ({ config }) => config?.agentId ?? null,
    }),
    parameters: t.field({
      type: [KeyValue],
      nullable: true,
      authScopes: { 'environment:read': true },
      description:
        'What it was configured with; null, with an error on its path, for callers without the scope `environment:read`.',
      resolve: ({ config }) => config?.parameters ?? [],
    }),
    environmentVariables: t.field({
      type: [EnvironmentVariable],
      description: 'The environment variables that it is launched with.',
      resolve: ({ config }) => config?.environmentVariables ?? [],
    }),
    secretsProvided: t.field({
      type: [SecretReference],
      description: "Which of the account's secrets fill which environment variables of it.",
      resolve: ({ config }) => config?.secretsProvided ?? [],
    }),
  }),
});

function runOf({ benchmarkRunId }: JobAgentShape, { loaders }: Context) {
  return benchmarkRunId === null ? null : loaders.benchmarkRun.load(benchmarkRunId);
}

/** Measured against what the job asks for: its scenarios, which its benchmark runs need have from no benchmark, and its retries. */
async function summarisedRun(agent: JobAgentShape, context: Context): Promise<SummarisedRun | null> {
  const run = await runOf(agent, context);
  if (!run) return null;
  const { scenarioIds, orchestrator } = agent.job;
  const scenarioCount = scenarioIds.length === 0 ? null : scenarioIds.length;
  return {
    ...(await summarised(run, context)),
    demand: { scenarioCount, retries: orchestrator?.attempts ?? 0 },
  };
}
