/** `Documents`: what the text of a document says, remembered of those that come again. */
import { type DocumentNode, getOperationAST, Kind, type OperationDefinitionNode } from 'graphql';
import { BoundedMap } from '../../memory/bounded-map.ts';
import { createDoorkeeper } from '../../memory/doorkeeper.ts';
import { InvalidDocument, NoSuchOperation } from './invalid-document.ts';
import type { ReadDocument } from './operation.ts';

export interface Documents {
  /**
   * Throws what `presentErrors` can present, one or an `AggregateError` of many. `key` is that of `documentKey`, for who
   * has kept it.
   */
  readonly read: (text: string, operationName: string | null, key?: string) => ReadDocument;
  /** Whether reading what has this key costs nothing. */
  readonly isRemembered: (key: string) => boolean;
  /** Forgets what did not come again since it was remembered, or since this was last asked for. */
  readonly forgetUnused: () => void;
  /** Forgets all of it: other documents may be executed from now on. */
  readonly clear: () => void;
}

/** What a document and the operation that is meant are remembered by. A name holds no space, so no other pair has this key. */
export function documentKey(text: string, operationName: string | null): string {
  return `${operationName ?? ''} ${text}`;
}

export interface DocumentsOptions {
  /** Throws when the text is no document. */
  readonly parse: (text: string) => DocumentNode;
  /** Empty when the document may be executed. */
  readonly validate: (document: DocumentNode) => readonly Error[];
  readonly cache: DocumentCacheBounds;
  /** Throws when the text is none of those that may be executed. `parse` reads it, and throws as the other one does. */
  readonly check: (text: string, parse: () => DocumentNode) => void;
}

export interface DocumentCacheBounds {
  /** Documents that are remembered, and as many that were refused. */
  readonly maxDocuments: number;
  /** The memory that either take at most, in bytes. */
  readonly maxBytes: number;
}

/** Why a text is not executed. */
interface Refusal {
  readonly reason: unknown;
}

const NAME = /^[A-Za-z_]\w*$/;

/** Its nodes and itself, at most: measured where every token is a field. Numbers in a list take half of it. */
const BYTES_PER_TOKEN = 520;
/** The text is kept with what was read and as the key, and may have characters beyond Latin-1. */
const BYTES_PER_CHARACTER = 4;
/** At least what graphql takes for tokens: words in texts and comments count, too. */
const TOKEN = /\w{1,200}|[^\s\w]/g;

const sizeOf = (_read: unknown, key: string) =>
  key.length * BYTES_PER_CHARACTER + (key.match(TOKEN)?.length ?? 0) * BYTES_PER_TOKEN;

export function createDocuments({ parse, validate, cache, check }: DocumentsOptions): Documents {
  const bounds = { maxEntries: cache.maxDocuments, maxBytes: cache.maxBytes, size: sizeOf };
  const known = new BoundedMap<ReadDocument>(bounds);
  // Apart from the others: who sends nothing but nonsense makes nobody's document forgotten.
  const refused = new BoundedMap<Refusal>(bounds);
  const sightings = createDoorkeeper();
  const read = (text: string, operationName: string | null): ReadDocument => {
    let parsed: DocumentNode | undefined;
    const parseOnce = () => (parsed ??= parse(text));
    check(text, parseOnce);
    const document = parseOnce();
    const errors = validate(document);
    if (errors.length > 0) throw new InvalidDocument(errors, document);
    const operation = getOperationAST(document, operationName);
    if (!operation) throw new NoSuchOperation(document);
    return {
      text,
      document,
      operationName,
      operation: operation.operation,
      isIntrospection: isIntrospection(operation),
    };
  };
  return {
    isRemembered: (key) => known.get(key) !== undefined || refused.get(key) !== undefined,
    forgetUnused: () => {
      known.forgetUnused();
      refused.forgetUnused();
    },
    clear: () => {
      known.clear();
      refused.clear();
    },
    read: (text, operationName, key = documentKey(text, operationName)) => {
      if (operationName !== null && !NAME.test(operationName)) throw new NoSuchOperation(null);
      const remembered = known.get(key);
      if (remembered) return remembered;
      const refusal = refused.get(key);
      if (refusal) throw refusal.reason;
      const hasComeBefore = sightings.see(key);
      try {
        const fresh = read(text, operationName);
        if (hasComeBefore) known.set(key, fresh);
        return fresh;
      } catch (reason) {
        if (hasComeBefore) refused.set(key, { reason });
        throw reason;
      }
    },
  };
}

/** Whether every field at the top of the operation is about the schema itself. */
function isIntrospection({ selectionSet }: OperationDefinitionNode): boolean {
  return selectionSet.selections.every(
    (selection) => selection.kind === Kind.FIELD && selection.name.value.startsWith('__'),
  );
}
