/** `Documents`: what the text of a document says, each read once and remembered. */
import {
  type DocumentNode,
  getOperationAST,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { BoundedMap } from '../bounded-map.ts';
import type { ReadDocument } from './operation.ts';

export interface Documents {
  /** Throws what `presentErrors` can present, one or an `AggregateError` of many. */
  readonly read: (text: string, operationName: string | null) => ReadDocument;
}

export interface DocumentsOptions {
  /** Throws when the text is no document. */
  readonly parse: (text: string) => DocumentNode;
  /** Empty when the document may be executed. */
  readonly validate: (document: DocumentNode) => readonly Error[];
  /** Documents that are remembered. */
  readonly cacheSize: number;
}

const NAME = /^[A-Za-z_]\w*$/;

export function createDocuments({ parse, validate, cacheSize }: DocumentsOptions): Documents {
  const known = new BoundedMap<ReadDocument>({ maxEntries: cacheSize });
  const read = (text: string, operationName: string | null): ReadDocument => {
    const document = parse(text);
    const errors = validate(document);
    if (errors.length > 0) throw new AggregateError(errors);
    const operation = getOperationAST(document, operationName);
    if (!operation) throw noSuchOperation();
    return {
      text,
      document,
      operationName,
      operation: operation.operation,
      isIntrospection: isIntrospection(operation),
    };
  };
  return {
    read: (text, operationName) => {
      if (operationName !== null && !NAME.test(operationName)) throw noSuchOperation();
      // A name holds no space, so no other pair has this key.
      const key = `${operationName ?? ''} ${text}`;
      const remembered = known.get(key);
      if (remembered) return remembered;
      const fresh = read(text, operationName);
      known.set(key, fresh);
      return fresh;
    },
  };
}

function noSuchOperation(): GraphQLError {
  return new GraphQLError('Expected `operationName` to name one of the operations of the document');
}

/** Whether every field at the top of the operation is about the schema itself. */
function isIntrospection({ selectionSet }: OperationDefinitionNode): boolean {
  return selectionSet.selections.every(
    (selection) => selection.kind === Kind.FIELD && selection.name.value.startsWith('__'),
  );
}
