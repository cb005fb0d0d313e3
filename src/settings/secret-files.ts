/** `withSecretFiles`: settings that are secret, read from the files that the environment names instead. */
import { readFileSync } from 'node:fs';
import { type Environment, isSet, settingNames } from './environment.ts';
import { SETTINGS, type SettingName } from './settings.ts';

/** The settings that may stand in a file. */
export const SECRET_NAMES: readonly SettingName[] = settingNames().filter((name) => SETTINGS[name].isSecret);

/** `RUNLOOP_API_KEY_FILE` names the file that holds what `RUNLOOP_API_KEY` would say. */
export function fileNameOf(secret: SettingName): string {
  return `${secret}_FILE`;
}

/**
 * The environment with what such files say; a newline at the end of a file does not count. A file that cannot be read or
 * is empty, or that stands beside the setting itself, is one more of the problems.
 */
export function withSecretFiles(env: Environment, problems: string[]): Environment {
  const read: Record<string, string> = {};
  for (const secret of SECRET_NAMES) {
    const name = fileNameOf(secret);
    const path = env[name] ?? '';
    if (path === '') continue;
    if (isSet(env, secret)) {
      problems.push(`${secret} and ${name} are both set, expected one of them`);
      continue;
    }
    try {
      read[secret] = textOf(path);
    } catch (error) {
      problems.push(
        `${name} is ${JSON.stringify(path)}, ${reasonOf(error)}: expected a file with the secret`,
      );
    }
  }
  return { ...env, ...read };
}

class EmptyFile extends Error {}

function textOf(path: string): string {
  const text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  if (text === '') throw new EmptyFile();
  return text;
}

function reasonOf(error: unknown): string {
  if (error instanceof EmptyFile) return 'which is empty';
  if (error instanceof Error && 'code' in error) return `which cannot be read (${String(error.code)})`;
  throw error;
}
