/** `Devbox`: the cloud machine that a scenario run works on. */
import type {
  Devbox as DevboxShape,
  DevboxCapability as DevboxCapabilityValue,
  DevboxFailureReason as DevboxFailureReasonValue,
  DevboxInitiatorType as DevboxInitiatorTypeValue,
  DevboxShutdownReason as DevboxShutdownReasonValue,
  DevboxStateTransition as DevboxStateTransitionShape,
  DevboxStatus as DevboxStatusValue,
  DevboxUsage as DevboxUsageShape,
} from '../../src/upstream/types.ts';
import { builder, UNKNOWN_VALUE, upstreamEnum } from '../builder.ts';
import { conditionsOf, connectionOf } from '../connections.ts';
import { Node } from '../node.ts';
import { promised } from '../promised.ts';
import { KeyValue, LaunchParameters, metadataArgs, metadataOf } from '../run-profile.ts';
import { connectLog, DevboxLogConnection, logArgs } from './logs.ts';

export const DevboxStatus = upstreamEnum<DevboxStatusValue>(
  'DevboxStatus',
  'Where a devbox is in its life.',
  {
    scheduled: 'An older word for QUEUED.',
    queued: 'It waits for infrastructure.',
    provisioning: 'Its infrastructure is allocated and booted.',
    initializing: 'Its boot scripts run.',
    running: 'It is ready to be used.',
    suspending: 'Its disk is being saved, to be suspended.',
    suspended: 'Its disk is saved and nothing runs.',
    resuming: 'It boots from the disk that was saved.',
    failure: 'It failed while booting or at the actions it was asked for. Terminal.',
    shutdown: 'It was shut down. Terminal.',
    unknown: UNKNOWN_VALUE,
  },
);

const DevboxFailureReason = upstreamEnum<DevboxFailureReasonValue>(
  'DevboxFailureReason',
  'What made a devbox fail.',
  {
    out_of_memory: 'It ran out of memory.',
    out_of_disk: 'It ran out of disk.',
    execution_failed: 'It failed while running; its log tells more.',
    health_check_failed: 'It failed its health checks, perhaps because its resources were used up.',
    unknown: UNKNOWN_VALUE,
  },
);

const DevboxShutdownReason = upstreamEnum<DevboxShutdownReasonValue>(
  'DevboxShutdownReason',
  'What made a devbox shut down.',
  {
    api_shutdown: 'Somebody asked for it.',
    keep_alive_timeout: 'Its time to be kept alive was over.',
    entrypoint_exit: 'Its entrypoint program ended.',
    idle: 'It was idle for too long.',
    ttl_expired: 'Its time to live was over.',
    unknown: UNKNOWN_VALUE,
  },
);

const DevboxInitiatorType = upstreamEnum<DevboxInitiatorTypeValue>(
  'DevboxInitiatorType',
  'What made a devbox.',
  {
    api: 'A call of the API.',
    scenario: 'A scenario run.',
    scoring_validation: 'The validation of a scoring contract.',
    reflex: 'A reflex.',
    unknown:
      'The upstream does not know, or has added a value that this version of the gateway does not know.',
  },
);

const DevboxCapability = upstreamEnum<DevboxCapabilityValue>(
  'DevboxCapability',
  'What a devbox can do beyond the usual.',
  {
    docker_in_docker: 'It can run containers.',
    unknown:
      'The upstream does not know, or has added a value that this version of the gateway does not know.',
  },
);

const DevboxStateTransition = builder
  .objectRef<DevboxStateTransitionShape>('DevboxStateTransition')
  .implement({
    description: 'The moment at which a devbox took on a status.',
    fields: (t) => ({
      status: t.expose('status', { type: DevboxStatus, description: 'The status it took on.' }),
      at: t.expose('atMs', {
        type: 'DateTime',
        nullable: true,
        description: 'When; null when the upstream does not say.',
      }),
      durationMs: t.exposeFloat('durationMs', {
        nullable: true,
        description:
          "How long it had the status, in milliseconds: the next transition's time less this one's; null for the last.",
      }),
      failureReason: t.exposeString('failureReason', {
        nullable: true,
        description: 'The failure that caused it; null when none did.',
      }),
    }),
  });

