/** Requests that are remembered while their documents are not, and documents that come often enough to be compiled. */
import type { Attack } from '../attack.ts';
import { asking, keepBusy, post, repeat } from '../target.ts';

/** More documents than are remembered, each of which comes again. */
const DOCUMENTS = 1_500;

const bodies = Array.from({ length: DOCUMENTS }, (_, n) =>
  asking(
    `query Q${String(n)} { ${repeat(30, (alias) => `a${String(alias)}_${String(n)}: scenarioRun(id: "scr_none") { id name state metadata { key value } }`)} }`,
  ),
);

export const attack: Attack = {
  sends: '1,500 documents in turn, over and over: requests are remembered longer than documents',
  strike: (target) => keepBusy(16, (sent) => post(target, bodies[sent % bodies.length] ?? '')),
  // What is refused is not remembered.
  reaches: { 'answered 200': DOCUMENTS },
};
