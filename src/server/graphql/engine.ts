/** Yoga as the engine, without its HTTP layer: what reads, validates and executes documents, with the hooks of its plugins around it. */
import {
  type DocumentNode,
  execute as interpret,
  type GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
  validate,
  type ValidationRule,
} from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { boundedArguments } from '../../security/argument-bounds.ts';
import { type DocumentBounds, parseBounded } from '../../security/document-bounds.ts';
import type { ExecutedResult, Execute } from './operation.ts';
import { conditionsAtSubscriptionRoot } from '../subscriptions/subscription-root.ts';

export interface EngineOptions {
  readonly schema: GraphQLSchema;
  /** What executes a document that has been read and let in. @default graphql-js */
  readonly execute?: Execute;
  /** Whether the graph describes itself. @default true */
  readonly hasIntrospection?: boolean;
  /** The largest document that is read. */
  readonly documentBounds: DocumentBounds;
  /** Plugins of yoga, the outermost first. @default none */
  readonly plugins?: readonly Plugin[];
}

export interface Engine {
  /** Throws when the text is no document. */
  readonly parse: (text: string) => DocumentNode;
  /** Empty when the document may be executed. */
  readonly validate: (document: DocumentNode) => readonly GraphQLError[];
  readonly execute: Execute;
}

/** Mistakes of a document that are told: whoever has made more mends these first. */
const MAX_VALIDATION_ERRORS = 20;

export function createEngine(options: EngineOptions): Engine {
  const { schema, execute = interpret, hasIntrospection = true, documentBounds, plugins = [] } = options;
  const { getEnveloped } = createYoga({
    schema,
    plugins: [useOurs(execute, documentBounds), ...plugins],
    // Documents are remembered when they have been read, errors and all.
    parserAndValidationCache: false,
    // What yoga would log is either the client's fault or logged by `presentErrors`, which masks too.
    logging: false,
    maskedErrors: false,
    multipart: false,
    batching: false,
    cors: false,
    graphiql: false,
    landingPage: false,
  });
  // Beside those of the specification.
  const rules = hasIntrospection ? [] : [NoSchemaIntrospectionCustomRule];
  return {
    parse: (text) => getEnveloped({}).parse(text) as DocumentNode,
    validate: (document) => {
      const conditions = conditionsAtSubscriptionRoot(document);
      if (conditions.length > 0) return conditions;
      return getEnveloped({}).validate(schema, document, rules) as readonly GraphQLError[];
    },
    execute: async (args) => {
      const enveloped = getEnveloped(args.contextValue as object);
      const contextValue: unknown = await enveloped.contextFactory();
      return (await enveloped.execute({ ...args, contextValue })) as ExecutedResult;
    },
  };
}

/** Reads documents within bounds, and executes them as we are told: what stands around both is yoga's. */
function useOurs(execute: Execute, bounds: DocumentBounds): Plugin {
  return {
    onParse: ({ setParseFn }) => {
      setParseFn((text: string) => parseBounded(text, bounds));
    },
    onValidate: ({ setValidationFn }) => {
      // Envelop does not know what it passes on.
      setValidationFn(validateBounded);
    },
    onExecute: ({ setExecuteFn }) => {
      // Envelop passes on what it is given, the document as it was read included.
      setExecuteFn(execute as typeof interpret);
    },
  };
}

/** As graphql does, with our own rules beside, and few mistakes told. */
function validateBounded(
  schema: GraphQLSchema,
  document: DocumentNode,
  rules: readonly ValidationRule[] = specifiedRules,
): readonly GraphQLError[] {
  return validate(schema, document, [...rules, boundedArguments], { maxErrors: MAX_VALIDATION_ERRORS });
}
