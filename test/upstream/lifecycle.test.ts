import { describe, expect, it } from 'vitest';
import {
  isBenchmarkRunTerminal,
  isDevboxTerminal,
  scenarioRunLifecycle,
} from '../../src/upstream/lifecycle.ts';

describe('a scenario run', () => {
  const active = { isTerminal: false, isFinished: false, outcome: null };
  const scored = { isTerminal: false, isFinished: true };
  const over = { isTerminal: true, isFinished: true };

  it.each([
    ['running', null, active],
    ['scoring', null, active],
    ['scored', 1, { ...scored, outcome: 'passed' }],
    ['scored', 0.99, { ...scored, outcome: 'failed' }],
    ['scored', null, { ...scored, outcome: 'errored' }],
    ['completed', 1, { ...over, outcome: 'passed' }],
    ['completed', 0, { ...over, outcome: 'failed' }],
    ['completed', null, { ...over, outcome: 'errored' }],
    ['canceled', 1, { ...over, outcome: 'errored' }],
    ['timeout', null, { ...over, outcome: 'errored' }],
    ['failed', 0.5, { ...over, outcome: 'errored' }],
    ['unknown', 1, active],
  ] as const)('in %s with score %s is %j', (state, score, lifecycle) => {
    expect(scenarioRunLifecycle(state, score)).toEqual(lifecycle);
  });
});

describe('a benchmark run', () => {
  it.each([
    ['running', false],
    ['completed', true],
    ['canceled', true],
    ['failed', true],
    ['unknown', false],
  ] as const)('in %s is terminal: %s', (state, isTerminal) => {
    expect(isBenchmarkRunTerminal(state)).toBe(isTerminal);
  });
});

describe('a devbox', () => {
  it.each([
    ['running', false],
    ['suspended', false],
    ['failure', true],
    ['shutdown', true],
    ['unknown', false],
  ] as const)('in %s is terminal: %s', (status, isTerminal) => {
    expect(isDevboxTerminal(status)).toBe(isTerminal);
  });
});
