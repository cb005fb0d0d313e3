/** What runs are started with, as inputs: names, metadata, environment, secrets, mounts and launch parameters. */
import type { BrokerProtocol } from '../src/upstream/types.ts';
import { builder, upstreamEnum } from './builder.ts';
import { ArchitectureEnum, OnIdleEnum, ResourceSizeEnum } from './run-profile.ts';

const KeyValueInput = builder.inputType('KeyValueInput', {
  description: 'One entry of metadata.',
  fields: (t) => ({
    key: t.string({ required: true, description: 'The name of the entry, unique within its thing.' }),
    value: t.string({ required: true, description: 'The text under that name.' }),
  }),
});

const EnvironmentVariableInput = builder.inputType('EnvironmentVariableInput', {
  description: 'An environment variable with a literal value, which may be shown in logs.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description: 'The name, without blanks and `=`, given once.',
    }),
    value: t.string({ required: true, description: 'The literal value. Secrets belong in `secrets`.' }),
  }),
});

const SecretReferenceInput = builder.inputType('SecretReferenceInput', {
  description: 'An environment variable that is filled from a secret of the account, which no log shows.',
  fields: (t) => ({
    environmentVariable: t.string({ required: true, description: 'The variable to fill.' }),
    secretName: t.string({ required: true, description: "The name of the account's secret that fills it." }),
  }),
});

const ObjectMountInput = builder.inputType('ObjectMountInput', {
  description: 'An object of the account, written to the devbox; an archive is unpacked.',
  fields: (t) => ({
    objectId: t.id({ required: true, description: 'The object.' }),
    path: t.string({
      required: true,
      description: 'Where to: an absolute path of the file, or of the directory for an archive.',
    }),
  }),
});

const AgentMountInput = builder.inputType('AgentMountInput', {
  description: 'An agent of the account, named by its id or by its name.',
  fields: (t) => ({
    agentId: t.id({ description: 'The agent.' }),
    agentName: t.string({ description: 'Its name: the newest agent of that name is mounted.' }),
    path: t.string({ description: 'Where to, absolute. Required for agents from git and from objects.' }),
    authToken: t.string({ description: 'A token for a private repository; only for agents from git.' }),
  }),
});

const CodeMountInput = builder.inputType('CodeMountInput', {
  description: 'A git repository, cloned to /home/user/<repoName>.',
  fields: (t) => ({
    repoOwner: t.string({ required: true, description: 'Who owns the repository.' }),
    repoName: t.string({ required: true, description: 'The name of the repository.' }),
    gitRef: t.string({ description: 'The branch or tag to check out; the default branch when absent.' }),
    installCommand: t.string({ description: 'What to run after cloning.' }),
    token: t.string({ description: 'A token for a private repository.' }),
  }),
});

const FileMountInput = builder.inputType('FileMountInput', {
  description: 'A file with the content given here.',
  fields: (t) => ({
    path: t.string({ required: true, description: 'Where to.' }),
    content: t.string({ required: true, description: 'What is in it.' }),
  }),
});

const BrokerProtocolEnum = upstreamEnum<BrokerProtocol>(
  'BrokerProtocol',
  'How a broker delivers events to an agent.',
  {
    acp: 'The Agent Client Protocol.',
    claude_json: 'The JSON stream of Claude Code.',
    codex_json: 'The JSON stream of Codex.',
    pi_json: 'The JSON stream of Pi.',
  },
);

const BrokerMountInput = builder.inputType('BrokerMountInput', {
  description: 'An axon event stream, delivered to an agent on the devbox.',
  fields: (t) => ({
    axonId: t.id({ required: true, description: 'The event stream.' }),
    protocol: t.field({ type: BrokerProtocolEnum, description: 'How its events are delivered.' }),
    agentBinary: t.string({ description: 'The program that is the agent, such as `opencode`.' }),
    launchArguments: t.stringList({ description: 'The arguments it is started with.' }),
    workingDirectory: t.string({ description: 'Where it is started; the home directory when absent.' }),
  }),
});

const MountInput = builder.inputType('MountInput', {
  isOneOf: true,
  description: 'Something that is put on the devbox before the run starts: exactly one of these.',
  fields: (t) => ({
    object: t.field({ type: ObjectMountInput, description: 'An object of the account.' }),
    agent: t.field({ type: AgentMountInput, description: 'An agent of the account.' }),
    code: t.field({ type: CodeMountInput, description: 'A git repository.' }),
    file: t.field({ type: FileMountInput, description: 'A file.' }),
    broker: t.field({ type: BrokerMountInput, description: 'An event stream for an agent.' }),
  }),
});

