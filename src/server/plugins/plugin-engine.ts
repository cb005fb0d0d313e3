/** `createPluginEngine`: Yoga, which calls the hooks of plugins, with the gateway's own steps innermost. */
import type { GraphQLError, GraphQLSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { OperationStart } from '../graphql/operation-steps.ts';
import type { OperationArgs } from './hooks.ts';
import { createPluginContext } from './create-plugin-context.ts';
import type { PluginContext } from './plugin-context.ts';
import { PluggedOperation, type UnpluggedSteps } from './plugged-operation.ts';

export interface PluginEngine extends AsyncDisposable {
  readonly begin: (start: OperationStart, steps: UnpluggedSteps) => PluggedOperation;
}

/** Where the hooks find their operation: in the context, which plugins may copy but do not make. */
const OPERATION = Symbol('operation');

export function createPluginEngine(schema: GraphQLSchema, plugins: readonly object[]): PluginEngine {
  const { getEnveloped } = createYoga({
    schema,
    // They were looked at when they were loaded: all that they want to be called for is called.
    plugins: [useSteps(), ...plugins],
    // Documents are cached when they have been read, with their errors.
    parserAndValidationCache: false,
    // What Yoga would log is either the client's fault or logged by `presentErrors`, which masks too.
    logging: false,
    maskedErrors: false,
    // What concerns HTTP is served in front of it.
    multipart: false,
    batching: false,
    cors: false,
    graphiql: false,
    landingPage: false,
  });
  const check = (current: unknown) => {
    if (current !== schema) throw new Error('A plugin replaces the schema: expected it to stay as it is');
  };
  check(getEnveloped({}).schema);
  return {
    begin: (start, steps) => {
      const context = createPluginContext(start);
      const enveloped = getEnveloped(context);
      check(enveloped.schema);
      const operation = new PluggedOperation(enveloped, context, steps);
      context[OPERATION] = operation;
      return operation;
    },
    async [Symbol.asyncDispose]() {
      for (const plugin of plugins) await (plugin as { readonly onDispose?: () => unknown }).onDispose?.();
    },
  };
}

/** What of an operation is the gateway's, as a plugin before all others, which find it within theirs. */
function useSteps(): Plugin {
  return {
    onParse: ({ context, setParseFn }) => {
      const operation = operationOf(context);
      if (operation) setParseFn((source: string) => operation.onParse(source));
    },
    onValidate: ({ context, setValidationFn }) => {
      const operation = operationOf(context);
      if (operation)
        setValidationFn(((...[schema, document, rules]) =>
          operation.onValidate(schema, document, rules)) satisfies Validate);
    },
    onExecute: ({ args, setExecuteFn }) => {
      const operation = operationOf(args.contextValue);
      if (operation) setExecuteFn((changed: OperationArgs) => operation.onExecute(changed));
    },
    onSubscribe: ({ args, setSubscribeFn }) => {
      const operation = operationOf(args.contextValue);
      if (operation) setSubscribeFn((changed: OperationArgs) => operation.onSubscribe(changed));
    },
  };
}

type Validate = (...args: Parameters<PluggedOperation['onValidate']>) => readonly GraphQLError[];

function operationOf(context: unknown): PluggedOperation | undefined {
  return (context as PluginContext | undefined)?.[OPERATION] as PluggedOperation | undefined;
}
