/** The engine of yoga, envelop, without yoga's HTTP layer: what reads and executes documents, with hooks for plugins around it. */
import { envelop, type Plugin, useEngine, useSchema } from '@envelop/core';
import {
  type DocumentNode,
  execute as interpret,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
  validate,
} from 'graphql';
import { type DocumentBounds, parseBounded } from '../security/document-bounds.ts';
import type { ExecutedResult, Execute } from './operation.ts';

export interface EngineOptions {
  readonly schema: GraphQLSchema;
  /** What executes a document that has been read and let in. @default graphql-js */
  readonly execute?: Execute;
  /** Whether the graph describes itself. @default true */
  readonly hasIntrospection?: boolean;
  /** The largest document that is read. */
  readonly documentBounds: DocumentBounds;
  /** Envelop plugins, the outermost first. @default none */
  readonly plugins?: readonly Plugin[];
}

export interface Engine {
  /** Throws when the text is no document. */
  readonly parse: (text: string) => DocumentNode;
  /** Empty when the document may be executed. */
  readonly validate: (document: DocumentNode) => readonly GraphQLError[];
  readonly execute: Execute;
}

export function createEngine(options: EngineOptions): Engine {
  const { schema, execute = interpret, hasIntrospection = true, documentBounds, plugins = [] } = options;
  const getEnveloped = envelop({
    plugins: [
      useEngine({
        parse: (text: string) => parseBounded(text, documentBounds),
        validate,
        // Envelop passes on what it is given, the document as it was read included.
        execute: execute as typeof interpret,
        specifiedRules: hasIntrospection
          ? specifiedRules
          : [...specifiedRules, NoSchemaIntrospectionCustomRule],
      }),
      useSchema(schema),
      ...plugins,
    ],
  });
  return {
    parse: (text) => getEnveloped({}).parse(text) as DocumentNode,
    validate: (document) =>
      (getEnveloped({}).validate(schema, document) as readonly GraphQLError[]).map(asInvalid),
    execute: async (args) => {
      const enveloped = getEnveloped(args.contextValue as object);
      const contextValue: unknown = await enveloped.contextFactory();
      return (await enveloped.execute({ ...args, contextValue })) as ExecutedResult;
    },
  };
}

/** What a rule says has the code of a rule, unless it has one of its own. */
function asInvalid(error: GraphQLError): GraphQLError {
  const { message, nodes, extensions } = error;
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    originalError: error.originalError ?? null,
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED', ...extensions },
  });
}
