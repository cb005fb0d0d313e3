/** `unknownNames`: variables of an environment that look like settings and are none. */
import type { Environment } from './environment.ts';
import { RENAMED } from './renamed.ts';
import { isServiceLink } from './service-links.ts';
import { fileNameOf, SECRET_NAMES } from './secret-files.ts';
import { SETTINGS } from './settings.ts';

export interface UnknownName {
  readonly name: string;
  /** The setting that is meant, when the name is so near to it that it can only be a slip. */
  readonly meant: string | null;
}

/** A variable whose name begins like this is probably meant for the gateway. */
const OWN_PREFIXES = [
  'QUERY_',
  'CALLER_',
  'UPSTREAM_',
  'RUNLOOP_',
  'SIMULATOR_',
  'LIVE_',
  'STATISTICS_',
] as const;

/** Variables of Runloop's own tools, which may well be set beside ours. */
const FOREIGN_NAMES: ReadonlySet<string> = new Set(['RUNLOOP_CUSTOM_HEADERS', 'RUNLOOP_ENV']);

const KNOWN_NAMES: readonly string[] = [
  ...Object.keys(SETTINGS),
  ...SECRET_NAMES.map(fileNameOf),
  ...RENAMED.keys(),
];

/** What Kubernetes puts into the environment of every container, and what is set for other programs, is left out. */
export function unknownNames(env: Environment): readonly UnknownName[] {
  return Object.entries(env).flatMap(([name, value]) => {
    // Names of one word are everybody's, such as PATH.
    if (!name.includes('_') || KNOWN_NAMES.includes(name) || FOREIGN_NAMES.has(name)) return [];
    if (isServiceLink(name, value ?? '')) return [];
    const meant = KNOWN_NAMES.find((known) => isSlipOf(name, known)) ?? null;
    return meant !== null || OWN_PREFIXES.some((prefix) => name.startsWith(prefix)) ? [{ name, meant }] : [];
  });
}

/** What is wrong with it, as a sentence. */
export function explainUnknownName({ name, meant }: UnknownName): string {
  return meant === null
    ? `${name} is not a setting: docs/settings.md lists them all`
    : `${name} is not a setting: did you mean ${meant}?`;
}

const UNITS = ['MS', 'SEC', 'BYTES', 'CHARS', 'PERCENT'];

/** Up to this length, two letters make another word of a name. */
const SHORT_NAME = 8;

function isSlipOf(name: string, known: string): boolean {
  if (UNITS.some((unit) => known === `${name}_${unit}`)) return true;
  const limit = known.length > SHORT_NAME ? 2 : 1;
  // Spares most comparisons: names that differ more in length differ more in letters.
  return Math.abs(known.length - name.length) <= limit && editDistance(name, known) <= limit;
}

/** How many single-letter insertions, deletions and substitutions turn `a` into `b` (Levenshtein). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [row, letter] of a.split('').entries()) {
    const current = [row + 1];
    for (const [column, other] of b.split('').entries()) {
      current.push(
        Math.min(
          (previous[column] ?? 0) + (letter === other ? 0 : 1),
          (previous[column + 1] ?? 0) + 1,
          (current[column] ?? 0) + 1,
        ),
      );
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
