/** Values and headers that repeat what is searched for, over and over: what searches them must be linear. */
import type { Attack } from '../attack.ts';
import { asking, get, keepBusy, NOBODY, post } from '../target.ts';

const WORDS = [
  'A cannot represent ',
  'Value "',
  'Enum "A" cannot represent ',
  'Expected value of type "A", found ',
  ' at "filter; ',
  'Variable "$filter" got invalid value ',
];
const BODY_BYTES = 247_000;
const HEADER_BYTES = 15_000;

const filled = (part: string, length: number) => part.repeat(Math.floor(length / part.length));

const RUNS = 'query Q($filter: ScenarioRunFilter) { scenarioRuns(filter: $filter) { nodes { id } } }';

/** Each is refused with a message that quotes it. */
const BODIES = WORDS.flatMap((word) => {
  const text = filled(word, BODY_BYTES);
  return [
    asking(RUNS, { filter: text }),
    asking(RUNS, { filter: { [text.slice(0, text.length / 2)]: 1 } }),
    asking('query Q($n: Int) { scenarioRuns(first: $n) { nodes { id } } }', { n: text }),
  ];
});

const HEADERS: readonly Readonly<Record<string, string>>[] = [
  { accept: filled('a/b,', HEADER_BYTES) },
  { accept: filled('a/b;q=', HEADER_BYTES) },
  { accept: filled('*/*;q=0;', HEADER_BYTES) },
  { accept: filled(' ', HEADER_BYTES) + 'a' },
  { 'accept-encoding': filled('a;q=0,', HEADER_BYTES) },
  { 'accept-encoding': `gzip${filled(' ', HEADER_BYTES)}x` },
  { 'cache-control': filled('no-cach,', HEADER_BYTES) },
  { 'if-none-match': filled('W/"a",', HEADER_BYTES) },
  { cookie: filled('a=b;', HEADER_BYTES) },
  { authorization: `Bearer${filled(' ', HEADER_BYTES)}\t` },
  { 'x-forwarded-host': filled('a,', HEADER_BYTES) },
];

export const attack: Attack = {
  sends: 'values and headers that repeat what the gateway searches them for, without credentials',
  strike: async (target) => {
    const page = { url: `${target.url}/graphql?query={__typename}` };
    await keepBusy(4, (sent) => {
      const turn = Math.floor(sent / 2);
      return sent % 2 === 0
        ? post(target, BODIES[turn % BODIES.length] ?? '', NOBODY)
        : get(page, { headers: HEADERS[turn % HEADERS.length] ?? {} });
    });
  },
};
