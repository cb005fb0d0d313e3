/** `junitOf`: scenario runs as JUnit XML, which every CI system shows. */

export interface JunitRun {
  readonly id: string;
  readonly name: string | null;
  readonly outcome: 'PASSED' | 'FAILED' | 'ERRORED' | null;
  readonly state: string;
  readonly score: number | null;
  readonly durationMs: number | null;
  readonly scenario: { readonly name: string } | null;
  readonly scoringResult: {
    readonly functionResults: readonly {
      readonly name: string;
      readonly score: number;
      readonly state: string;
      readonly output: string;
    }[];
  } | null;
}

/** One suite; a run that has no outcome is one that was skipped. */
export function junitOf(suite: string, runs: readonly JunitRun[]): string {
  const count = (outcome: JunitRun['outcome']) =>
    String(runs.filter((run) => run.outcome === outcome).length);
  const seconds = runs.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0) / 1_000;
  const counts = [
    attribute('tests', String(runs.length)),
    attribute('failures', count('FAILED')),
    attribute('errors', count('ERRORED')),
    attribute('skipped', count(null)),
    attribute('time', seconds.toFixed(3)),
  ].join('');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${counts}>`,
    `  <testsuite${attribute('name', suite)}${counts}>`,
    ...runs.map((run) => caseOf(suite, run)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseOf(suite: string, run: JunitRun): string {
  const name = run.scenario?.name ?? run.name ?? run.id;
  const time = ((run.durationMs ?? 0) / 1_000).toFixed(3);
  const begin = `    <testcase${attribute('classname', suite)}${attribute('name', name)}${attribute('time', time)}`;
  const inner = problemOf(run);
  return inner === null ? `${begin}/>` : `${begin}>${inner}</testcase>`;
}

function problemOf(run: JunitRun): string | null {
  switch (run.outcome) {
    case 'PASSED':
      return null;
    case 'FAILED':
      return `<failure${attribute('message', `scored ${String(run.score)}`)}>${escaped(detailsOf(run))}</failure>`;
    case 'ERRORED':
      return `<error${attribute('message', `ended as ${run.state}`)}>${escaped(detailsOf(run))}</error>`;
    case null:
      return `<skipped${attribute('message', `is ${run.state}`)}/>`;
  }
}

/** What each scorer says, those that gave no full score first. */
function detailsOf({ id, scoringResult }: JunitRun): string {
  const results = [...(scoringResult?.functionResults ?? [])].sort((a, b) => a.score - b.score);
  const said = results.map(
    ({ name, score, state, output }) => `${name}: ${String(score)} (${state})\n${output}`,
  );
  return [id, ...said].join('\n\n');
}

function attribute(name: string, value: string): string {
  return ` ${name}="${escaped(value)}"`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** With a mark for what XML 1.0 has no way to write, such as the codes of terminals. */
function escaped(text: string): string {
  return (
    text
      // eslint-disable-next-line no-control-regex
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/gu, '\ufffd')
      .replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
  );
}
