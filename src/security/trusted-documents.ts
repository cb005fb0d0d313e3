/** `TrustedDocuments`: the only documents that are executed, where a file of them is configured, and how requests name them. */
import { createHash } from 'node:crypto';
import { type DocumentNode, GraphQLError, print } from 'graphql';
import { GatewayError } from '../errors.ts';
import { type ManifestDocument, readManifest } from './document-manifest.ts';
import { canonicalText, withTypenames } from './document-variants.ts';
import { UnusableFile } from './watched-file.ts';

/** What of a request says which document is meant. */
export interface DocumentRequest {
  /** The document itself; empty where it is named instead. */
  readonly query?: unknown;
  /** An id of the file, or `sha256:` and the hash of the document (GraphQL over HTTP, persisted documents). */
  readonly documentId?: unknown;
  /** An id of the file, as Relay's network layers send it. */
  readonly doc_id?: unknown;
  /** `persistedQuery.sha256Hash` is the hash of the document, or its id in Apollo's manifest. */
  readonly extensions?: unknown;
}

export interface TrustedDocuments {
  /** The text that a request means; null when it means none. Throws when it names one that is not known. */
  readonly textOf: (request: DocumentRequest) => string | null;
  /** FORBIDDEN when the text is not one of the file. `parse` reads the text, and throws when it is no document. */
  readonly check: (text: string, parse: () => DocumentNode) => void;
}

/** Without a file: every document is as good as any other, and none has a name. */
export const ANY_DOCUMENT: TrustedDocuments = {
  textOf: (request) => {
    if (typeof request.query === 'string' && request.query !== '') return request.query;
    if (persistedQueryOf(request) !== null) throw persistedQueryError('PersistedQueryNotSupported');
    if (idOf(request) === null) return null;
    throw new GatewayError(
      'BAD_USER_INPUT',
      'Expected `query` to be a document: this gateway knows none by an id or a hash (TRUSTED_DOCUMENTS_FILE)',
    );
  },
  check: () => undefined,
};

export interface DocumentFileOptions {
  /** Reads a text that is a document and can be executed; throws when it is none. */
  readonly readUsable: (text: string) => DocumentNode;
  /** Whether one document that cannot be executed makes the whole file unusable. It is left out otherwise. */
  readonly isStrict: boolean;
  /** Told of the documents that were left out: of each its id and what is wrong with it. */
  readonly onLeftOut: (problems: readonly string[]) => void;
}

/** Reads the content of the file. Throws an `UnusableFile` when it is no manifest or, if strict, one of its documents is unusable. */
export function parseTrustedDocuments(content: string, options: DocumentFileOptions): TrustedDocuments {
  const texts = new TrustedTexts();
  const problems = readManifest(content).flatMap((document) => {
    try {
      texts.add(document, options.readUsable(document.text));
      return [];
    } catch (error) {
      return [
        `the document ${JSON.stringify(document.id.slice(0, 100))} cannot be executed: ${reasonOf(error)}`,
      ];
    }
  });
  if (problems.length > 0 && options.isStrict) throw new UnusableFile(problems);
  if (problems.length > 0) options.onLeftOut(problems);

  return {
    check: (text, parse) => {
      if (!texts.has(text, parse)) throw untrusted('the document that was sent is none of them');
    },
    textOf: (request) => {
      const hash = persistedQueryOf(request);
      const id = idOf(request) ?? hash;
      const named = id === null ? undefined : texts.named(id);
      if (named !== undefined) return named;
      // Clients that name a document send its text as well the second time. It has to be a trusted one all the same.
      const { query } = request;
      if (typeof query === 'string' && query !== '') return query;
      if (id === null) return null;
      // Who only shortens its requests sends the text next, which may be one that is known.
      if (id === hash) throw persistedQueryError('PersistedQueryNotFound');
      throw untrusted(`${JSON.stringify(id.slice(0, 100))} names none of them`);
    },
  };
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The texts that are trusted, by every name of theirs, in every form in which clients send them. */
class TrustedTexts {
  readonly #byId = new Map<string, string>();
  readonly #byHash = new Map<string, string>();
  readonly #texts = new Set<string>();
  readonly #canonical = new Set<string>();

  add({ id, text }: ManifestDocument, document: DocumentNode): void {
    if ((this.#byId.get(id) ?? text) !== text) throw new Error('its id names another one before it');
    const cached = withTypenames(document);
    this.#byId.set(id, text);
    for (const variant of [text, print(document), print(cached)]) {
      this.#texts.add(variant);
      this.#byHash.set(hashOf(variant), variant);
    }
    this.#canonical.add(canonicalText(document)).add(canonicalText(cached));
  }

  /** By an id of the file, or a hash. */
  named(id: string): string | undefined {
    return this.#byId.get(id) ?? this.#byHash.get(id.replace(/^sha256:/, ''));
  }

  has(text: string, parse: () => DocumentNode): boolean {
    if (this.#texts.has(text)) return true;
    try {
      return this.#canonical.has(canonicalText(parse()));
    } catch {
      // What is no document is none of them, whatever is wrong with it.
      return false;
    }
  }
}

/** The id that a request names its document by; null when it has none. */
function idOf({ documentId, doc_id: relayId }: DocumentRequest): string | null {
  return nonEmpty(documentId) ?? nonEmpty(relayId);
}

/** The hash of an automatic persisted query; null when there is none. */
function persistedQueryOf({ extensions }: DocumentRequest): string | null {
  const { persistedQuery } = asObject(extensions);
  return nonEmpty(asObject(persistedQuery)['sha256Hash']);
}

function nonEmpty(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/**
 * What clients of automatic persisted queries look for, word for word, to send the text instead. They read it in a 200 as
 * well as in an error status.
 */
function persistedQueryError(message: 'PersistedQueryNotFound' | 'PersistedQueryNotSupported'): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400, spec: true } },
  });
}

function untrusted(what: string): GatewayError {
  return new GatewayError(
    'FORBIDDEN',
    `This gateway executes trusted documents only, and ${what}: expected one that was extracted from its clients (TRUSTED_DOCUMENTS_FILE)`,
  );
}

function reasonOf(error: unknown): string {
  const [first] = error instanceof AggregateError ? (error.errors as readonly unknown[]) : [error];
  return first instanceof Error ? first.message : String(first);
}
