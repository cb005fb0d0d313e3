/** What runs are started with and described by: metadata, environment variables, secrets and launch parameters. */
import type {
  Architecture,
  EnvironmentVariable as EnvironmentVariableShape,
  KeyValue as KeyValueShape,
  LaunchParameters as LaunchParametersShape,
  OnIdle,
  ResourceSize,
  SecretReference as SecretReferenceShape,
} from '../src/upstream/types.ts';
import { builder, UNKNOWN_VALUE, upstreamEnum } from './builder.ts';

export const KeyValue = builder.objectRef<KeyValueShape>('KeyValue').implement({
  description: 'One entry of the metadata that a user attached to something.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'The name of the entry, unique within its thing.' }),
    value: t.exposeString('value', { description: 'The text under that name.' }),
  }),
});

/** The argument of every `metadata` field. */
export const metadataArgs = builder.args((t) => ({
  keys: t.stringList({ description: 'Only entries with these keys; all when absent.' }),
}));

/** The entries that the `keys` argument asks for. */
export function metadataOf(
  { metadata }: { readonly metadata: readonly KeyValueShape[] },
  { keys }: { readonly keys?: readonly string[] | null | undefined },
): readonly KeyValueShape[] {
  return keys ? metadata.filter(({ key }) => keys.includes(key)) : metadata;
}

export const EnvironmentVariable = builder
  .objectRef<EnvironmentVariableShape>('EnvironmentVariable')
  .implement({
    description: 'An environment variable that a run is started with.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'The name of the variable.' }),
      value: t.exposeString('value', {
        nullable: true,
        authScopes: { 'environment:read': true },
        // Hidden values are no failure: the names are there for everybody.
        unauthorizedResolver: () => null,
        description:
          'The literal value, which may be a credential; null for callers without the scope `environment:read`.',
      }),
    }),
  });

export const SecretReference = builder.objectRef<SecretReferenceShape>('SecretReference').implement({
  description:
    'An environment variable that is filled from a secret of the account. The secret itself is never shown.',
  fields: (t) => ({
    environmentVariable: t.exposeString('environmentVariable', {
      description: 'The variable that is filled.',
    }),
    secretName: t.exposeString('secretName', {
      nullable: true,
      authScopes: { 'environment:read': true },
      description:
        "The name of the account's secret that fills it; null, with an error on its path, for callers without the scope `environment:read`.",
    }),
  }),
});

export const ArchitectureEnum = upstreamEnum<Architecture>(
  'Architecture',
  'The processor architecture of a devbox.',
  {
    x86_64: '64-bit x86.',
    arm64: '64-bit ARM.',
    unknown: UNKNOWN_VALUE,
  },
);

export const ResourceSizeEnum = upstreamEnum<ResourceSize>('ResourceSize', 'How large a devbox is.', {
  X_SMALL: '0.5 CPU, 1 GiB memory, 4 GiB disk.',
  SMALL: '1 CPU, 2 GiB memory, 4 GiB disk.',
  MEDIUM: '2 CPU, 4 GiB memory, 8 GiB disk.',
  LARGE: '2 CPU, 8 GiB memory, 16 GiB disk.',
  X_LARGE: '4 CPU, 16 GiB memory, 16 GiB disk.',
  XX_LARGE: '8 CPU, 32 GiB memory, 16 GiB disk.',
  CUSTOM_SIZE: 'As the custom CPU, memory and disk sizes say.',
  unknown: UNKNOWN_VALUE,
});

export const OnIdleEnum = upstreamEnum<OnIdle>(
  'OnIdle',
  'What happens to a devbox that has been idle for long enough.',
  {
    shutdown: 'It is shut down.',
    suspend: 'Its disk is saved and it is suspended.',
    unknown: UNKNOWN_VALUE,
  },
);

const IdlePolicy = builder
  .objectRef<NonNullable<LaunchParametersShape['afterIdle']>>('IdlePolicy')
  .implement({
    description: 'What happens to a devbox that nobody uses.',
    fields: (t) => ({
      idleTimeSec: t.exposeFloat('idleTimeSec', { description: 'How long it may be idle, in seconds.' }),
      onIdle: t.expose('onIdle', { type: OnIdleEnum, description: 'What happens then.' }),
    }),
  });

const DevboxUser = builder.objectRef<NonNullable<LaunchParametersShape['user']>>('DevboxUser').implement({
  description: 'The Linux user of a devbox.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the user.' }),
    uid: t.exposeFloat('uid', {
      description: 'The numeric id of the user: a whole number, which may be beyond an `Int`.',
    }),
  }),
});

export const LaunchParameters = builder.objectRef<LaunchParametersShape>('LaunchParameters').implement({
  description: 'What a devbox is launched with. What is null is left to the upstream.',
  fields: (t) => ({
    architecture: t.expose('architecture', {
      type: ArchitectureEnum,
      nullable: true,
      description: 'The processor architecture; null means the default, x86_64.',
    }),
    resourceSize: t.expose('resourceSize', {
      type: ResourceSizeEnum,
      nullable: true,
      description: 'The size asked for; null means the default.',
    }),
    customCpuCores: t.exposeFloat('customCpuCores', {
      nullable: true,
      description: 'CPU cores, when the size is a custom one.',
    }),
    customMemoryGb: t.exposeFloat('customMemoryGb', {
      nullable: true,
      description: 'Memory in GiB, when the size is a custom one.',
    }),
    customDiskGb: t.exposeFloat('customDiskGb', {
      nullable: true,
      description: 'Disk in GiB, when the size is a custom one.',
    }),
    keepAliveSec: t.exposeFloat('keepAliveSec', {
      nullable: true,
      description: 'After how many seconds the devbox is shut down; null means the default of an hour.',
    }),
    afterIdle: t.expose('afterIdle', {
      type: IdlePolicy,
      nullable: true,
      description: 'What happens when nobody uses the devbox; null when nothing does.',
    }),
    launchCommands: t.exposeStringList('launchCommands', {
      description: 'Commands that are run at every launch, in order.',
    }),
    requiredServices: t.exposeStringList('requiredServices', {
      description: 'Names of the containerised services that are started with the devbox.',
    }),
    networkPolicyId: t.exposeID('networkPolicyId', {
      nullable: true,
      description: 'The network policy that applies; null when none was asked for.',
    }),
    user: t.expose('user', {
      type: DevboxUser,
      nullable: true,
      description: 'The Linux user; null means the default one.',
    }),
  }),
});
