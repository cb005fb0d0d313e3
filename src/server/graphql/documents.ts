/** `Documents`: parses and validates documents, and caches those that are sent repeatedly. */
import { type DocumentNode, getOperationAST, Kind, type OperationDefinitionNode } from 'graphql';
import { BoundedMap } from '../../memory/bounded-map.ts';
import { createDoorkeeper } from '../../memory/doorkeeper.ts';
import { InvalidDocument, NoSuchOperation } from './invalid-document.ts';
import type { ReadDocument } from './operation.ts';

export interface Documents {
  /**
   * Throws what `presentErrors` can present, one or an `AggregateError` of many. `key` is that of `documentKey`, for
   * callers that have it already.
   */
  readonly read: (text: string, operationName: string | null, key?: string) => ReadDocument;
  /** Whether the document with this key is cached: then reading it costs nothing. */
  readonly isCached: (key: string) => boolean;
  /** Evicts what was not read since it was cached, or since this was last called. */
  readonly evictUnused: () => void;
  /** Evicts everything, because the set of trusted documents has changed. */
  readonly clear: () => void;
}

/** The cache key of a document and the operation in it. A name holds no space, so no other pair has this key. */
export function documentKey(text: string, operationName: string | null): string {
  return `${operationName ?? ''} ${text}`;
}

export interface DocumentsOptions {
  /** Throws when the text is no document. */
  readonly parse: (text: string) => DocumentNode;
  /** Empty when the document may be executed. */
  readonly validate: (document: DocumentNode) => readonly Error[];
  readonly cache: DocumentCacheBounds;
  /** Throws when the text is not a trusted document. `parse` parses it, and throws when it is no document. */
  readonly check: (text: string, parse: () => DocumentNode) => void;
}

export interface DocumentCacheBounds {
  /** The most documents that are cached, and as many refusals. */
  readonly maxDocuments: number;
  /** The most memory that either takes, in bytes. */
  readonly maxBytes: number;
}

/** Why a text is not executed. */
interface Refusal {
  readonly reason: unknown;
}

const NAME = /^[A-Za-z_]\w*$/;

/** The token and its AST nodes, at most: measured on documents where every token is a field. Numbers in a list take half. */
const BYTES_PER_TOKEN = 520;
/** The text is held twice, in the parsed document and as the key, and may have characters beyond Latin-1. */
const BYTES_PER_CHARACTER = 4;
/** Finds at least as many tokens as graphql does: words in strings and comments count, too. */
const TOKEN = /\w{1,200}|[^\s\w]/g;

const sizeOf = (_read: unknown, key: string) =>
  key.length * BYTES_PER_CHARACTER + (key.match(TOKEN)?.length ?? 0) * BYTES_PER_TOKEN;

export function createDocuments({ parse, validate, cache, check }: DocumentsOptions): Documents {
  const bounds = { maxEntries: cache.maxDocuments, maxBytes: cache.maxBytes, size: sizeOf };
  const cached = new BoundedMap<ReadDocument>(bounds);
  // In a cache of their own: a client that sends invalid documents evicts no valid one.
  const cachedRefusals = new BoundedMap<Refusal>(bounds);
  const doorkeeper = createDoorkeeper();
  const read = (text: string, operationName: string | null, key: string): ReadDocument => {
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
      key,
      document,
      operationName,
      operation: operation.operation,
      isIntrospection: isIntrospection(operation),
    };
  };
  return {
    isCached: (key) => cached.get(key) !== undefined || cachedRefusals.get(key) !== undefined,
    evictUnused: () => {
      cached.evictUnused();
      cachedRefusals.evictUnused();
    },
    clear: () => {
      cached.clear();
      cachedRefusals.clear();
    },
    read: (text, operationName, key = documentKey(text, operationName)) => {
      if (operationName !== null && !NAME.test(operationName)) throw new NoSuchOperation(null);
      const found = cached.get(key);
      if (found) return found;
      const refusal = cachedRefusals.get(key);
      if (refusal) throw refusal.reason;
      const isRepeated = doorkeeper.see(key);
      try {
        const fresh = read(text, operationName, key);
        if (isRepeated) cached.set(key, fresh);
        return fresh;
      } catch (reason) {
        if (isRepeated) cachedRefusals.set(key, { reason });
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