const IdlePolicyInput = builder.inputType('IdlePolicyInput', {
  description: 'What happens to a devbox that nobody uses.',
  fields: (t) => ({
    idleTimeSec: t.int({ required: true, description: 'How long it may be idle, in seconds, 1 or more.' }),
    onIdle: t.field({ type: OnIdleEnum, required: true, description: 'What happens then.' }),
  }),
});

const DevboxUserInput = builder.inputType('DevboxUserInput', {
  description: 'The Linux user of a devbox.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'The name of the user.' }),
    uid: t.float({
      required: true,
      description: 'The numeric id of the user: a whole number from 0 to 4294967295.',
    }),
  }),
});

const LaunchParametersInput = builder.inputType('LaunchParametersInput', {
  description: 'What the devbox of a run is launched with. What is absent is left to the upstream.',
  fields: (t) => ({
    architecture: t.field({
      type: ArchitectureEnum,
      description: 'The processor architecture; x86_64 when absent.',
    }),
    resourceSize: t.field({ type: ResourceSizeEnum, description: 'How large it is.' }),
    customCpuCores: t.float({
      description: 'CPU cores, with CUSTOM_SIZE only: 0.5, 1 or an even number up to 16.',
    }),
    customMemoryGb: t.float({
      description:
        'Memory in GiB, with CUSTOM_SIZE only: 1 or an even number up to 64, and 2 to 8 for each core.',
    }),
    customDiskGb: t.float({
      description: 'Disk in GiB, with CUSTOM_SIZE only: an even number from 2 to 64.',
    }),
    keepAliveSec: t.int({
      description: 'After how many seconds it is shut down, 1 to 172800; an hour when absent.',
    }),
    afterIdle: t.field({
      type: IdlePolicyInput,
      description: 'What happens when nobody uses it; `keepAliveSec` is then ignored.',
    }),
    suspendCommands: t.stringList({ description: 'Commands that are run before it is suspended, in order.' }),
    suspendDeadlineMs: t.int({
      description: 'How long those may take together, in milliseconds, 1 to 60000; 30000 when absent.',
    }),
    resumeOnHttp: t.boolean({ description: 'Whether HTTP traffic through its tunnel resumes it.' }),
    resumeOnAxonEvent: t.boolean({ description: 'Whether axon events for it resume it.' }),
    launchCommands: t.stringList({ description: 'Commands that are run at every launch, in order.' }),
    requiredServices: t.stringList({
      description: 'Names of the containerised services of its blueprint that are started with it.',
    }),
    networkPolicyId: t.id({ description: 'The network policy that applies.' }),
    user: t.field({ type: DevboxUserInput, description: 'The Linux user.' }),
  }),
});

export const StartScenarioRunInput = builder.inputType('StartScenarioRunInput', {
  description: 'What scenario to run, and with what.',
  fields: (t) => ({
    scenarioId: t.id({ required: true, description: 'The scenario to run.' }),
    benchmarkRunId: t.id({
      description:
        'The benchmark run that it becomes part of; it takes its environment and secrets from there, and adds those given here.',
    }),
    name: t.string({ description: 'The display name.' }),
    metadata: t.field({ type: [KeyValueInput], description: 'What to attach to the run.' }),
    purpose: t.string({ description: 'What the run is made for.' }),
    environmentVariables: t.field({
      type: [EnvironmentVariableInput],
      description: 'Environment variables, at least those that the scenario requires.',
    }),
    secrets: t.field({
      type: [SecretReferenceInput],
      description: 'Environment variables that secrets fill, at least those that the scenario requires.',
    }),
    mounts: t.field({ type: [MountInput], description: 'What is put on the devbox first.' }),
    launchParameters: t.field({
      type: LaunchParametersInput,
      description: 'How the devbox is launched; as the scenario says when absent.',
    }),
  }),
});

export const StartBenchmarkRunInput = builder.inputType('StartBenchmarkRunInput', {
  description:
    'What benchmark to run, and with what. Its scenario runs are started one by one, with `startScenarioRun`.',
  fields: (t) => ({
    benchmarkId: t.id({ required: true, description: 'The benchmark to run.' }),
    name: t.string({ description: 'The display name.' }),
    metadata: t.field({ type: [KeyValueInput], description: 'What to attach to the run.' }),
    purpose: t.string({ description: 'What the run is made for.' }),
    environmentVariables: t.field({
      type: [EnvironmentVariableInput],
      description:
        'Environment variables of all its scenario runs, at least those that the benchmark requires.',
    }),
    secrets: t.field({
      type: [SecretReferenceInput],
      description:
        'Environment variables of all its scenario runs that secrets fill, at least those that the benchmark requires.',
    }),
    mounts: t.field({ type: [MountInput], description: 'What is put on each devbox first.' }),
    launchParameters: t.field({
      type: LaunchParametersInput,
      description: 'How the devboxes are launched; as each scenario says when absent.',
    }),
  }),
});
