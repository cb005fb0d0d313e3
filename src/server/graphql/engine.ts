/** `createEngine`: reads, validates and executes documents within bounds. Plugins stand around it, see `plugins/plugin-engine.ts`. */
import {
  type DocumentNode,
  execute as interpret,
  type GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
  validate,
} from 'graphql';
import { boundedArguments } from '../../security/argument-bounds.ts';
import { type DocumentBounds, parseBounded } from '../../security/document-bounds.ts';
import { conditionsAtSubscriptionRoot } from '../subscriptions/subscription-root.ts';
import type { ExecuteOperation } from './operation.ts';

export interface EngineOptions {
  readonly schema: GraphQLSchema;
  /** What executes a document that has been read and admitted. @default graphql-js */
  readonly execute?: ExecuteOperation;
  /** Whether the graph describes itself. @default true */
  readonly hasIntrospection?: boolean;
  /** The largest document that is read. May change: then documents that were read before have to be forgotten. */
  readonly documentBounds: () => DocumentBounds;
}

export interface Engine {
  /** Throws when the text is no document. */
  readonly parse: (text: string) => DocumentNode;
  /** Empty when the document may be executed. */
  readonly validate: (document: DocumentNode) => readonly GraphQLError[];
  readonly execute: ExecuteOperation;
}

/** Errors that one validation reports: more would not help a client, who corrects these first. */
const MAX_VALIDATION_ERRORS = 20;

export function createEngine(options: EngineOptions): Engine {
  const { schema, execute = interpret, hasIntrospection = true, documentBounds } = options;
  const rules = [
    ...(hasIntrospection ? [] : [NoSchemaIntrospectionCustomRule]),
    ...specifiedRules,
    boundedArguments,
  ];
  return {
    parse: (text) => parseBounded(text, documentBounds()),
    validate: (document) => {
      const conditions = conditionsAtSubscriptionRoot(document);
      if (conditions.length > 0) return conditions;
      return validate(schema, document, rules, { maxErrors: MAX_VALIDATION_ERRORS });
    },
    execute,
  };
}
