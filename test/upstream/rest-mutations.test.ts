import { describe, expect, it } from 'vitest';
import type {
  BenchmarkRunStart,
  LaunchRequest,
  Mount,
  Mutation,
  RunProfile,
  ScenarioRunStart,
} from '../../src/upstream/mutations.ts';
import type { WireBodies } from '../../src/upstream/types.ts';
import type { UpstreamSession } from '../../src/upstream/upstream.ts';
import { HOSTILE_IDS } from './hostile-ids.ts';
import { API_KEY, failureOf, startRest } from './rest-stage.ts';
import { BENCHMARK_RUN, DEVBOX, SCENARIO_RUN } from './rows.ts';
import { json } from './stub-server.ts';

const KEY = { idempotencyKey: 'key' };

const NO_PROFILE: RunProfile = {
  purpose: null,
  environmentVariables: [],
  secrets: [],
  mounts: [],
  launchParameters: null,
};

const SCENARIO_START: ScenarioRunStart = {
  scenarioId: 'scn_1',
  benchmarkRunId: null,
  name: null,
  metadata: [],
  profile: NO_PROFILE,
};

const BENCHMARK_START: BenchmarkRunStart = {
  benchmarkId: 'bmd_1',
  name: null,
  metadata: [],
  profile: NO_PROFILE,
};

type Act = (session: UpstreamSession, id: string) => Promise<Mutation<unknown>>;

/** By the path of each, with `*` for the id. */
const ACTIONS: readonly (readonly [name: string, act: Act, path: string, row: object])[] = [
  [
    'scoreScenarioRun',
    (session, id) => session.send('scoreScenarioRun', { id }, KEY),
    '/v1/scenarios/runs/*/score',
    SCENARIO_RUN,
  ],
  [
    'completeScenarioRun',
    (session, id) => session.send('completeScenarioRun', { id }, KEY),
    '/v1/scenarios/runs/*/complete',
    SCENARIO_RUN,
  ],
  [
    'cancelScenarioRun',
    (session, id) => session.send('cancelScenarioRun', { id }, KEY),
    '/v1/scenarios/runs/*/cancel',
    SCENARIO_RUN,
  ],
  [
    'completeBenchmarkRun',
    (session, id) => session.send('completeBenchmarkRun', { id }, KEY),
    '/v1/benchmark_runs/*/complete',
    BENCHMARK_RUN,
  ],
  [
    'cancelBenchmarkRun',
    (session, id) => session.send('cancelBenchmarkRun', { id }, KEY),
    '/v1/benchmark_runs/*/cancel',
    BENCHMARK_RUN,
  ],
  [
    'shutdownDevbox',
    (session, id) => session.send('shutdownDevbox', { id }, KEY),
    '/v1/devboxes/*/shutdown',
    DEVBOX,
  ],
  [
    'suspendDevbox',
    (session, id) => session.send('suspendDevbox', { id }, KEY),
    '/v1/devboxes/*/suspend',
    DEVBOX,
  ],
  [
    'resumeDevbox',
    (session, id) => session.send('resumeDevbox', { id }, KEY),
    '/v1/devboxes/*/resume',
    DEVBOX,
  ],
  [
    'keepDevboxAlive',
    (session, id) => session.send('keepDevboxAlive', { id }, KEY),
    '/v1/devboxes/*/keep_alive',
    {},
  ],
];

describe.each(ACTIONS)('%s', (_name, act, path, row) => {
  it('is one POST without a body, and what came of it', async () => {
    await using stage = await startRest(json(row));
    const mutation = await act(stage.session(), 'xyz_1');
    expect(mutation).toMatchObject({ kind: 'done' });
    if (path.endsWith('keep_alive')) expect(mutation).toEqual({ kind: 'done', value: 'done' });
    else expect(mutation).toMatchObject({ value: { id: 'id' in row ? row.id : '' } });
    const [request] = stage.server.requests;
    expect(stage.server.requests).toHaveLength(1);
    expect(request).toMatchObject({ method: 'POST', url: path.replace('*', 'xyz_1') });
    expect(await request?.body).toBe('');
    expect(request?.headers['x-request-id']).toBe('key');
    expect(request?.headers.authorization).toBe(`Bearer ${API_KEY}`);
    expect(stage.calls).toMatchObject([{ method: 'POST', route: path.replace('*', '{id}'), attempt: 1 }]);
  });

  it('sends nothing for a hostile id', async () => {
    await using stage = await startRest(json(row));
    for (const id of HOSTILE_IDS)
      expect(await failureOf(act(stage.session(), id)), id).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(stage.server.requests).toHaveLength(0);
  });
});

/** The body that a start becomes. */
async function bodyOf(act: (session: UpstreamSession) => Promise<Mutation<unknown>>): Promise<unknown> {
  await using stage = await startRest(json(SCENARIO_RUN));
  await act(stage.session());
  return JSON.parse((await stage.server.requests[0]?.body) ?? '');
}

