/**
 * Writes what is printed from the code: schema/schema.graphql, what of the client package is made of it, docs/settings.md, .env.example
 * and the index of docs/decisions.
 * With `--check`, fails when a committed file differs. Fails when the records of decisions have a gap or a dead reference.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { printKeylessTypes, printTypes } from './print-client.ts';
import { DECISIONS, faultsOf, readDocuments, recordsOf } from './lint/decision-records.ts';
import { schema } from './schema/index.ts';
import { printEnvironment, printSettings } from './src/settings/print-settings.ts';

const sorted = lexicographicSortSchema(schema);
const documents = await readDocuments(import.meta.dirname);

const printed: Readonly<Record<string, string>> = {
  'schema/schema.graphql': `${printSchema(sorted)}\n`,
  'client/src/graph.ts': await printTypes(sorted),
  'client/src/keyless-types.ts': printKeylessTypes(sorted),
  'docs/settings.md': printSettings(),
  '.env.example': printEnvironment(),
  [`${DECISIONS}/README.md`]: printDecisions(),
};

for (const [path, text] of Object.entries(printed)) {
  const file = new URL(path, import.meta.url);
  if (!process.argv.includes('--check')) {
    await writeFile(file, text);
    continue;
  }
  const committed = await readFile(file, 'utf8').catch(() => '');
  if (committed === text) continue;
  console.error(`${path} is not what the code prints: run \`npm run codegen\` and commit the result.`);
  process.exitCode = 1;
}

for (const fault of faultsOf(documents)) {
  console.error(fault);
  process.exitCode = 1;
}

/** Each record by its number and title, in order. */
function printDecisions(): string {
  const lines = recordsOf(documents).map(
    ({ path, title }) => `- [${title}](${path.slice(DECISIONS.length + 1)})`,
  );
  return `# Decisions

Why things are as they are: context, decision, consequences. A record that the code no longer follows names the one that
supersedes it. A new record takes the next number; \`npm run codegen\` prints this list.

${lines.join('\n')}
`;
}