const DevboxUsage = builder.objectRef<DevboxUsageShape>('DevboxUsage').implement({
  description: 'What a devbox has used, up to now or to its end.',
  fields: (t) => ({
    startedAt: t.field({
      type: 'DateTime',
      description: 'When the devbox was created.',
      resolve: ({ startedAtMs }) => promised(startedAtMs, 'start of the usage of a devbox'),
    }),
    endedAt: t.expose('endedAtMs', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended; null while it has not.',
    }),
    totalElapsedSec: t.exposeFloat('totalElapsedSec', {
      description: 'Seconds since its creation, in whatever status.',
    }),
    totalActiveSec: t.exposeFloat('totalActiveSec', {
      description: 'Seconds in which it was running, suspension excluded.',
    }),
    vcpuSec: t.exposeFloat('vcpuSec', { description: 'Active seconds times virtual CPUs.' }),
    memoryGbSec: t.exposeFloat('memoryGbSec', { description: 'Active seconds times gigabytes of memory.' }),
    diskGbSec: t.exposeFloat('diskGbSec', { description: 'Elapsed seconds times gigabytes of disk.' }),
  }),
});

export const Devbox = builder.objectRef<DevboxShape>('Devbox');

Devbox.implement({
  description: 'A cloud machine: what a scenario run works on.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { nullable: true, description: 'The name; null when none was given.' }),
    status: t.expose('status', { type: DevboxStatus, description: 'Where the devbox is in its life.' }),
    isTerminal: t.exposeBoolean('isTerminal', {
      description: 'Whether its status cannot change any more: it has failed or is shut down.',
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was created.',
      resolve: ({ createdAtMs }) => promised(createdAtMs, 'creation time of a devbox'),
    }),
    endedAt: t.expose('endedAtMs', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended; null while it has not.',
    }),
    metadata: t.field({
      type: [KeyValue],
      description: 'What the user attached to the devbox.',
      args: metadataArgs,
      resolve: metadataOf,
    }),
    failureReason: t.expose('failureReason', {
      type: DevboxFailureReason,
      nullable: true,
      description: 'What made it fail; null when it has not.',
    }),
    shutdownReason: t.expose('shutdownReason', {
      type: DevboxShutdownReason,
      nullable: true,
      description: 'What made it shut down; null when it has not.',
    }),
    initiatorType: t.expose('initiatorType', {
      type: DevboxInitiatorType,
      nullable: true,
      description: 'What made it; null when the upstream does not say.',
    }),
    initiatorId: t.exposeString('initiatorId', {
      nullable: true,
      description: 'The id of what made it; null when the upstream does not say.',
    }),
    blueprintId: t.exposeID('blueprintId', {
      nullable: true,
      description: 'The blueprint it was made from; null when it was not.',
    }),
    snapshotId: t.exposeID('snapshotId', {
      nullable: true,
      description: 'The disk snapshot it was made from; null when it was not.',
    }),
    capabilities: t.expose('capabilities', {
      type: [DevboxCapability],
      description: 'What it can do beyond the usual.',
    }),
    launchParameters: t.expose('launchParameters', {
      type: LaunchParameters,
      description: 'What it was launched with.',
    }),
    stateTransitions: t.expose('stateTransitions', {
      type: [DevboxStateTransition],
      description: 'Its whole history, oldest first.',
    }),
    usage: t.field({
      type: DevboxUsage,
      nullable: true,
      authScopes: { 'usage:read': true },
      description:
        'What it has used; null when the devbox is gone, or, with an error on its path, for callers without the scope `usage:read`. Costs an upstream call of its own.',
      resolve: ({ id }, _args, { loaders }) => loaders.devboxUsage({ id }),
    }),
    logs: t.field({
      type: DevboxLogConnection,
      nullable: true,
      authScopes: { 'logs:read': true },
      description:
        'What was logged on it, oldest first; null, with an error on its path, for callers without the scope `logs:read`. Costs an upstream call of its own, whatever the page.',
      args: logArgs,
      resolve: ({ id }, { filter, ...page }, { loaders }) =>
        connectLog(page, (range) =>
          loaders.devboxLogs.list({ ...conditionsOf(filter), devboxId: id }, range),
        ),
    }),
  }),
});

export const DevboxConnection = connectionOf(Devbox, { plural: 'devboxes', cursorOf: ({ id }) => id });
