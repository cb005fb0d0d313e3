/** `ScenarioRun`: one run of a scenario on a devbox, the heart of the graph. */
import { failureOf } from '../../src/statistics/failure.ts';
import type {
  ScenarioRun as ScenarioRunShape,
  ScenarioRunState as ScenarioRunStateValue,
} from '../../src/upstream/types.ts';
import { BenchmarkRun } from '../benchmark-run/type.ts';
import { builder, UNKNOWN_VALUE, upstreamEnum } from '../builder.ts';
import { conditionsOf, connectionOf } from '../connections.ts';
import { connectLog, DevboxLogConnection, logArgs } from '../devbox/logs.ts';
import { Devbox } from '../devbox/type.ts';
import { Node } from '../node.ts';
import { EnvironmentVariable, KeyValue, metadataArgs, metadataOf, SecretReference } from '../run-profile.ts';
import { Scenario } from '../scenario/type.ts';
import { Outcome, ScoringResult } from '../scoring/result.ts';
import { FailureReason } from '../statistics/failures.ts';

export const ScenarioRunState = upstreamEnum<ScenarioRunStateValue>(
  'ScenarioRunState',
  'Where a scenario run is in its life.',
  {
    running: 'The devbox boots, or the agent works on it.',
    scoring: 'The scoring functions are applied.',
    scored:
      'The score is known and the devbox is still up: finished, but not terminal until it is completed.',
    completed: 'Scored, and the devbox is shut down. Terminal.',
    canceled: 'Canceled before it was completed. Terminal.',
    timeout: 'Ended by the platform because it took too long. Terminal.',
    failed:
      'Ended by the platform because something broke: outcome ERRORED, not FAILED, which is a run that was scored below 1. Terminal.',
    unknown: UNKNOWN_VALUE,
  },
);

export const ScenarioRun = builder.objectRef<ScenarioRunShape>('ScenarioRun');

ScenarioRun.implement({
  description: 'One run of a scenario: an agent works on a devbox, then the scoring contract says how well.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', {
      nullable: true,
      description: 'The display name; null when none was given.',
    }),
    state: t.expose('state', { type: ScenarioRunState, description: 'Where the run is in its life.' }),
    isTerminal: t.exposeBoolean('isTerminal', {
      description:
        'Whether nothing of the run changes any more: it is completed, canceled, failed or timed out.',
    }),
    isFinished: t.exposeBoolean('isFinished', {
      description: 'Whether the result is known: the run is terminal, or scored and not yet completed.',
    }),
    outcome: t.expose('outcome', {
      type: Outcome,
      nullable: true,
      description: 'How the run ended; null while it is unfinished.',
    }),
    outcomeReason: t.field({
      type: FailureReason,
      nullable: true,
      description: 'Why the run did not pass; null when it did, or is unfinished.',
      resolve: (run) => failureOf(run)?.reason ?? null,
    }),
    score: t.float({
      nullable: true,
      description: 'The score from 0 to 1; null when the run has not been scored.',
      resolve: ({ scoringResult }) => scoringResult?.score ?? null,
    }),
    scoringResult: t.expose('scoringResult', {
      type: ScoringResult,
      nullable: true,
      description: 'What each scoring function found; null when the run has not been scored.',
    }),
    startedAt: t.expose('startedAtMs', {
      type: 'DateTime',
      nullable: true,
      description: 'When the run started; null when the upstream does not say.',
    }),
    endedAt: t.expose('endedAtMs', {
      type: 'DateTime',
      nullable: true,
      description: 'The start plus the duration; null while either is unknown.',
    }),
    durationMs: t.exposeFloat('durationMs', {
      nullable: true,
      description: 'How long the run took, in milliseconds; null while it is active.',
    }),
    purpose: t.exposeString('purpose', {
      nullable: true,
      description: 'What the run was made for; null when unsaid.',
    }),
    metadata: t.field({
      type: [KeyValue],
      description: 'What the user attached to the run.',
      args: metadataArgs,
      resolve: metadataOf,
    }),
    environmentVariables: t.expose('environmentVariables', {
      type: [EnvironmentVariable],
      description: 'The environment variables that the run was started with.',
    }),
    secretsProvided: t.expose('secretsProvided', {
      type: [SecretReference],
      description: "Which of the account's secrets fill which environment variables of the run.",
    }),
    scenario: t.field({
      type: Scenario,
      nullable: true,
      description: 'The scenario that is run; null when it is gone.',
      resolve: ({ scenarioId, benchmarkRunId }, _args, { loaders }) =>
        loaders.scenario.load(scenarioId, { benchmarkRunId }),
    }),
    devbox: t.field({
      type: Devbox,
      nullable: true,
      description: 'The devbox that the scenario runs on; null when it is gone.',
      resolve: ({ devboxId, benchmarkRunId, startedAtMs }, _args, { loaders }) =>
        devboxId === null ? null : loaders.devbox.load(devboxId, { benchmarkRunId, atMs: startedAtMs }),
    }),
    logs: t.field({
      type: DevboxLogConnection,
      nullable: true,
      authScopes: { 'logs:read': true },
      description:
        'What was logged on the devbox of the run, oldest first; null when it has none, or, with an error on its path, for callers without the scope `logs:read`. Costs an upstream call of its own, whatever the page.',
      args: logArgs,
      resolve: ({ devboxId }, { filter, ...page }, { loaders }) =>
        devboxId === null
          ? null
          : connectLog(page, (range) =>
              loaders.devboxLogs.list({ ...conditionsOf(filter), devboxId }, range),
            ),
    }),
    benchmarkRun: t.field({
      type: BenchmarkRun,
      nullable: true,
      description: 'The benchmark run that this run is part of; null when it was started by itself.',
      resolve: ({ benchmarkRunId }, _args, { loaders }) =>
        benchmarkRunId === null ? null : loaders.benchmarkRun.load(benchmarkRunId),
    }),
  }),
});

export const ScenarioRunConnection = connectionOf(ScenarioRun, {
  plural: 'scenario runs',
  order: 'newest first, or in the one that `orderBy` asks for',
  cursorOf: ({ id }) => id,
});
