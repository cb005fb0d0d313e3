import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readBenchmarkRunStart,
  readScenarioRunStart,
  type ScenarioRunInput,
} from '../../src/control/run-input.ts';

const SCENARIO = { scenarioId: 'scn_1' };

/** Everything that is wrong with an input: each field, and what was expected there. */
function issuesOf(parts: Partial<ScenarioRunInput>): readonly (readonly [string | null, string])[] {
  const read = readScenarioRunStart({ ...SCENARIO, ...parts });
  return read.kind === 'start' ? [] : read.issues.map(({ field, message }) => [field, message] as const);
}

const fieldsOf = (parts: Partial<ScenarioRunInput>) => issuesOf(parts).map(([field]) => field);

type Launch = NonNullable<ScenarioRunInput['launchParameters']>;
type Mounts = NonNullable<ScenarioRunInput['mounts']>;

describe('an input without any issue', () => {
  it('is the start of a run of which nothing else was asked', () => {
    const start = {
      name: null,
      metadata: [],
      profile: { purpose: null, environmentVariables: [], secrets: [], mounts: [], launchParameters: null },
    };
    expect(readScenarioRunStart(SCENARIO)).toEqual({
      kind: 'start',
      start: { scenarioId: 'scn_1', benchmarkRunId: null, ...start },
    });
    expect(readBenchmarkRunStart({ benchmarkId: 'bmd_1', metadata: null, mounts: null })).toEqual({
      kind: 'start',
      start: { benchmarkId: 'bmd_1', ...start },
    });
  });

  it('may hold a mount of each kind', () => {
    const mounts: Mounts = [
      { object: { objectId: 'obj_1', path: '/a' } },
      { agent: { agentId: 'agt_1' } },
      { agent: { agentName: 'a1', path: '/agent' }, code: null },
      { code: { repoOwner: 'o', repoName: 'r' } },
      { file: { path: '/b', content: '' } },
      { broker: { axonId: 'axn_1' } },
    ];
    expect(readScenarioRunStart({ ...SCENARIO, mounts })).toMatchObject({
      kind: 'start',
      start: {
        profile: {
          mounts: [
            { type: 'object', objectId: 'obj_1', path: '/a' },
            { type: 'agent', agentId: 'agt_1' },
            { type: 'agent', agentName: 'a1', path: '/agent' },
            { type: 'code', repoOwner: 'o', repoName: 'r' },
            { type: 'file', path: '/b', content: '' },
            { type: 'broker', axonId: 'axn_1' },
          ],
        },
      },
    });
  });

  it.each<Launch>([
    {},
    { resourceSize: 'SMALL', architecture: 'arm64' },
    { resourceSize: 'CUSTOM_SIZE', customCpuCores: 0.5, customMemoryGb: 1 },
    { resourceSize: 'CUSTOM_SIZE', customCpuCores: 0.5, customMemoryGb: 4, customDiskGb: 2 },
    { resourceSize: 'CUSTOM_SIZE', customCpuCores: 16, customMemoryGb: 64, customDiskGb: 64 },
    { keepAliveSec: 172_800, afterIdle: { idleTimeSec: 1, onIdle: 'suspend' }, suspendDeadlineMs: 60_000 },
    { user: { name: 'root', uid: 0 }, launchCommands: ['make'], networkPolicyId: 'npl_1' },
  ])('may launch a devbox with %j', (launchParameters) => {
    expect(issuesOf({ launchParameters })).toEqual([]);
  });
});

