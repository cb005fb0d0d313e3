import { describe, expect, it } from 'vitest';
import { type JunitRun, junitOf } from '../../src/wait/junit.ts';

const run = (more: Partial<JunitRun>): JunitRun => ({
  id: 'scr_1',
  name: null,
  outcome: 'PASSED',
  state: 'COMPLETED',
  score: 1,
  durationMs: 1_500,
  scenario: { name: 'two-sum' },
  scoringResult: null,
  ...more,
});

describe('a report', () => {
  it('counts what passed, failed, errored and was skipped, with the time of all in seconds', () => {
    const text = junitOf('Nightly', [
      run({}),
      run({ outcome: 'FAILED', score: 0.25 }),
      run({ outcome: 'ERRORED', state: 'FAILED', durationMs: null }),
      run({ outcome: null, state: 'CANCELED' }),
    ]);

    expect(text).toContain('<testsuites tests="4" failures="1" errors="1" skipped="1" time="4.500">');
    expect(text).toContain('<testsuite name="Nightly" tests="4"');
    expect(text).toContain('<testcase classname="Nightly" name="two-sum" time="1.500"/>');
    expect(text).toContain('<failure message="scored 0.25">');
    expect(text).toContain('<error message="ended as FAILED">');
    expect(text).toContain('<skipped message="is CANCELED"/>');
  });

  it('has what the scorers say, the worst first', () => {
    const functionResults = [
      { name: 'lint', score: 1, state: 'COMPLETE', output: 'clean' },
      { name: 'tests', score: 0, state: 'COMPLETE', output: '1 failed' },
    ];
    const text = junitOf('s', [run({ outcome: 'FAILED', scoringResult: { functionResults } })]);

    expect(text).toContain('scr_1\n\ntests: 0 (COMPLETE)\n1 failed\n\nlint: 1 (COMPLETE)\nclean</failure>');
  });

  it('escapes what is markup, and has a mark for what XML cannot hold', () => {
    const functionResults = [
      { name: 'a<b', score: 0, state: 'COMPLETE', output: '"x" & \u001b[31m]]>\u0000\ud800' },
    ];
    const text = junitOf('<&">', [run({ outcome: 'FAILED', scoringResult: { functionResults } })]);

    expect(text).toContain('name="&lt;&amp;&quot;&gt;"');
    expect(text).toContain(
      'a&lt;b: 0 (COMPLETE)\n&quot;x&quot; &amp; \ufffd[31m]]&gt;\ufffd\ufffd</failure>',
    );
  });

  it('names a run by its scenario, else by itself', () => {
    expect(junitOf('s', [run({ scenario: null, name: 'mine' })])).toContain('name="mine"');
    expect(junitOf('s', [run({ scenario: null })])).toContain('name="scr_1"');
  });
});
