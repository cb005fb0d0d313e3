/** `printInForce`: the settings that a process runs with, in the form of a file of settings. */
import { type Environment, isSet, settingNames } from './environment.ts';
import { withRenamed } from './renamed.ts';
import { fileNameOf, SECRET_NAMES } from './secret-files.ts';
import type { Setting } from './setting.ts';
import { SETTINGS, type SettingName } from './settings.ts';

/**
 * Those that were given first, each by the name that it has now. A secret shows that it is set, and nothing of what it says.
 */
export function printInForce(given: Environment): string {
  const { env } = withRenamed(given, []);
  const inFiles = SECRET_NAMES.filter((name) => (env[fileNameOf(name)] ?? '') !== '');
  const set = settingNames().filter((name) => isSet(env, name));
  const others = settingNames().filter((name) => !isSet(env, name) && !inFiles.includes(name));
  const lines = [
    '# As given',
    ...set.map((name) => `${name}=${rowOf(name).isSecret ? '[redacted]' : (env[name] ?? '')}`),
    ...inFiles.map(fileNameOf).map((name) => `${name}=${env[name] ?? ''}`),
    '',
    '# By default',
    ...others.map(byDefault),
  ];
  return `${lines.join('\n')}\n`;
}

function byDefault(name: SettingName): string {
  const value = rowOf(name).default;
  return value === null ? `# ${name}=` : `${name}=${value}`;
}

function rowOf(name: SettingName): Setting<unknown> {
  return SETTINGS[name];
}
