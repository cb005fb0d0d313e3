/** `withRenamed`: settings that have another name now, read by the name that they had before. */
import { type Environment, isSet, readSetting } from './environment.ts';
import type { SettingName } from './settings.ts';

export interface Renamed {
  /** The setting that the old name stands for. */
  readonly now: SettingName;
  /** The first version that does not know the old name. */
  readonly removedIn: string;
}

/** By their old names. */
export const RENAMED: ReadonlyMap<string, Renamed> = new Map([
  ['HTTP_IDLE_TIMEOUT_MS', { now: 'KEEP_ALIVE_TIMEOUT_MS', removedIn: '0.2.0' }],
  ['STATISTICS_KEPT_SCENARIO_RUNS', { now: 'STATISTICS_CACHED_SCENARIO_RUNS', removedIn: '0.2.0' }],
]);

/** A former name that an environment uses. */
export interface DeprecatedName extends Renamed {
  readonly name: string;
}

export interface WithRenamed {
  /** The environment, in which each old name has become the new one. */
  readonly env: Environment;
  readonly deprecatedNames: readonly DeprecatedName[];
}

/** A value that is not usable is one more of the problems under the name that it was given by, and so are both names at once. */
export function withRenamed(given: Environment, problems: string[]): WithRenamed {
  const env = { ...given };
  const deprecatedNames: DeprecatedName[] = [];
  for (const [name, renamed] of RENAMED) {
    const value = given[name] ?? '';
    if (value === '') continue;
    deprecatedNames.push({ name, ...renamed });
    // What is said of the old name below is all there is to say of it.
    env[name] = undefined;
    const { now } = renamed;
    if (isSet(given, now)) {
      problems.push(
        `${name} and ${now} are both set, expected ${now} alone: it is the new name of the other`,
      );
      continue;
    }
    const found: string[] = [];
    readSetting({ [now]: value }, now, found);
    if (found.length === 0) env[now] = value;
    problems.push(...found.map((problem) => `${problem.replace(now, name)} (its name is ${now} now)`));
  }
  return { env, deprecatedNames };
}
