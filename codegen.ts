/**
 * Writes what is printed from the code: schema/schema.graphql, docs/settings.md, .env.example and the index of docs/decisions.
 * With `--check`, fails when a committed file differs.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from './schema/index.ts';
import { printEnvironment, printSettings } from './src/settings/print-settings.ts';

const DECISIONS = 'docs/decisions/';

const printed: Readonly<Record<string, string>> = {
  'schema/schema.graphql': `${printSchema(lexicographicSortSchema(schema))}\n`,
  'docs/settings.md': printSettings(),
  '.env.example': printEnvironment(),
  [`${DECISIONS}README.md`]: await printDecisions(),
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

/** Each record by its number and title, in order. */
async function printDecisions(): Promise<string> {
  const folder = new URL(DECISIONS, import.meta.url);
  const names = (await readdir(folder)).filter((name) => /^\d{4}-/.test(name)).sort();
  const lines = await Promise.all(
    names.map(async (name) => {
      const [title = ''] = (await readFile(new URL(name, folder), 'utf8')).split('\n');
      return `- [${title.replace(/^# /, '').replace(/\.$/, '')}](${name})`;
    }),
  );
  return `# Decisions

Why things are as they are: context, decision, consequences. A record that the code no longer follows names the one that
supersedes it. A new record takes the next number; \`npm run codegen\` prints this list.

${lines.join('\n')}
`;
}
