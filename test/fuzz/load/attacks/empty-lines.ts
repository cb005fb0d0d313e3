/** Documents of empty lines with a mistake on each of the last: every mistake is told with its line. */
import type { Attack } from '../attack.ts';
import { asking, keepBusy, NOBODY, post, repeat } from '../target.ts';

const LINES = 60_000;
/** Just within the bound. */
const ALLOWED_LINES = 9_900;

const DOCUMENTS: readonly ((number: number) => string)[] = [
  (n) =>
    `query Q${String(n)} { devboxes {${'\n'.repeat(LINES)}${repeat(300, (field) => `f${String(field)}`)} } }`,
  (n) =>
    `query Q${String(n)} { devboxes {${'\r\n'.repeat(LINES / 2)}${repeat(300, (field) => `f${String(field)}`)} } }`,
  (n) =>
    `query Q${String(n)} { devboxes {${'\n'.repeat(ALLOWED_LINES)}${repeat(300, (field) => `f${String(field)}`)} } }`,
  (n) => `query Q${String(n)} ${'\n'.repeat(LINES)} { __typename @a @b @c @d } }`,
  (n) => `query Q${String(n)} { __typename # ${'\r'.repeat(LINES)} }`,
];

export const attack: Attack = {
  sends: 'documents of 60,000 empty lines with up to 300 mistakes, without credentials',
  strike: (target) =>
    keepBusy(4, (sent) => post(target, asking(DOCUMENTS[sent % DOCUMENTS.length]?.(sent) ?? ''), NOBODY)),
};
