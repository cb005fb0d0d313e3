import { describe, expect, it } from 'vitest';
import { type Ended, verdictOf } from '../../src/wait/verdict.ts';

const ANY = { minPassRate: null, maxRegressions: 0 };

const ended = (more: Partial<Ended> = {}): Ended => ({
  state: 'COMPLETED',
  stats: { passed: 7, failed: 2, errored: 1, passRate: { value: 0.7 } },
  comparison: null,
  ...more,
});

describe('a benchmark run', () => {
  it('is good enough when it has completed and nothing else is asked for', () => {
    expect(verdictOf(ended(), ANY)).toEqual([]);
    expect(verdictOf(ended({ stats: null }), ANY)).toEqual([]);
  });

  it.each(['FAILED', 'CANCELED'])('is not when it has ended as %s', (state) => {
    expect(verdictOf(ended({ state }), ANY)).toEqual([`it has ended as ${state}`]);
  });

  it('has to reach the pass rate that is asked for, and may just reach it', () => {
    expect(verdictOf(ended(), { ...ANY, minPassRate: 0.7 })).toEqual([]);
    expect(verdictOf(ended(), { ...ANY, minPassRate: 0.7001 })).toEqual([
      'its pass rate is 70 %, expected 70.01 % at least',
    ]);
  });

  it('has no pass rate when nothing of it has ended, which is not good enough', () => {
    const stats = { passed: 0, failed: 0, errored: 0, passRate: null };
    for (const given of [stats, null])
      expect(verdictOf(ended({ stats: given }), { ...ANY, minPassRate: 0 })).toEqual([
        'nothing of it has ended, so it has no pass rate',
      ]);
  });

  it('may have as many regressions as are allowed', () => {
    const comparison = { regressed: 2, fixed: 5 };
    expect(verdictOf(ended({ comparison }), { ...ANY, maxRegressions: 2 })).toEqual([]);
    expect(verdictOf(ended({ comparison }), { ...ANY, maxRegressions: 1 })).toEqual([
      '2 scenarios have regressed, expected 1 at most',
    ]);
  });

  it('has every reason against it told', () => {
    const worst = ended({ state: 'FAILED', comparison: { regressed: 1, fixed: 0 } });
    expect(verdictOf(worst, { minPassRate: 1, maxRegressions: 0 })).toHaveLength(3);
  });
});
