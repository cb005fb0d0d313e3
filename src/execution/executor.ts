/** `createExecutor`: executes documents as graphql-js does, those that come again by compiled code. */
import {
  type DocumentNode,
  execute as interpret,
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  getVariableValues,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import { type Compile, createCompiler } from './compiler.ts';
import { createDocumentRecords, type ExecutionSettings } from './document-records.ts';

/** Executes one operation of a valid document: as graphql-js's `execute`, and with the same answer. */
export type ExecuteDocument = (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;

export interface Executor {
  readonly execute: ExecuteDocument;
  /** Loads the compiler ahead of the first document that needs it; until it is there, documents are interpreted. */
  load(): Promise<void>;
  /** Whether the next execution of a document may begin with compiling it, which takes milliseconds. */
  readonly isAboutToCompile: (document: DocumentNode) => boolean;
  /** How many documents are held as compiled code. */
  readonly compiledCount: number;
}

/**
 * Compiled code gives the answers that have no errors. What has some is executed once more, by graphql-js, which says
 * what failed, where and why. That asks nothing of the upstream, for the loaders of an operation remember failures like
 * everything else. A mutation is never executed twice, so never compiled.
 */
export function createExecutor(options: {
  readonly schema: GraphQLSchema;
  readonly settings: ExecutionSettings;
  /** Told, with its context, that an operation is executed once more: what it asks for from now on, it has asked for before. */
  readonly onAgain?: (contextValue: unknown) => void;
}): Executor {
  const { schema, settings, onAgain } = options;
  const records = createDocumentRecords(settings);
  let compile: Compile | null = null;
  let loading: Promise<void> | null = null;

  const load = () =>
    (loading ??= createCompiler(schema, { maxFields: settings.compiledMaxFields }).then((compiler) => {
      compile = compiler;
    }));

  /** The answer of compiled code; null where it is not worth it, or could differ from that of graphql-js. */
  const run = (
    args: ExecutionArgs,
    operation: OperationDefinitionNode,
  ): ReturnType<ExecuteDocument> | null => {
    const { document, variableValues, rootValue, contextValue } = args;
    if (settings.compiledDocuments === 0 || !records.isWorthIt(document)) return null;
    if (!compile) {
      void load();
      return null;
    }
    const { variableDefinitions = [] } = operation;
    const { coerced } = getVariableValues(schema, variableDefinitions, variableValues ?? {});
    if (!coerced) return null;
    const compiled = records.compiled({ document, operation, variables: coerced }, compile);
    return compiled?.(coerced, rootValue, contextValue) ?? null;
  };

  return {
    load,
    isAboutToCompile: records.isAboutToCompile,
    get compiledCount() {
      return records.compiledCount;
    },
    execute: (args) => {
      const operation = getOperationAST(args.document, args.operationName);
      if (!operation || operation.operation === OperationTypeNode.MUTATION) return interpret(args);
      const again = () => {
        onAgain?.(args.contextValue);
        return interpret(args);
      };
      try {
        const answer = run(args, operation);
        if (!answer) return interpret(args);
        const checked = then(answer, (result) => (result.errors ? again() : result));
        return checked instanceof Promise ? checked.catch(again) : checked;
      } catch {
        // An argument that is refused, or a value that compiled code broke on.
        return again();
      }
    },
  };
}

/** `next` at once where there is nothing to wait for. */
function then(
  result: ExecutionResult | Promise<ExecutionResult>,
  next: (result: ExecutionResult) => ExecutionResult | Promise<ExecutionResult>,
): ExecutionResult | Promise<ExecutionResult> {
  return result instanceof Promise ? result.then(next) : next(result);
}
