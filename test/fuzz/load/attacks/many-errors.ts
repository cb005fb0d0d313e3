/** Answers of as many values and errors as a document can ask for. */
import type { Attack } from '../attack.ts';
import { asking, keepBusy, post, repeat } from '../target.ts';

const ROWS = 'scenarioRuns(first: 100) { nodes {';
const fields = (times: number, part: (n: number) => string) => repeat(times, part);
const keys = JSON.stringify(Array.from({ length: 9_900 }, (_, n) => `k${String(n)}`));

const DOCUMENTS: readonly ((number: number) => string)[] = [
  (n) =>
    `query Q${String(n)} { benchmarkRuns(first: 99) { nodes { ${ROWS} ${fields(45, (f) => `a${String(f)}: metadata(keys: [""]) { key }`)} } } } } }`,
  (n) =>
    `query Q${String(n)} { benchmarkRuns(first: 99) { nodes { ${ROWS} ${fields(45, (f) => `a${String(f)}: scoringResult { functionResults { output(maxChars: -1) } }`)} } } } } }`,
  (n) =>
    `query Q${String(n)}($keys: [String!]) { benchmarkRuns(first: 99) { nodes { ${ROWS} ${fields(45, (f) => `a${String(f)}: metadata(keys: $keys) { key }`)} } } } } }`,
  (n) =>
    `query Q${String(n)} { benchmarkRuns(first: 90) { nodes { scenarioRuns(first: 100) { nodes { ${fields(100, () => 'id name state outcome score')} } } } } }`,
  (n) =>
    `query Q${String(n)} { ${fields(20, (f) => `a${String(f)}: scenarioRuns(first: 100, filter: { metadata: [{ key: "${'x'.repeat(2_000)}", value: "${'y'.repeat(500)}" }] }) { nodes { id } }`)} }`,
];

export const attack: Attack = {
  sends: 'documents whose answers have as many values and errors as possible, and long lists of arguments',
  strike: (target) =>
    keepBusy(4, (sent) =>
      post(
        target,
        asking(
          DOCUMENTS[sent % DOCUMENTS.length]?.(sent) ?? '',
          sent % 2 === 0 ? { keys: JSON.parse(keys) as unknown } : {},
        ),
      ),
    ),
};
