/** `readEnvironment`: the settings of a process as they are now: what it was started with, and beneath it a file. */
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** As `process.loadEnvFile` reads it, which is done once: what `started` says is not overridden. Throws when the file cannot be read. */
export function readEnvironment(
  started: Readonly<Record<string, string | undefined>>,
  path: string,
): Readonly<Record<string, string | undefined>> {
  return existsSync(path) ? { ...parseEnv(readFileSync(path, 'utf8')), ...started } : started;
}
