/** `npm run build:client`, its last step: puts the graph beside the compiled client, as SDL and as introspection. */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { buildSchema, introspectionFromSchema } from 'graphql';

const SDL = new URL('../schema/schema.graphql', import.meta.url);

const schema = buildSchema(await readFile(SDL, 'utf8'));
await copyFile(SDL, new URL('schema.graphql', import.meta.url));
await writeFile(
  new URL('introspection.json', import.meta.url),
  JSON.stringify(
    introspectionFromSchema(schema, { inputValueDeprecation: true, specifiedByUrl: true, oneOf: true }),
  ),
);
