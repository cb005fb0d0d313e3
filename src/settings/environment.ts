/** An environment, read by the table of settings: values with their problems, and names that are mistakes. */
import { SETTINGS, type SettingName, type SettingValues } from './settings.ts';
import type { Setting } from './setting.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a variable says, or what its setting is by default. What is wrong with it is one more of the problems. */
export function readSetting<Name extends SettingName>(
  env: Environment,
  name: Name,
  problems: string[],
): SettingValues[Name] {
  const row: Setting<unknown> = SETTINGS[name];
  const text = isSet(env, name) ? env[name] : row.default;
  if (text === null || text === undefined) return undefined;
  const parsed = row.schema.safeParse(text);
  // The table gives each name the type that its schema yields; the loop over names cannot see which.
  if (parsed.success) return parsed.data as SettingValues[Name];
  problems.push(`${name} is ${row.isSecret ? 'not usable' : JSON.stringify(text)}, expected ${row.expects}`);
  return undefined;
}

/** An empty variable counts as absent, as `docker compose` and `.env` files leave one. */
export function isSet(env: Environment, name: SettingName): boolean {
  return (env[name] ?? '') !== '';
}

export function settingNames(): readonly SettingName[] {
  return Object.keys(SETTINGS) as SettingName[];
}

/** A variable whose name starts like this is meant for the gateway: when it is not in the table it is a mistake. */
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
const FOREIGN_NAMES: readonly string[] = ['RUNLOOP_CUSTOM_HEADERS', 'RUNLOOP_ENV'];

/** Names that are ours by their prefix, or so near to one of ours that they can only be a slip. */
export function* unknownNames(env: Environment): Iterable<string> {
  for (const name of Object.keys(env)) {
    if (name in SETTINGS || FOREIGN_NAMES.includes(name)) continue;
    const isOurs = OWN_PREFIXES.some((prefix) => name.startsWith(prefix));
    if (!isOurs && !name.includes('_')) continue;
    const limit = isOurs ? 4 : 2;
    const [nearest] = settingNames()
      // Spares most comparisons: names that differ more in length differ more in letters.
      .filter((known) => Math.abs(known.length - name.length) <= limit)
      .map((known) => ({ known, distance: editDistance(name, known) }))
      .filter(({ distance }) => distance <= limit)
      .sort((a, b) => a.distance - b.distance);
    if (nearest) yield `${name} is not a setting: did you mean ${nearest.known}?`;
    else if (isOurs) yield `${name} is not a setting: docs/settings.md lists them all`;
  }
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
