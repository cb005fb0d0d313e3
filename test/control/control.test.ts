import { describe, expect, it } from 'vitest';
import { type Control, type ControlOptions, createControl } from '../../src/control/control.ts';
import { GatewayError } from '../../src/errors.ts';
import type { Mutation } from '../../src/upstream/mutations.ts';
import type { Scenario, ScenarioRun } from '../../src/upstream/types.ts';
import { scenarioRun } from '../support/entities.ts';
import { fakeSession } from '../support/fake-session.ts';

const REFUSED: Mutation<never> = { kind: 'refused', error: new GatewayError('BAD_USER_INPUT', 'no') };

interface Stage {
  readonly control: Control;
  /** The keys that mutations were sent under. */
  readonly keys: readonly string[];
  /** How often it was called because something may have changed. */
  readonly writes: () => number;
}

/** What the upstream answers to the mutation and the look-ups of these tests. */
interface Answers {
  readonly score?: () => Promise<Mutation<ScenarioRun>>;
  readonly start?: () => Promise<Mutation<ScenarioRun>>;
  readonly scenarioRun?: (id: string) => Promise<ScenarioRun | null>;
  readonly scenario?: () => Promise<Scenario>;
}

function createStage(answers: Answers, options: Partial<ControlOptions> = {}): Stage {
  const keys: string[] = [];
  const met = new Set<string>();
  let writes = 0;
  let ids = 0;
  const { score, start, scenarioRun, scenario } = answers;
  const control = createControl({
    session: fakeSession({
      get: { ...(scenarioRun ? { scenarioRun } : {}), ...(scenario ? { scenario } : {}) },
      send: {
        scoreScenarioRun: (_on, { idempotencyKey }) => {
          keys.push(idempotencyKey);
          return score?.() ?? Promise.resolve(REFUSED);
        },
        ...(start ? { startScenarioRun: start } : {}),
      },
    }),
    maySeeSecretNames: () => true,
    isRepetition: (key) => met.size === met.add(key).size,
    newId: () => `id-${String(++ids)}`,
    onWrite: () => writes++,
    ...options,
  });
  return { control, keys, writes: () => writes };
}

const done = (state: ScenarioRun['state']): Promise<Mutation<ScenarioRun>> =>
  Promise.resolve({ kind: 'done', value: scenarioRun({ id: 'scr_1', state }) });

describe('an idempotency key', () => {
  it('is made up for each mutation without one', async () => {
    const { control, keys } = createStage({ score: () => done('scoring') });
    await control.act('scoreScenarioRun', { id: 'scr_1' }, null);
    await control.act('scoreScenarioRun', { id: 'scr_1' }, undefined);
    await control.act('scoreScenarioRun', { id: 'scr_1' }, 'mine');
    expect(keys).toEqual(['id-1', 'id-2', 'mine']);
  });

  it('that was met before has what was done read again, since the answer may be an old one', async () => {
    const reads: string[] = [];
    const { control } = createStage({
      score: () => done('scoring'),
      scenarioRun: (id) => {
        reads.push(id);
        return Promise.resolve(scenarioRun({ id, state: 'scored' }));
      },
    });
    const states = [];
    for (const key of ['mine', 'mine', 'other', null, null]) {
      const outcome = await control.act('scoreScenarioRun', { id: 'scr_1' }, key);
      states.push(outcome.type === 'Success' ? outcome.value.state : outcome.type);
    }
    expect(states).toEqual(['scoring', 'scored', 'scoring', 'scoring', 'scoring']);
    expect(reads).toEqual(['scr_1']);
  });

  it.each<readonly [string, Required<Answers>['scenarioRun']]>([
    ['cannot be read', () => Promise.reject(new GatewayError('UPSTREAM_TIMEOUT', 'late'))],
    ['is gone', () => Promise.resolve(null)],
  ])('is still a success when what was done %s', async (_name, read) => {
    const { control } = createStage({ score: () => done('scoring'), scenarioRun: read });
    await control.act('scoreScenarioRun', { id: 'scr_1' }, 'mine');
    expect(await control.act('scoreScenarioRun', { id: 'scr_1' }, 'mine')).toMatchObject({
      type: 'Success',
      value: { state: 'scoring' },
    });
  });
});

describe('what was read before', () => {
  it.each<readonly [string, Required<Answers>['score'], boolean]>([
    ['done', () => done('scoring'), true],
    ['refused', () => Promise.resolve(REFUSED), true],
    ['sent by nobody', () => Promise.reject(new GatewayError('UPSTREAM_UNAVAILABLE', 'down')), false],
  ])('is out of date after a mutation that was %s', async (_name, act, isOutcome) => {
    const { control, writes } = createStage({
      score: act,
      scenarioRun: () => Promise.resolve(scenarioRun({ id: 'scr_1' })),
    });
    const outcome = control.act('scoreScenarioRun', { id: 'scr_1' }, null);
    if (isOutcome) await outcome;
    else await expect(outcome).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(writes()).toBe(1);
  });

  it('stays when nothing was sent', async () => {
    const { control, writes, keys } = createStage({});
    await control.act('scoreScenarioRun', { id: '../x' }, null);
    await control.act('scoreScenarioRun', { id: 'scr_1' }, 'two words');
    await control.startScenarioRun({ scenarioId: 'scn_1', name: '' }, null);
    expect([writes(), keys]).toEqual([0, []]);
  });
});

describe('a refusal', () => {
  const SCENARIO = {
    requiredEnvironmentVariables: [],
    requiredSecretNames: ['API_TOKEN'],
  } as Partial<Scenario> as Scenario;
  const answers: Answers = {
    start: () => Promise.resolve(REFUSED),
    scenario: () => Promise.resolve(SCENARIO),
  };

  it.each([
    [true, 'Expected `input.secrets` to provide API_TOKEN, which the scenario requires'],
    [false, 'Expected `input.secrets` to provide all secrets, which the scenario requires'],
  ])('names secrets to who may see their names (%s)', async (maySee, message) => {
    const { control } = createStage(answers, { maySeeSecretNames: () => maySee });
    expect(await control.startScenarioRun({ scenarioId: 'scn_1' }, null)).toMatchObject({
      type: 'InvalidInputError',
      issues: [{ field: 'input.secrets', message }],
    });
  });

  it.each(['UNAUTHENTICATED', 'RATE_LIMITED'] as const)(
    'with %s is an error like any other',
    async (code) => {
      const error = new GatewayError(code, 'as told');
      const { control } = createStage({
        score: () => Promise.resolve({ kind: 'refused', error }),
      });
      await expect(control.act('scoreScenarioRun', { id: 'scr_1' }, null)).rejects.toBe(error);
    },
  );
});
