/** What is shipped for deployments: the files of deploy/, and what their environments may say. */
import { readdir, readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { SETTINGS } from '../../src/settings/settings.ts';
import { fileNameOf, SECRET_NAMES } from '../../src/settings/secret-files.ts';

export const ROOT = new URL('../../', import.meta.url);

/** Every name that may stand in the environment of the gateway. */
export const SETTING_NAMES: ReadonlySet<string> = new Set([
  ...Object.keys(SETTINGS),
  ...SECRET_NAMES.map(fileNameOf),
  'NODE_ENV',
]);

/** The YAML documents of a file below deploy/. Rejects with what is wrong with its syntax. */
export async function readYaml(path: string): Promise<readonly unknown[]> {
  const text = await readFile(new URL(`deploy/${path}`, ROOT), 'utf8');
  return parseAllDocuments(text, { merge: true }).map((document) => {
    const [error] = [...document.errors, ...document.warnings];
    if (error) throw error;
    return document.toJS() as unknown;
  });
}

export async function listShipped(folder: string): Promise<readonly string[]> {
  return (await readdir(new URL(`deploy/${folder}/`, ROOT))).sort();
}
