import { describe, expect, it } from 'vitest';
import {
  type MatchableRun,
  meets,
  placeOfStart,
  planConditions,
  type RunConditions,
} from '../../src/loaders/run-conditions.ts';
import type { ScenarioRunState } from '../../src/upstream/types.ts';

type Conditions = RunConditions<ScenarioRunState>;

const RUN: MatchableRun = {
  state: 'completed',
  startedAtMs: 1_000,
  metadata: [
    { key: 'model', value: 'opus' },
    { key: 'agent', value: 'claude-code' },
  ],
  score: 0.5,
  durationMs: 60_000,
  outcome: 'failed',
};

describe('a run meets', () => {
  it.each<[string, Conditions, boolean]>([
    ['no condition at all', {}, true],
    ['one of several states', { states: ['running', 'completed'] }, true],
    ['no state of others', { states: ['running', 'scoring'] }, false],
    ['a start at the very instant', { startedAfter: 1_000 }, true],
    ['no later start', { startedAfter: 1_001 }, false],
    ['an end of the window after its start', { startedBefore: 1_001 }, true],
    ['no end of the window at its start', { startedBefore: 1_000 }, false],
    ['an entry of its metadata', { metadata: [{ key: 'model', value: 'opus' }] }, true],
    ['no entry with another value', { metadata: [{ key: 'model', value: 'Opus' }] }, false],
    [
      'several entries only when it has all of them',
      {
        metadata: [
          { key: 'model', value: 'opus' },
          { key: 'suite', value: 'x' },
        ],
      },
      false,
    ],
    ['its outcome', { outcome: 'failed' }, true],
    ['no other outcome', { outcome: 'errored' }, false],
    ['its own score as the least', { minScore: 0.5 }, true],
    ['its own score as the most', { maxScore: 0.5 }, true],
    ['no higher score', { minScore: 0.51 }, false],
    ['no lower score', { maxScore: 0.49 }, false],
    ['its own duration as the least', { minDurationMs: 60_000 }, true],
    ['its own duration as the most', { maxDurationMs: 60_000 }, true],
    ['no longer duration', { minDurationMs: 60_001 }, false],
    ['no shorter duration', { maxDurationMs: 59_999 }, false],
    ['all conditions together', { states: ['completed'], minScore: 0.1, outcome: 'failed' }, true],
    ['none when one is not met', { states: ['completed'], minScore: 0.9, outcome: 'failed' }, false],
  ])('%s', (_fact, conditions, isMet) => {
    expect(meets(conditions, RUN)).toBe(isMet);
  });

  it.each<[string, Conditions]>([
    ['start', { startedAfter: 0 }],
    ['start', { startedBefore: 2_000_000_000_000 }],
    ['score', { minScore: 0 }],
    ['score', { maxScore: 1 }],
    ['outcome', { outcome: 'passed' }],
  ])('no condition on a %s that it does not have', (_what, conditions) => {
    expect(meets(conditions, { ...RUN, startedAtMs: null, score: null, outcome: null })).toBe(false);
  });
});

describe('the plan', () => {
  it.each<[string, ScenarioRunState | undefined, Conditions, ReturnType<typeof planConditions>]>([
    ['asks the upstream when nothing is left', undefined, {}, { kind: 'upstream', state: undefined }],
    ['passes the one state on', 'failed', {}, { kind: 'upstream', state: 'failed' }],
    ['passes one of `states` on', undefined, { states: ['failed'] }, { kind: 'upstream', state: 'failed' }],
    [
      'passes a state on that is given twice',
      undefined,
      { states: ['failed', 'failed'] },
      { kind: 'upstream', state: 'failed' },
    ],
    [
      'passes on what `state` and `states` have in common',
      'failed',
      { states: ['timeout', 'failed'] },
      { kind: 'upstream', state: 'failed' },
    ],
    ['asks nobody for a contradiction', 'failed', { states: ['timeout', 'scored'] }, { kind: 'nothing' }],
    [
      'filters by several states in the gateway',
      undefined,
      { states: ['failed', 'timeout'] },
      { kind: 'scan', state: undefined, conditions: { states: ['failed', 'timeout'] } },
    ],
    [
      'filters in the gateway by a state that has no name upstream',
      undefined,
      { states: ['unknown'] },
      { kind: 'scan', state: undefined, conditions: { states: ['unknown'] } },
    ],
    [
      'asks the upstream for the state and filters by the rest',
      undefined,
      { states: ['completed'], minScore: 0.5 },
      { kind: 'scan', state: 'completed', conditions: { minScore: 0.5 } },
    ],
  ])('%s', (_fact, state, conditions, plan) => {
    expect(planConditions(state, conditions)).toEqual(plan);
  });

  it.each<[Conditions, string]>([
    [{ states: [] }, 'Expected `filter.states` to name at least one state, or to be absent'],
    [{ minScore: -0.1 }, 'Expected `filter.minScore` to be 0 to 1, got -0.1'],
    [{ maxScore: 1.5 }, 'Expected `filter.maxScore` to be 0 to 1, got 1.5'],
    [{ minScore: NaN }, 'Expected `filter.minScore` to be 0 to 1, got NaN'],
    [
      { minScore: 0.6, maxScore: 0.5 },
      'Expected `filter.minScore` to be at most `filter.maxScore`, got 0.6 and 0.5',
    ],
    [
      { startedAfter: 5, startedBefore: 5 },
      'Expected `filter.startedAfter` to be earlier than `filter.startedBefore`',
    ],
    [{ metadata: [] }, 'Expected `filter.metadata` to hold 1 to 20 pairs, got 0'],
    [
      { metadata: Array.from({ length: 21 }, () => ({ key: 'k', value: 'v' })) },
      'Expected `filter.metadata` to hold 1 to 20 pairs, got 21',
    ],
  ])('refuses %o', (conditions, message) => {
    expect(() => planConditions(undefined, conditions)).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', message }) as Error,
    );
  });
});

describe('a row is behind the wanted start', () => {
  it('only when it is further behind than two starts can be out of order', () => {
    const at = (startedAtMs: number | null) => placeOfStart({ startedAfter: 1_000 }, { startedAtMs }, 100);

    expect([at(1_000), at(900), at(899), at(null)]).toEqual(['ahead', 'ahead', 'behind', 'unknown']);
    expect(placeOfStart({}, { startedAtMs: 0 }, 0)).toBe('unknown');
  });
});
