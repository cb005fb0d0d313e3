/** Prints the schema as sorted SDL into schema/schema.graphql; with `--check`, fails when the committed file differs. */
import { readFile, writeFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from './schema/index.ts';

const file = new URL('schema/schema.graphql', import.meta.url);
const printed = `${printSchema(lexicographicSortSchema(schema))}\n`;

if (process.argv.includes('--check')) {
  const committed = await readFile(file, 'utf8').catch(() => '');
  if (committed !== printed) {
    console.error(
      'schema/schema.graphql is not what the schema prints: run `npm run codegen` and commit the result.',
    );
    process.exitCode = 1;
  }
} else {
  await writeFile(file, printed);
}