describe('an issue names its field', () => {
  it.each<readonly [string, Partial<ScenarioRunInput>]>([
    ['input.scenarioId', { scenarioId: '../x' }],
    ['input.benchmarkRunId', { benchmarkRunId: 'a b' }],
    ['input.name', { name: '  ' }],
    ['input.purpose', { purpose: '' }],
    ['input.metadata[0].key', { metadata: [{ key: '', value: 'v' }] }],
    [
      'input.metadata[1].key',
      {
        metadata: [
          { key: 'model', value: 'a' },
          { key: 'model', value: 'b' },
        ],
      },
    ],
    ['input.environmentVariables[0].name', { environmentVariables: [{ name: '', value: '' }] }],
    ['input.environmentVariables[0].name', { environmentVariables: [{ name: 'A=B', value: '' }] }],
    ['input.environmentVariables[0].value', { environmentVariables: [{ name: 'A', value: 'x\0y' }] }],
    [
      'input.environmentVariables[1].name',
      {
        environmentVariables: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      },
    ],
    ['input.secrets[0].environmentVariable', { secrets: [{ environmentVariable: 'a b', secretName: 'S' }] }],
    ['input.secrets[0].secretName', { secrets: [{ environmentVariable: 'A', secretName: ' ' }] }],
    [
      'input.secrets[0].environmentVariable',
      {
        environmentVariables: [{ name: 'A', value: '1' }],
        secrets: [{ environmentVariable: 'A', secretName: 'S' }],
      },
    ],
    ['input.mounts[0]', { mounts: [{}] }],
    [
      'input.mounts[1]',
      {
        mounts: [
          { file: { path: '/a', content: '' } },
          { file: { path: '/b', content: '' }, code: { repoOwner: 'o', repoName: 'r' } },
        ],
      },
    ],
    ['input.mounts[0].object.objectId', { mounts: [{ object: { objectId: '../x', path: '/a' } }] }],
    ['input.mounts[0].object.path', { mounts: [{ object: { objectId: 'obj_1', path: 'a' } }] }],
    ['input.mounts[0].agent', { mounts: [{ agent: {} }] }],
    ['input.mounts[0].agent.path', { mounts: [{ agent: { agentName: 'a', path: 'home' } }] }],
    ['input.mounts[0].code.repoName', { mounts: [{ code: { repoOwner: 'o', repoName: '' } }] }],
    ['input.mounts[0].file.path', { mounts: [{ file: { path: '', content: '' } }] }],
    ['input.mounts[0].broker.axonId', { mounts: [{ broker: { axonId: '' } }] }],
  ])('%s', (field, parts) => {
    expect(fieldsOf(parts)).toEqual([field]);
    expect(issuesOf(parts)[0]?.[1]).toContain(`Expected \`${field}\` to be`);
  });

  it.each<readonly [string, Launch]>([
    ['architecture', { architecture: 'unknown' }],
    ['resourceSize', { resourceSize: 'unknown' }],
    ['customCpuCores', { customCpuCores: 2 }],
    ['customDiskGb', { resourceSize: 'LARGE', customDiskGb: 8 }],
    ['customCpuCores', { resourceSize: 'CUSTOM_SIZE', customMemoryGb: 8 }],
    ['customMemoryGb', { resourceSize: 'CUSTOM_SIZE', customCpuCores: 2 }],
    ['customCpuCores', { resourceSize: 'CUSTOM_SIZE', customCpuCores: 3, customMemoryGb: 8 }],
    ['customCpuCores', { resourceSize: 'CUSTOM_SIZE', customCpuCores: 18, customMemoryGb: 64 }],
    ['customMemoryGb', { resourceSize: 'CUSTOM_SIZE', customCpuCores: 2, customMemoryGb: 7 }],
    ['customMemoryGb', { resourceSize: 'CUSTOM_SIZE', customCpuCores: 4, customMemoryGb: 6 }],
    ['customMemoryGb', { resourceSize: 'CUSTOM_SIZE', customCpuCores: 2, customMemoryGb: 18 }],
    ['customDiskGb', { resourceSize: 'CUSTOM_SIZE', customCpuCores: 2, customMemoryGb: 4, customDiskGb: 66 }],
    ['keepAliveSec', { keepAliveSec: 0 }],
    ['keepAliveSec', { keepAliveSec: 172_801 }],
    ['afterIdle.idleTimeSec', { afterIdle: { idleTimeSec: 0, onIdle: 'shutdown' } }],
    ['afterIdle.onIdle', { afterIdle: { idleTimeSec: 1, onIdle: 'unknown' } }],
    ['suspendDeadlineMs', { suspendDeadlineMs: 60_001 }],
    ['launchCommands[1]', { launchCommands: ['make', ' '] }],
    ['suspendCommands[0]', { suspendCommands: [''] }],
    ['requiredServices[0]', { requiredServices: [''] }],
    ['networkPolicyId', { networkPolicyId: 'a/b' }],
    ['user.name', { user: { name: '', uid: 1 } }],
    ['user.uid', { user: { name: 'dev', uid: -1 } }],
  ])('input.launchParameters.%s', (field, launchParameters) => {
    expect(fieldsOf({ launchParameters })).toEqual([`input.launchParameters.${field}`]);
  });

  it('together with all others', () => {
    expect(
      fieldsOf({
        name: '',
        mounts: [{}, { file: { path: '', content: '' } }],
        launchParameters: { keepAliveSec: -1, user: { name: '', uid: -1 } },
      }),
    ).toEqual([
      'input.name',
      'input.mounts[0]',
      'input.mounts[1].file.path',
      'input.launchParameters.keepAliveSec',
      'input.launchParameters.user.name',
      'input.launchParameters.user.uid',
    ]);
  });
});

describe('an issue', () => {
  it('repeats no value that may be a secret', () => {
    const text = fc.string({ minLength: 12 }).map((part) => `s3cret${part}`);
    fc.assert(
      fc.property(text, (secret) => {
        const issues = issuesOf({
          environmentVariables: [{ name: 'A', value: `${secret}\0` }],
          mounts: [
            { code: { repoOwner: '', repoName: '', token: secret } },
            { agent: { authToken: secret } },
            { file: { path: '', content: secret } },
          ],
        });
        expect(issues).toHaveLength(5);
        expect(JSON.stringify(issues)).not.toContain('s3cret');
      }),
    );
  });
});
