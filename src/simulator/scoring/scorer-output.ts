/** What scorers print: several lines per kind of scorer, as one would read them in a report. */
import type { Random } from '../seed/random.ts';
import type { Scorer } from '../wire/scenario.ts';

const SUBJECTS = [
  'parser',
  'queryset',
  'migrations',
  'cache',
  'forms',
  'locale',
  'sessions',
  'schema',
  'routing',
];
const CASES = [
  'roundtrip',
  'empty_input',
  'unicode',
  'nested',
  'regression',
  'defaults',
  'timezone',
  'ordering',
];
const FAILURES = [
  'AssertionError: expected 3 rows, got 2',
  "TypeError: unsupported operand type(s) for +: 'int' and 'NoneType'",
  "KeyError: 'created_at'",
  'ValueError: invalid literal for int() with base 10: ""',
];

/** The output of a scorer that ran to its end with this score. */
export function scorerOutput(scorer: Scorer, score: number, random: Random): string {
  switch (scorer.type) {
    case 'test_based_scorer':
      return testReport(scorer.test_command ?? 'pytest -q', score, random);
    case 'command_scorer':
      return [
        `$ ${scorer.command ?? 'make check'}`,
        `checked ${String(random.integer(3, 40))} files`,
        score === 1 ? 'all checks passed' : `${String(random.integer(1, 4))} checks failed`,
        `score=${String(score)}`,
      ].join('\n');
    case 'bash_script_scorer':
      return [
        '+ set -euo pipefail',
        '+ cd /home/user/repo',
        '+ git diff --stat HEAD',
        ` ${String(random.integer(1, 6))} files changed, ${String(random.integer(3, 90))} insertions(+), ${String(random.integer(0, 40))} deletions(-)`,
        score === 1
          ? '+ echo "expected files are in place"'
          : '+ echo "result.txt differs from the expected output" >&2',
        `score=${String(score)}`,
      ].join('\n');
    case 'python_script_scorer':
      return [
        `Python 3.${String(random.integer(10, 12))}.${String(random.integer(0, 9))}`,
        'loading context from $RL_SCORER_CONTEXT',
        `compared ${String(random.integer(8, 120))} records`,
        score === 1
          ? 'no mismatch'
          : `mismatch in record ${String(random.integer(1, 60))}: ${random.pick(FAILURES)}`,
        `final score: ${String(score)}`,
      ].join('\n');
    case 'ast_grep_scorer':
      return [
        `ast-grep run --pattern '${scorer.pattern}' ${scorer.search_directory}`,
        score === 1
          ? `${scorer.search_directory}/core.py:${String(random.integer(12, 400))}: match\n1 match in 1 file`
          : 'no match found',
      ].join('\n');
    case 'custom_scorer':
      return [
        `[${scorer.custom_scorer_type}] reviewing the diff`,
        `[${scorer.custom_scorer_type}] correctness: ${score >= 0.5 ? 'good' : 'poor'}`,
        `[${scorer.custom_scorer_type}] style: ${random.pick(['good', 'fair'])}`,
        `[${scorer.custom_scorer_type}] score ${String(score)}`,
      ].join('\n');
  }
}

/** The output of a scorer that broke before it could judge. */
export function brokenScorerOutput(random: Random): string {
  return [
    'Traceback (most recent call last):',
    `  File "/tmp/scorer/run.py", line ${String(random.integer(12, 180))}, in <module>`,
    '    main()',
    random.pick([
      'TimeoutError: the scorer did not finish within 1800 seconds',
      "ModuleNotFoundError: No module named 'pytest'",
      'MemoryError',
    ]),
  ].join('\n');
}

function testReport(command: string, score: number, random: Random): string {
  const total = random.integer(4, 9);
  const passed = Math.round(total * score);
  const lines = [
    `$ ${command}`,
    '============================= test session starts ==============================',
  ];
  const failed: string[] = [];
  for (let index = 0; index < total; index++) {
    const name = `tests/test_${random.pick(SUBJECTS)}.py::test_${random.pick(CASES)}_${String(index)}`;
    const isPassed = index < passed;
    if (!isPassed) failed.push(`FAILED ${name} - ${random.pick(FAILURES)}`);
    lines.push(`${name} ${isPassed ? 'PASSED' : 'FAILED'}`);
  }
  if (failed.length > 0)
    lines.push('=========================== short test summary info ============================', ...failed);
  const seconds = (random.integer(80, 9_000) / 100).toFixed(2);
  const counts = [
    failed.length > 0 ? `${String(failed.length)} failed` : '',
    passed > 0 ? `${String(passed)} passed` : '',
  ];
  lines.push(
    `======================== ${counts.filter(Boolean).join(', ')} in ${seconds}s =========================`,
  );
  return lines.join('\n');
}
