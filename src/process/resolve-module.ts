/** `resolveModule`: where a module is that a setting names, as an import in the working directory would find it. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** As Node.js does for an import: a package may have another form for `require`, with a second `graphql` behind it. */
const CONDITIONS: readonly string[] = ['node', 'import', 'module-sync', 'default'];

/** The URL of a path, or of a package by its `exports`. Throws where there is no such module. */
export function resolveModule(name: string, directory = resolve('.')): string {
  const path =
    /^\.{0,2}\//.test(name) || isAbsolute(name) ? resolve(directory, name) : packagePath(name, directory);
  if (path === null || !existsSync(path)) throw new Error(`there is none in ${directory}`);
  return pathToFileURL(path).href;
}

function packagePath(name: string, directory: string): string | null {
  const [, packageName = name, inner = ''] = /^((?:@[^/]{1,200}\/)?[^/]{1,200})(.{0,1000})$/.exec(name) ?? [];
  for (let from = directory; ; from = dirname(from)) {
    const root = join(from, 'node_modules', packageName);
    if (existsSync(join(root, 'package.json'))) return withinPackage(root, inner);
    if (from === dirname(from)) return null;
  }
}

function withinPackage(root: string, inner: string): string | null {
  const { exports, main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly exports?: unknown;
    readonly main?: string;
  };
  if (exports === undefined) return inner === '' ? mainOf(root, main ?? 'index.js') : join(root, inner);
  const key = `.${inner}`;
  const table =
    typeof exports === 'object' &&
    exports !== null &&
    Object.keys(exports).some((one) => one.startsWith('.'));
  const target = table
    ? (exports as Readonly<Record<string, unknown>>)[key]
    : key === '.'
      ? exports
      : undefined;
  const file = targetOf(target);
  return file === null ? null : join(root, file);
}

/** A package without `exports` may leave out how its main file ends. */
function mainOf(root: string, main: string): string | null {
  const paths = [main, `${main}.js`, `${main}/index.js`, 'index.js'].map((path) => join(root, path));
  return paths.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile()) ?? null;
}

/** The file behind the first condition that holds. */
function targetOf(target: unknown): string | null {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null) return null;
  for (const [condition, inner] of Object.entries(target)) {
    const file = CONDITIONS.includes(condition) ? targetOf(inner) : null;
    if (file !== null) return file;
  }
  return null;
}
