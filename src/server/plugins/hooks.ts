/** `Hooks`: the steps of one operation with the hooks of every plugin around them, as Yoga makes them. */
import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';

export type OperationArgs = Omit<ExecutionArgs, 'contextValue'> & { readonly contextValue?: unknown };

export interface Hooks {
  readonly parse: (text: string) => DocumentNode;
  readonly validate: (
    schema: GraphQLSchema,
    document: DocumentNode,
    rules: readonly never[],
  ) => readonly GraphQLError[];
  readonly contextFactory: () => unknown;
  readonly execute: (args: OperationArgs) => Promise<ExecutionResult> | ExecutionResult;
  readonly subscribe: (args: OperationArgs) => Promise<ExecutionResult | AsyncIterable<unknown>>;
}
