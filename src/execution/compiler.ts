/** `createCompiler`: turns operations into code with graphql-jit, which gets only what it answers as graphql-js does. */
import { type ExecutionResult, type GraphQLSchema, isAbstractType } from 'graphql';
import { isCompilable } from './compilable.ts';
import type { Variables } from './conditions.ts';
import { ANY_VALUE, type OperationToCompile, templateOf } from './template.ts';

/** Null when the operation is one that cannot be compiled to answer exactly as graphql-js. */
export type Compile = (operation: OperationToCompile) => Compiled | null;

/** Executes an operation with these coerced variables. An answer with errors says no more than that there are some. */
export type Compiled = (
  variables: Variables,
  rootValue: unknown,
  contextValue: unknown,
) => ExecutionResult | Promise<ExecutionResult>;

/** Loads graphql-jit, which takes more than a tenth of a second. */
export async function createCompiler(
  schema: GraphQLSchema,
  bounds: { readonly maxFields: number },
): Promise<Compile> {
  const { compileQuery, isCompiledQuery } = await import('graphql-jit');
  guardTypeResolvers(schema);
  const compilerSchema = withAnyValue(schema);
  return (operation) => {
    let template;
    try {
      template = templateOf(schema, operation);
    } catch {
      return null;
    }
    if (!isCompilable(schema, template, bounds)) return null;
    const compiled = compileQuery(compilerSchema, template.document, undefined, {
      disablingCapturingStackErrors: true,
    });
    if (!isCompiledQuery(compiled)) return null;
    const { valuesOf } = template;
    return (variables, rootValue, contextValue) =>
      compiled.query(rootValue, contextValue, valuesOf(variables));
  };
}

/** The same schema with one type more for those who look it up by its name. */
function withAnyValue(schema: GraphQLSchema): GraphQLSchema {
  return Object.create(schema, {
    getType: { value: (name: string) => (name === ANY_VALUE.name ? ANY_VALUE : schema.getType(name)) },
  }) as GraphQLSchema;
}

/**
 * Compiled code calls type resolvers where nobody would catch what they throw, which would end the process. A promise
 * that rejects is an error of the field for graphql-js, and a type that does not exist for compiled code.
 */
function guardTypeResolvers(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isAbstractType(type) || !type.resolveType) continue;
    const { resolveType } = type;
    type.resolveType = (...args) => {
      try {
        return resolveType(...args);
      } catch (error) {
        const failure = Promise.reject(
          error instanceof Error ? error : new Error('No type', { cause: error }),
        );
        // It is handled by whoever wants to know more than that there is no type.
        failure.catch(() => undefined);
        return failure;
      }
    };
  }
}
