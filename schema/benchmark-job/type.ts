/** `BenchmarkJob`: a set of scenarios, worked on by several agents and models, entirely run by the upstream. */
import { jobAgents } from '../../src/statistics/job-agents.ts';
import type {
  BenchmarkJob as BenchmarkJobShape,
  BenchmarkJobState as BenchmarkJobStateValue,
  JobOrchestrator as JobOrchestratorShape,
} from '../../src/upstream/types.ts';
import { BenchmarkRun } from '../benchmark-run/type.ts';
import { builder, UNKNOWN_VALUE, upstreamEnum } from '../builder.ts';
import { connectionOf } from '../connections.ts';
import { Node } from '../node.ts';
import { promised } from '../promised.ts';
import { JobAgent } from './agents.ts';
import { JobOutcome } from './outcomes.ts';
import { JobSource } from './source.ts';

export const BenchmarkJobState = upstreamEnum<BenchmarkJobStateValue>(
  'BenchmarkJobState',
  'Where a benchmark job is in its life.',
  {
    initializing: 'It is being set up.',
    queued: 'It waits to be started.',
    running: 'Its agents work.',
    completed: 'Every agent is through. Terminal.',
    failed: 'It broke; `failureReason` says why. Terminal.',
    cancelled: 'It was cancelled. Terminal.',
    timeout: 'It took too long. Terminal.',
    unknown: UNKNOWN_VALUE,
  },
);

const JobOrchestrator = builder.objectRef<JobOrchestratorShape>('JobOrchestrator').implement({
  description: 'How a job goes about its scenarios. What is null is left to the upstream.',
  fields: (t) => ({
    concurrentTrials: t.exposeInt('concurrentTrials', {
      nullable: true,
      description: 'How many scenarios are worked on at once; null means the default, 1.',
    }),
    attempts: t.exposeInt('attempts', {
      nullable: true,
      description: 'How often a scenario that failed is tried again; null means the default, 0.',
    }),
    timeoutMultiplier: t.exposeFloat('timeoutMultiplier', {
      nullable: true,
      description: 'What the timeout is multiplied by with each new try; null means the default, 1.',
    }),
    isQuiet: t.exposeBoolean('isQuiet', {
      nullable: true,
      description: 'Whether verbose output is left out; null means the default, false.',
    }),
  }),
});

export const BenchmarkJob = builder.objectRef<BenchmarkJobShape>('BenchmarkJob');

BenchmarkJob.implement({
  description:
    'A set of scenarios that the upstream has several agents and models work on, in a benchmark run for each of them.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', {
      nullable: true,
      description: 'The name; null when the upstream does not say.',
    }),
    state: t.expose('state', { type: BenchmarkJobState, description: 'Where the job is in its life.' }),
    isTerminal: t.exposeBoolean('isTerminal', {
      description:
        'Whether nothing of the job changes any more: it is completed, failed, cancelled or timed out.',
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was created.',
      resolve: ({ createdAtMs }) => promised(createdAtMs, 'creation time of a benchmark job'),
    }),
    failureReason: t.exposeString('failureReason', {
      nullable: true,
      description: 'Why the job as a whole failed; null when it has not.',
    }),
    source: t.expose('source', {
      type: JobSource,
      nullable: true,
      description: 'What it was made from; null when the upstream does not say.',
    }),
    orchestrator: t.expose('orchestrator', {
      type: JobOrchestrator,
      nullable: true,
      description: 'How it goes about its scenarios; null when everything is left to the upstream.',
    }),
    scenarioCount: t.int({
      description: 'How many scenarios each agent works on.',
      resolve: ({ scenarioIds }) => scenarioIds.length,
    }),
    scenarioIds: t.exposeIDList('scenarioIds', {
      description: 'The ids of the scenarios that each agent works on.',
    }),
    agents: t.field({
      type: [JobAgent],
      description:
        'Each agent and model, in the order of the job: those to come, those at work and those that have ended. An outcome in the job wins over a row that says the agent is at work.',
      resolve: jobAgents,
    }),
    benchmarkRuns: t.field({
      type: t.listRef(BenchmarkRun, { nullable: true }),
      description:
        'The benchmark run of each agent that was started, in the order of `agents`; null where one is gone.',
      // An Error among the items fails that item alone: graphql reports it on the item's path.
      resolve: (job, _args, { loaders }) =>
        Promise.all(
          jobAgents(job).flatMap(({ benchmarkRunId: id }) =>
            id === null ? [] : [orError(() => loaders.benchmarkRun.load(id))],
          ),
        ),
    }),
    outcomes: t.expose('outcomes', {
      type: [JobOutcome],
      description: 'What came of each benchmark run that is through, as the job counts it; empty before.',
    }),
  }),
});

async function orError<T>(load: () => T | Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    return error as T;
  }
}

export const BenchmarkJobConnection = connectionOf(BenchmarkJob, {
  plural: 'benchmark jobs',
  cursorOf: ({ id }) => id,
});
