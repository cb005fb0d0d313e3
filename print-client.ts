/** What of the client package is printed from the graph: its types, the names of types without an id, and the introspection. */
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import { type GraphQLSchema, isObjectType, parse, printSchema } from 'graphql';
import { scalars } from './client/src/codegen.ts';

/** The TypeScript types of the graph. */
export async function printTypes(schema: GraphQLSchema): Promise<string> {
  const config = {
    scalars,
    strictScalars: true,
    // An enum of TypeScript is a value; a client wants the words that come.
    enumsAsTypes: true,
    immutableTypes: true,
    useTypeImports: true,
  };
  const printed = await codegen({
    schema: parse(printSchema(schema)),
    filename: 'client/src/graph.ts',
    documents: [],
    config,
    pluginMap: { typescript },
    plugins: [{ typescript: config }],
  });
  return `/** The types of the graph: printed by \`npm run codegen\`. */\n${printed}`;
}

/** The object types that a cache cannot tell apart by an id. */
export function printKeylessTypes(schema: GraphQLSchema): string {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const names = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !type.name.startsWith('__') && !roots.includes(type) && !('id' in type.getFields()))
    .map(({ name }) => `  '${name}',\n`)
    .sort();
  return `/** The object types of the graph that have no id: printed by \`npm run codegen\`. */\nexport const KEYLESS_TYPES: readonly string[] = [\n${names.join('')}];\n`;
}
