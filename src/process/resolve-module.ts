/** `resolveModule`: where a module is that a setting names, as an import in the working directory would find it. */
import { existsSync } from 'node:fs';
import { resolve as resolvePath } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { resolve } from 'import-meta-resolve';

/** The URL of a path, or of a package by its `exports`. Throws where there is no such module. */
export function resolveModule(name: string, directory = resolvePath('.')): string {
  const isPath = /^(?:\.{0,2}\/|[A-Za-z]:[\\/])/.test(name);
  const url = isPath
    ? pathToFileURL(resolvePath(directory, name)).href
    : resolve(name, pathToFileURL(`${directory}/`).href);
  if (url.startsWith('file:') && !existsSync(fileURLToPath(url)))
    throw new Error(`there is none in ${directory}`);
  return url;
}
