/** The bodies that start runs: what a run is started with, in the words of the REST API. */
import type {
  BenchmarkRunStart,
  IdleRequest,
  LaunchRequest,
  Mount,
  RunProfile,
  ScenarioRunStart,
} from '../mutations.ts';
import type { WireBodies } from '../types.ts';

/**
 * Names every property that the SDK documents, so that one more does not compile until it is sent or knowingly left out.
 * What is undefined is not sent.
 */
type Whole<Body, Left extends keyof Body = never> = {
  [Name in Exclude<keyof Body, Left>]-?: Body[Name] | undefined;
};

type WireMount = NonNullable<WireBodies['runProfile']['mounts']>[number];
type WireLifecycle = NonNullable<WireBodies['launchParameters']['lifecycle']>;

export function startScenarioRunBody(start: ScenarioRunStart): Whole<WireBodies['startScenarioRun']> {
  return {
    scenario_id: start.scenarioId,
    benchmark_run_id: start.benchmarkRunId ?? undefined,
    run_name: start.name ?? undefined,
    metadata: mapOf(start.metadata, ({ key, value }) => [key, value]),
    runProfile: profileBody(start.profile),
  };
}

export function startBenchmarkRunBody(start: BenchmarkRunStart): Whole<WireBodies['startBenchmarkRun']> {
  return {
    benchmark_id: start.benchmarkId,
    run_name: start.name ?? undefined,
    metadata: mapOf(start.metadata, ({ key, value }) => [key, value]),
    runProfile: profileBody(start.profile),
  };
}

function profileBody(profile: RunProfile): WireBodies['runProfile'] | undefined {
  const { purpose, environmentVariables, secrets, mounts, launchParameters } = profile;
  const body: Whole<WireBodies['runProfile']> = {
    purpose: purpose ?? undefined,
    envVars: mapOf(environmentVariables, ({ name, value }) => [name, value]),
    secrets: mapOf(secrets, ({ environmentVariable, secretName }) => [environmentVariable, secretName]),
    mounts: mounts.length === 0 ? undefined : mounts.map(mountBody),
    launchParameters: launchParameters ? defined(launchBody(launchParameters)) : undefined,
  };
  return Object.values(body).every((value) => value === undefined) ? undefined : defined(body);
}

/** The deprecated ports are ignored upstream; the tier is an alpha feature; the old place of `after_idle` is not used. */
function launchBody(
  request: LaunchRequest,
): Whole<WireBodies['launchParameters'], 'available_ports' | 'provisioning_tier' | 'after_idle'> {
  const { user } = request;
  return {
    architecture: request.architecture,
    resource_size_request: request.resourceSize,
    custom_cpu_cores: request.customCpuCores,
    custom_gb_memory: request.customMemoryGb,
    custom_disk_size: request.customDiskGb,
    keep_alive_time_seconds: request.keepAliveSec,
    lifecycle: lifecycleBody(request),
    launch_commands: listOf(request.launchCommands),
    required_services: listOf(request.requiredServices),
    network_policy_id: request.networkPolicyId,
    user_parameters: user ? { username: user.name, uid: user.uid } : undefined,
  };
}

function lifecycleBody(request: LaunchRequest): WireLifecycle | undefined {
  const { afterIdle, suspendCommands, suspendDeadlineMs, resumeOnHttp, resumeOnAxonEvent } = request;
  const hooks = {
    suspend_commands: listOf(suspendCommands),
    suspend_deadline_ms: suspendDeadlineMs ?? undefined,
  };
  const triggers = { http: resumeOnHttp ?? undefined, axon_event: resumeOnAxonEvent ?? undefined };
  const body: Whole<WireLifecycle> = {
    after_idle: afterIdle ? idleBody(afterIdle) : undefined,
    lifecycle_hooks: isEmpty(hooks) ? undefined : defined(hooks),
    resume_triggers: isEmpty(triggers) ? undefined : defined(triggers),
  };
  return isEmpty(body) ? undefined : defined(body);
}

function idleBody({ idleTimeSec, onIdle }: IdleRequest): WireLifecycle['after_idle'] {
  return { idle_time_seconds: idleTimeSec, on_idle: onIdle };
}

function mountBody(mount: Mount): WireMount {
  switch (mount.type) {
    case 'object':
      return { type: 'object_mount', object_id: mount.objectId, object_path: mount.path };
    case 'agent':
      return {
        type: 'agent_mount',
        agent_id: mount.agentId ?? null,
        agent_name: mount.agentName ?? null,
        agent_path: mount.path ?? null,
        auth_token: mount.authToken ?? null,
      };
    case 'code':
      return {
        type: 'code_mount',
        repo_owner: mount.repoOwner,
        repo_name: mount.repoName,
        git_ref: mount.gitRef ?? null,
        install_command: mount.installCommand ?? null,
        token: mount.token ?? null,
      };
    case 'file':
      return { type: 'file_mount', target: mount.path, content: mount.content };
    case 'broker':
      return {
        type: 'broker_mount',
        axon_id: mount.axonId,
        protocol: mount.protocol ?? null,
        agent_binary: mount.agentBinary ?? null,
        launch_args: mount.launchArguments ? [...mount.launchArguments] : null,
        working_directory: mount.workingDirectory ?? null,
      };
  }
}

/** Undefined when there is nothing to send. */
function mapOf<T>(
  items: readonly T[],
  entryOf: (item: T) => readonly [string, string],
): Record<string, string> | undefined {
  return items.length === 0 ? undefined : Object.fromEntries(items.map(entryOf));
}

function listOf<T>(items: readonly T[] | null | undefined): T[] | undefined {
  return items && items.length > 0 ? [...items] : undefined;
}

function isEmpty(body: object): boolean {
  return Object.values(body).every((value) => value === undefined);
}

/** JSON leaves out what is undefined; the SDK's types want it left out already. */
function defined<Body extends object>(body: Body): { [Name in keyof Body]: Exclude<Body[Name], undefined> } {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof defined<Body>
  >;
}
