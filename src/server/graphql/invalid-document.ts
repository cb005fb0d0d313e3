/** `InvalidDocument`: the validation errors of a document, unchanged, so that their locations are worked out once. */
import { type DocumentNode, GraphQLError } from 'graphql';

export class InvalidDocument extends AggregateError {
  readonly document: DocumentNode;

  constructor(errors: readonly Error[], document: DocumentNode) {
    super(errors);
    this.name = 'InvalidDocument';
    this.document = document;
  }

  get graphqlErrors(): readonly GraphQLError[] {
    return this.errors.filter((error) => error instanceof GraphQLError);
  }
}

/** A document has no operation of the name that was asked for. */
export class NoSuchOperation extends GraphQLError {
  /** Null where no document can have one of such a name. */
  readonly document: DocumentNode | null;

  constructor(document: DocumentNode | null) {
    super('Expected `operationName` to name one of the operations of the document');
    this.document = document;
  }
}

/** The document that was refused; null where the text could not be parsed. */
export function parsedDocumentOf(reason: unknown): DocumentNode | null {
  return reason instanceof InvalidDocument || reason instanceof NoSuchOperation ? reason.document : null;
}