const MOUNTS: readonly (readonly [Mount, NonNullable<WireBodies['runProfile']['mounts']>[number]])[] = [
  [
    { type: 'object', objectId: 'obj_1', path: '/home/user/a' },
    { type: 'object_mount', object_id: 'obj_1', object_path: '/home/user/a' },
  ],
  [
    { type: 'agent', agentName: 'a1', path: '/agent', authToken: 't' },
    {
      type: 'agent_mount',
      agent_id: null,
      agent_name: 'a1',
      agent_path: '/agent',
      auth_token: 't',
    },
  ],
  [
    { type: 'code', repoOwner: 'o', repoName: 'r', gitRef: 'main', installCommand: 'make', token: 't' },
    {
      type: 'code_mount',
      repo_owner: 'o',
      repo_name: 'r',
      git_ref: 'main',
      install_command: 'make',
      token: 't',
    },
  ],
  [
    { type: 'file', path: '/etc/motd', content: 'hello' },
    { type: 'file_mount', target: '/etc/motd', content: 'hello' },
  ],
  [
    {
      type: 'broker',
      axonId: 'axn_1',
      protocol: 'acp',
      agentBinary: 'opencode',
      launchArguments: ['acp'],
      workingDirectory: '/w',
    },
    {
      type: 'broker_mount',
      axon_id: 'axn_1',
      protocol: 'acp',
      agent_binary: 'opencode',
      launch_args: ['acp'],
      working_directory: '/w',
    },
  ],
];

const LAUNCH: LaunchRequest = {
  architecture: 'arm64',
  resourceSize: 'CUSTOM_SIZE',
  customCpuCores: 4,
  customMemoryGb: 16,
  customDiskGb: 32,
  keepAliveSec: 600,
  afterIdle: { idleTimeSec: 60, onIdle: 'suspend' },
  suspendCommands: ['sync'],
  suspendDeadlineMs: 1_000,
  resumeOnHttp: true,
  resumeOnAxonEvent: false,
  launchCommands: ['make'],
  requiredServices: ['postgres'],
  networkPolicyId: 'npl_1',
  user: { name: 'dev', uid: 1000 },
};

const WIRE_LAUNCH: WireBodies['launchParameters'] = {
  architecture: 'arm64',
  resource_size_request: 'CUSTOM_SIZE',
  custom_cpu_cores: 4,
  custom_gb_memory: 16,
  custom_disk_size: 32,
  keep_alive_time_seconds: 600,
  lifecycle: {
    after_idle: { idle_time_seconds: 60, on_idle: 'suspend' },
    lifecycle_hooks: { suspend_commands: ['sync'], suspend_deadline_ms: 1_000 },
    resume_triggers: { http: true, axon_event: false },
  },
  launch_commands: ['make'],
  required_services: ['postgres'],
  network_policy_id: 'npl_1',
  user_parameters: { username: 'dev', uid: 1000 },
};

describe('a start', () => {
  it('of a scenario run says only what was asked for', async () => {
    expect(await bodyOf((session) => session.send('startScenarioRun', SCENARIO_START, KEY))).toEqual({
      scenario_id: 'scn_1',
    });
  });

  it('of a benchmark run says only what was asked for', async () => {
    expect(await bodyOf((session) => session.send('startBenchmarkRun', BENCHMARK_START, KEY))).toEqual({
      benchmark_id: 'bmd_1',
    });
  });

  it('carries the whole profile as the REST API names it', async () => {
    const profile: RunProfile = {
      purpose: 'evaluation',
      environmentVariables: [{ name: 'MODE', value: 'fast' }],
      secrets: [{ environmentVariable: 'DB_PASS', secretName: 'DATABASE_PASSWORD' }],
      mounts: MOUNTS.map(([mount]) => mount),
      launchParameters: LAUNCH,
    };
    const common = { name: 'first try', metadata: [{ key: 'model', value: 'm1' }], profile };
    const wire = {
      run_name: 'first try',
      metadata: { model: 'm1' },
      runProfile: {
        purpose: 'evaluation',
        envVars: { MODE: 'fast' },
        secrets: { DB_PASS: 'DATABASE_PASSWORD' },
        mounts: MOUNTS.map(([, mount]) => mount),
        launchParameters: WIRE_LAUNCH,
      },
    };
    expect(
      await bodyOf((session) =>
        session.send('startScenarioRun', { scenarioId: 'scn_1', benchmarkRunId: 'bmr_1', ...common }, KEY),
      ),
    ).toEqual({ scenario_id: 'scn_1', benchmark_run_id: 'bmr_1', ...wire });
    expect(
      await bodyOf((session) => session.send('startBenchmarkRun', { benchmarkId: 'bmd_1', ...common }, KEY)),
    ).toEqual({ benchmark_id: 'bmd_1', ...wire });
  });

  it('leaves out the parts of a launch that were not asked for', async () => {
    const profile: RunProfile = {
      ...NO_PROFILE,
      launchParameters: { resourceSize: 'LARGE', launchCommands: [], resumeOnHttp: null },
    };
    expect(
      await bodyOf((session) => session.send('startScenarioRun', { ...SCENARIO_START, profile }, KEY)),
    ).toEqual({
      scenario_id: 'scn_1',
      runProfile: { launchParameters: { resource_size_request: 'LARGE' } },
    });
  });
});
