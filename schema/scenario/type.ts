/** `Scenario`: a problem in an environment, with a contract that scores the attempts at it. */
import type { Context } from '../../src/context.ts';
import type {
  Scenario as ScenarioShape,
  ScenarioEnvironment as ScenarioEnvironmentShape,
  ScenarioStatus as ScenarioStatusValue,
  ValidationType as ValidationTypeValue,
} from '../../src/upstream/types.ts';
import { builder, UNKNOWN_VALUE, upstreamEnum } from '../builder.ts';
import { conditionsOf, connect, type ConnectionArgs, connectionArgs, connectionOf } from '../connections.ts';
import { listAhead } from '../look-ahead.ts';
import { Node } from '../node.ts';
import { outcomeCondition, runConditions } from '../run-conditions.ts';
import { KeyValue, LaunchParameters, metadataArgs, metadataOf } from '../run-profile.ts';
import { ORDER_BY, ScenarioRunOrder } from '../scenario-run/order.ts';
import { ScenarioRunConnection, ScenarioRunState } from '../scenario-run/type.ts';
import { ScoringFunction } from '../scoring/contract.ts';

const ScenarioStatus = upstreamEnum<ScenarioStatusValue>('ScenarioStatus', 'Whether a scenario is in use.', {
  active: 'It is listed and can be changed.',
  archived: 'It is kept for its runs, but no longer listed and cannot be changed.',
  unknown: UNKNOWN_VALUE,
});

export const ValidationType = upstreamEnum<ValidationTypeValue>(
  'ValidationType',
  'How a scenario itself is validated.',
  {
    UNSPECIFIED: 'Nothing was said.',
    FORWARD: 'Forward: the reference output has to pass.',
    REVERSE: 'Reverse: without the reference output it has to fail.',
    EVALUATION: 'By evaluation.',
    unknown: UNKNOWN_VALUE,
  },
);

const ScenarioEnvironment = builder.objectRef<ScenarioEnvironmentShape>('ScenarioEnvironment').implement({
  description: 'The environment in which a scenario is run.',
  fields: (t) => ({
    blueprintId: t.exposeID('blueprintId', {
      nullable: true,
      description: 'The blueprint that devboxes are made from; null when none is.',
    }),
    snapshotId: t.exposeID('snapshotId', {
      nullable: true,
      description: 'The disk snapshot that devboxes are made from; null when none is.',
    }),
    workingDirectory: t.exposeString('workingDirectory', {
      nullable: true,
      description: 'Where the agent works and the scoring functions run; null means the default.',
    }),
    launchParameters: t.expose('launchParameters', {
      type: LaunchParameters,
      nullable: true,
      description: 'What devboxes are launched with; null when all is left to the upstream.',
    }),
  }),
});

export const ScenarioScenarioRunFilter = builder.inputType('ScenarioScenarioRunFilter', {
  description: 'Which runs of a scenario. Conditions add up.',
  fields: (t) => ({
    name: t.string({ description: 'Runs with this name.' }),
    search: t.string({ description: 'Runs whose id or name contains this text.' }),
    state: t.field({ type: ScenarioRunState, description: 'Runs in this state.' }),
    ...runConditions(t, ScenarioRunState),
    outcome: outcomeCondition(t),
    benchmarkRunId: t.id({ description: 'Runs that are part of this benchmark run.' }),
  }),
});

interface RunsArgs extends ConnectionArgs {
  readonly filter?: typeof ScenarioScenarioRunFilter.$inferInput | null | undefined;
  readonly orderBy?: typeof ScenarioRunOrder.$inferInput | null | undefined;
}

const runsOf = (id: string, { filter, orderBy, ...page }: RunsArgs, loaders: Context['loaders']) =>
  connect(page, (range) =>
    loaders.scenarioRuns.list({ ...conditionsOf(filter), scenarioId: id }, range, orderBy ?? undefined),
  );

export const Scenario = builder.objectRef<ScenarioShape>('Scenario');

Scenario.implement({
  description: 'A problem in an environment, with a contract that scores the attempts at it.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the scenario.' }),
    status: t.expose('status', { type: ScenarioStatus, description: 'Whether it is in use.' }),
    isPublic: t.exposeBoolean('isPublic', { description: 'Whether every account can run it.' }),
    problemStatement: t.exposeString('problemStatement', { description: 'What the agent is asked to do.' }),
    additionalContext: t.expose('additionalContext', {
      type: 'JSON',
      nullable: true,
      description: 'More that the agent is given, as JSON; null when there is none.',
    }),
    referenceOutput: t.exposeString('referenceOutput', {
      nullable: true,
      description: 'One right answer, often a git diff or the commands to run; null when there is none.',
    }),
    validationType: t.expose('validationType', {
      type: ValidationType,
      nullable: true,
      description: 'How the scenario itself is validated; null when unsaid.',
    }),
    scorerTimeoutSec: t.exposeFloat('scorerTimeoutSec', {
      nullable: true,
      description: 'How long scoring may take, in seconds; null means the default of 1,800.',
    }),
    metadata: t.field({
      type: [KeyValue],
      description: 'What the user attached to the scenario.',
      args: metadataArgs,
      resolve: metadataOf,
    }),
    requiredEnvironmentVariables: t.exposeStringList('requiredEnvironmentVariables', {
      description: 'Environment variables without which its runs fail to start.',
    }),
    requiredSecretNames: t.exposeStringList('requiredSecretNames', {
      nullable: true,
      authScopes: { 'environment:read': true },
      description:
        'Secrets without which its runs fail to start; null, with an error on its path, for callers without the scope `environment:read`.',
    }),
    environment: t.expose('environment', {
      type: ScenarioEnvironment,
      nullable: true,
      description: 'Where it is run; null when all is left to the upstream.',
    }),
    scoringFunctions: t.expose('scoringFunctions', {
      type: [ScoringFunction],
      description: 'The scoring contract: the functions that score its runs.',
    }),
    runs: t.field({
      type: ScenarioRunConnection,
      description: 'The runs of the scenario, newest first unless `orderBy` says otherwise.',
      args: {
        ...connectionArgs,
        filter: t.arg({ type: ScenarioScenarioRunFilter, description: 'Which runs; all when absent.' }),
        orderBy: t.arg({ type: ScenarioRunOrder, description: ORDER_BY }),
      },
      extensions: listAhead(runsOf),
      resolve: ({ id }, args, { loaders }) => runsOf(id, args, loaders),
    }),
  }),
});

export const ScenarioConnection = connectionOf(Scenario, { plural: 'scenarios', cursorOf: ({ id }) => id });
