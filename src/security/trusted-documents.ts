/** `TrustedDocuments`: the only documents that are executed, where a file of them is configured, and how requests name them. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { GatewayError } from '../errors.ts';
import { UnusableFile } from './watched-file.ts';

/** What of a request says which document is meant. */
export interface DocumentRequest {
  /** The document itself; empty where it is named instead. */
  readonly query?: unknown;
  /** An id of the file, or `sha256:` and the hash of the document. */
  readonly documentId?: unknown;
  /** `persistedQuery.sha256Hash` is the hash of the document. */
  readonly extensions?: unknown;
}

export interface TrustedDocuments {
  /** The text that a request means; null when it means none. FORBIDDEN when it names one that is not known. */
  readonly textOf: (request: DocumentRequest) => string | null;
  /** FORBIDDEN when the text is not one of the file. */
  readonly check: (text: string) => void;
}

/** Without a file: every document is as good as any other, and none has a name. */
export const ANY_DOCUMENT: TrustedDocuments = {
  textOf: (request) => {
    if (typeof request.query === 'string' && request.query !== '') return request.query;
    if (idOf(request) === null) return null;
    throw new GatewayError(
      'BAD_USER_INPUT',
      'Expected `query` to be a document: this gateway knows none by an id or a hash (TRUSTED_DOCUMENTS_FILE)',
    );
  },
  check: () => undefined,
};

/**
 * Reads the file: a JSON object of documents by id, as `npm run trusted-documents`, GraphQL Code Generator and Relay write
 * one. Rejects with an `UnusableFile` when it is none, or one of its documents cannot be executed.
 */
export async function readTrustedDocuments(
  path: string,
  /** Throws when a text is not a document that can be executed. */
  assertUsable: (text: string) => void,
): Promise<TrustedDocuments> {
  const documents = parse(await read(path), path);
  const problems = documents.flatMap(([id, text]) => {
    try {
      assertUsable(text);
      return [];
    } catch (error) {
      return [`TRUSTED_DOCUMENTS_FILE ${path}: the document ${id} cannot be executed: ${reasonOf(error)}`];
    }
  });
  if (problems.length > 0) throw new UnusableFile(problems);
  return createTrustedDocuments(new Map(documents));
}

/** `documents` by id. */
function createTrustedDocuments(documents: ReadonlyMap<string, string>): TrustedDocuments {
  const texts = new Set(documents.values());
  const byHash = new Map([...texts].map((text) => [hashOf(text), text]));
  const check = (text: string) => {
    if (!texts.has(text)) throw untrusted('the document that was sent is none of them');
  };
  return {
    check,
    textOf: (request) => {
      const id = idOf(request);
      const named = id === null ? undefined : (documents.get(id) ?? byHash.get(id.replace(/^sha256:/, '')));
      if (named !== undefined) return named;
      // Clients that name a document send its text as well the second time. It has to be a trusted one all the same.
      const { query } = request;
      if (typeof query === 'string' && query !== '') {
        check(query);
        return query;
      }
      if (id === null) return null;
      throw untrusted(`${JSON.stringify(id.slice(0, 100))} names none of them`);
    },
  };
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The id or hash that a request names its document by; null when it names none. */
function idOf({ documentId, extensions }: DocumentRequest): string | null {
  if (typeof documentId === 'string' && documentId !== '') return documentId;
  const { persistedQuery } = asObject(extensions);
  const { sha256Hash } = asObject(persistedQuery);
  return typeof sha256Hash === 'string' && sha256Hash !== '' ? sha256Hash : null;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function untrusted(what: string): GatewayError {
  return new GatewayError(
    'FORBIDDEN',
    `This gateway executes trusted documents only, and ${what}: expected one that was extracted from its clients (TRUSTED_DOCUMENTS_FILE)`,
  );
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UnusableFile([`TRUSTED_DOCUMENTS_FILE ${path} cannot be read: ${reasonOf(error)}`]);
  }
}

function parse(text: string, path: string): readonly (readonly [id: string, text: string])[] {
  const unusable = new UnusableFile([
    `TRUSTED_DOCUMENTS_FILE ${path} is not usable, expected a JSON object of documents by id`,
  ]);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw unusable;
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) throw unusable;
  return Object.entries(content).map(([id, document]: [string, unknown]) => {
    if (typeof document !== 'string') throw unusable;
    return [id, document];
  });
}

function reasonOf(error: unknown): string {
  const [first] = error instanceof AggregateError ? (error.errors as readonly unknown[]) : [error];
  return first instanceof Error ? first.message : String(first);
}
