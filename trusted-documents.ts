/** Extracts the documents of clients into a file for TRUSTED_DOCUMENTS_FILE: `npm run trusted-documents -- <file> <folder>…`. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { gqlPluckFromCodeString } from '@graphql-tools/graphql-tag-pluck';
import { concatAST, Kind, parse, print, separateOperations, validate } from 'graphql';
import { schema } from './schema/index.ts';
import { withTypenames } from './src/security/document-variants.ts';
import { hashOf } from './src/security/trusted-documents.ts';

const CODE = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.vue', '.svelte', '.astro'];
const DOCUMENTS = ['.graphql', '.gql'];
const LEFT_OUT = ['node_modules', 'dist', '.git'];

const [target, ...folders] = process.argv.slice(2);
if (target === undefined || folders.length === 0) {
  console.error('Usage: npm run trusted-documents -- <file to write> <folder of client code>…');
  process.exit(2);
}

const files = (await Promise.all(folders.map(filesIn))).flat().sort();
const sources = (await Promise.all(files.map(sourcesOf))).flat();
const all = concatAST(sources.map((source) => parse(source)));
const errors = validate(schema, all);
if (errors.length > 0) {
  for (const { message } of errors) console.error(message);
  process.exit(1);
}
const unnamed = all.definitions.some(
  (definition) => definition.kind === Kind.OPERATION_DEFINITION && !definition.name,
);
if (unnamed) {
  console.error('Expected every operation to have a name: many documents become one file');
  process.exit(1);
}

// Each operation with the fragments that it needs, and nothing else; once more as clients with a cache send it.
const operations = Object.values(separateOperations(all));
const texts = operations.flatMap((document) => [print(document), print(withTypenames(document))]);
const documents = Object.fromEntries(texts.map((text) => [hashOf(text), text] as const).sort());
await writeFile(target, `${JSON.stringify(documents, null, 2)}\n`);
console.log(`${String(operations.length)} documents of ${String(files.length)} files are in ${target}`);

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !LEFT_OUT.includes(name))
      .map(async (entry): Promise<readonly string[]> => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return filesIn(path);
        return [...CODE, ...DOCUMENTS].includes(extname(path)) ? [path] : [];
      }),
  );
  return found.flat();
}

/** The documents of a file, as it holds them: one, or those in its tagged templates. */
async function sourcesOf(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8');
  if (DOCUMENTS.includes(extname(path))) return text.trim() === '' ? [] : [text];
  const plucked = await gqlPluckFromCodeString(path, text);
  return plucked.map(({ body }) => body);
}
