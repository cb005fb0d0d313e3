/** An environment, read by the table of settings: values with their problems. */
import { isServiceLink } from './service-links.ts';
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

/** An empty variable counts as absent, as `docker compose` and `.env` files leave one, and so does what Kubernetes sets. */
export function isSet(env: Environment, name: SettingName): boolean {
  const value = env[name] ?? '';
  return value !== '' && !isServiceLink(name, value);
}

export function settingNames(): readonly SettingName[] {
  return Object.keys(SETTINGS) as SettingName[];
}
