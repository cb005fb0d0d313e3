/** `JobOutcome`: what came of each benchmark run of a job, scenario by scenario, with the reasons of failures. */
import type {
  JobOutcome as JobOutcomeShape,
  ScenarioOutcome as ScenarioOutcomeShape,
  ScenarioOutcomeState as ScenarioOutcomeStateValue,
} from '../../src/upstream/types.ts';
import { BenchmarkRun } from '../benchmark-run/type.ts';
import { builder, UNKNOWN_VALUE, upstreamEnum } from '../builder.ts';
import { ScenarioRun } from '../scenario-run/type.ts';
import { Scenario } from '../scenario/type.ts';

const ScenarioOutcomeState = upstreamEnum<ScenarioOutcomeStateValue>(
  'ScenarioOutcomeState',
  'How a scenario of a job ended.',
  {
    COMPLETED: 'It was scored.',
    FAILED: 'Something broke; `failureReason` says what. A scenario that was not solved is COMPLETED.',
    TIMEOUT: 'It took too long.',
    CANCELED: 'It was canceled.',
    unknown: UNKNOWN_VALUE,
  },
);

const ScenarioFailure = builder
  .objectRef<NonNullable<ScenarioOutcomeShape['failureReason']>>('ScenarioFailure')
  .implement({
    description: 'Why a scenario of a job failed.',
    fields: (t) => ({
      exceptionType: t.exposeString('exceptionType', {
        description: 'The class of the exception, such as `AgentTimeoutError`.',
      }),
      exceptionMessage: t.exposeString('exceptionMessage', { description: 'What the exception says.' }),
    }),
  });

/** An outcome, and the benchmark run in whose list its run is found. */
interface OutcomeOfRun extends ScenarioOutcomeShape {
  readonly benchmarkRunId: string;
}

const ScenarioOutcome = builder.objectRef<OutcomeOfRun>('ScenarioOutcome').implement({
  description: 'What came of one scenario under one agent of a job.',
  fields: (t) => ({
    state: t.expose('state', { type: ScenarioOutcomeState, description: 'How it ended.' }),
    score: t.exposeFloat('score', {
      nullable: true,
      description: 'The score from 0 to 1; null unless it is COMPLETED.',
    }),
    durationMs: t.exposeFloat('durationMs', {
      nullable: true,
      description: 'How long it took, in milliseconds; null when the upstream does not say.',
    }),
    failureReason: t.expose('failureReason', {
      type: ScenarioFailure,
      nullable: true,
      description: 'Why it failed; null when it has not, or the upstream does not say.',
    }),
    scenarioName: t.exposeString('scenarioName', {
      nullable: true,
      description: 'The name of the scenario, which costs no call; null when the upstream does not say.',
    }),
    scenario: t.field({
      type: Scenario,
      nullable: true,
      description: 'The scenario; null when it is gone.',
      resolve: ({ scenarioId, benchmarkRunId }, _args, { loaders }) =>
        scenarioId === null ? null : loaders.scenario.load(scenarioId, { benchmarkRunId }),
    }),
    scenarioRun: t.field({
      type: ScenarioRun,
      nullable: true,
      description: 'The run of it; null when it failed before one was made, or the run is gone.',
      resolve: ({ scenarioRunId, benchmarkRunId }, _args, { loaders }) =>
        scenarioRunId === null ? null : loaders.scenarioRun.load(scenarioRunId, { benchmarkRunId }),
    }),
  }),
});

export const JobOutcome = builder.objectRef<JobOutcomeShape>('JobOutcome').implement({
  description: 'What came of one benchmark run of a job, as the job counts it.',
  fields: (t) => ({
    agentName: t.exposeString('agentName', { description: 'The agent that worked.' }),
    modelName: t.exposeString('modelName', {
      nullable: true,
      description: "The model it worked with; null when it was the agent's own default.",
    }),
    benchmarkRun: t.field({
      type: BenchmarkRun,
      nullable: true,
      description: 'The benchmark run; null when it is gone.',
      resolve: ({ benchmarkRunId }, _args, { loaders }) => loaders.benchmarkRun.load(benchmarkRunId),
    }),
    completedCount: t.exposeInt('completedCount', {
      description: 'Scenarios that were scored, passed or not.',
    }),
    failedCount: t.exposeInt('failedCount', { description: 'Scenarios in which something broke.' }),
    timeoutCount: t.exposeInt('timeoutCount', { description: 'Scenarios that took too long.' }),
    averageScore: t.exposeFloat('averageScore', {
      nullable: true,
      description: 'The mean score over the completed scenarios, from 0 to 1; null when there are none.',
    }),
    durationMs: t.exposeFloat('durationMs', {
      nullable: true,
      description: 'How long the benchmark run took, in milliseconds; null when the upstream does not say.',
    }),
    scenarioOutcomes: t.field({
      type: [ScenarioOutcome],
      description: 'What came of each scenario.',
      args: {
        states: t.arg({
          type: [ScenarioOutcomeState],
          description: 'Only those that ended like this; all when absent.',
        }),
      },
      resolve: ({ benchmarkRunId, scenarioOutcomes }, { states }) =>
        scenarioOutcomes
          .filter(({ state }) => states?.includes(state) ?? true)
          .map((outcome) => ({ ...outcome, benchmarkRunId })),
    }),
  }),
});
