/** The GraphQL engine: yoga and its ordered plugins, for requests over HTTP and for documents that come otherwise. */
import {
  type DocumentNode,
  type ExecutionResult,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationTypeNode,
} from 'graphql';
import {
  _createLRUCache as createDocumentCache,
  createYoga,
  type Plugin,
  type YogaInitialContext,
} from 'graphql-yoga';
import { errorBody, type HttpRequest, REQUEST_ID_HEADER, type Route } from './http.ts';
import type { Caller } from '../security/caller.ts';
import type { Authenticate, CreateContext, OperationContext } from './operation-context.ts';
import type { PresentErrors } from './present-error.ts';

export const GRAPHQL_PATH = '/graphql';

export interface GraphqlOptions {
  readonly schema: GraphQLSchema;
  readonly authenticate: Authenticate;
  readonly createContext: CreateContext;
  readonly presentErrors: PresentErrors;
  /** Parsed and validated documents that are remembered. */
  readonly documentCacheSize: number;
}

/** What the engine is told of a request beside the request itself. */
interface Asked extends Record<string, unknown> {
  /** Who asks. Only those who ask for more than the schema have to be somebody. */
  readonly caller: () => Promise<Caller>;
}

/** A document that may be executed. */
export interface ReadDocument {
  readonly document: DocumentNode;
  readonly operation: OperationTypeNode;
}

/** A query or mutation that came by another way than HTTP. */
export interface OperationRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
  readonly caller: Caller;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

export interface Graphql {
  /** Answers queries and mutations over HTTP, by the GraphQL-over-HTTP specification. */
  readonly route: Route;
  /** Parses and validates, both remembered. Throws what `presentErrors` can present, one or an `AggregateError` of many. */
  readonly read: (query: string, operationName: string | null) => ReadDocument;
  /** Executes a query or mutation under the same rules as `route`. */
  readonly execute: (request: OperationRequest) => Promise<ExecutionResult>;
}

export function createGraphql(options: GraphqlOptions): Graphql {
  const { schema, authenticate, presentErrors } = options;
  const yoga = createYoga<Asked>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    plugins: [useJsonOnly(), useContext(options), usePresentErrors(options)],
    parserAndValidationCache: {
      documentCache: createDocumentCache({ max: options.documentCacheSize }),
      errorCache: createDocumentCache({ max: options.documentCacheSize }),
    },
    // The body is bounded where it is read, before it gets here.
    maxRequestBodySize: false,
    // What yoga would log is either the client's fault or logged by `presentErrors`.
    logging: false,
    // `presentErrors` masks; yoga's own masking would hide the codes.
    maskedErrors: false,
    multipart: false,
    batching: false,
    cors: false,
    graphiql: false,
    landingPage: false,
  });
  const read: Graphql['read'] = (query, operationName) => {
    const engine = yoga.getEnveloped({});
    const document = engine.parse(query) as DocumentNode;
    const errors = engine.validate(schema, document) as readonly Error[];
    if (errors.length > 0) throw new AggregateError(errors);
    const operation = getOperationAST(document, operationName);
    if (!operation)
      throw new GraphQLError('Expected `operationName` to name one of the operations of the document');
    return { document, operation: operation.operation };
  };
  return {
    read,
    route: async ({ method, query, headers, body: requestBody, requestId, signal }) => {
      const init = {
        method,
        headers: { ...headersOf(headers), [REQUEST_ID_HEADER]: requestId },
        ...(requestBody === null ? {} : { body: requestBody }),
        signal,
      };
      const asked = { caller: () => authenticate({ authorization: headers.authorization ?? null }) };
      const response = await yoga.fetch(`http://gateway${GRAPHQL_PATH}${query}`, init, asked);
      const body = await response.text();
      // The HTTP server counts what it sends.
      response.headers.delete('content-length');
      return { status: response.status, headers: Object.fromEntries(response.headers), body };
    },
    execute: async ({ query, variables, operationName, caller, requestId, signal }) => {
      const headers = { [REQUEST_ID_HEADER]: requestId };
      const request = new yoga.fetchAPI.Request(`http://gateway${GRAPHQL_PATH}`, { headers, signal });
      try {
        const { document } = read(query, operationName);
        const engine = yoga.getEnveloped({ request, caller: () => Promise.resolve(caller) });
        const contextValue: unknown = await engine.contextFactory();
        const args = { schema, document, contextValue, variableValues: variables, operationName };
        const result = (await engine.execute(args)) as ExecutionResult;
        return result.errors ? { ...result, errors: presentErrors(result.errors, requestId) } : result;
      } catch (error) {
        return { errors: presentErrors([error], requestId) };
      }
    },
  };
}

/** Refuses every body that a page of another site could send without asking first: forms and plain text. */
function useJsonOnly(): Plugin {
  return {
    onRequestParse: (event) => {
      const { request, fetchAPI } = event;
      if (request.method !== 'POST' || isJson(request.headers.get('content-type'))) return;
      event.endResponse(
        new fetchAPI.Response(errorBody('BAD_USER_INPUT', 'Expected a body of type application/json'), {
          status: 415,
          headers: { 'Content-Type': 'application/json; charset=utf-8', Accept: 'application/json' },
        }),
      );
    },
  };
}

/** Whether a body of this type can only be sent by a program that the gateway's own origin, or nobody, has to allow. */
export function isJson(contentType: string | null | undefined): boolean {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase();
  return mediaType === 'application/json' || mediaType === 'application/graphql-response+json';
}

/** Makes the context of an operation and lets go of it when the operation has ended. Questions about the schema need none. */
function useContext({
  createContext,
}: Pick<GraphqlOptions, 'createContext'>): Plugin<OperationContext, Asked> {
  return {
    onExecute: async ({ args, extendContext }) => {
      if (isIntrospection(args.document as DocumentNode, args.operationName as string | undefined))
        return undefined;
      const { request, caller } = args.contextValue as unknown as YogaInitialContext & Asked;
      const context = createContext({ caller: await caller(), signal: request.signal });
      extendContext(context);
      return {
        onExecuteDone: () => {
          context[Symbol.dispose]();
        },
      };
    },
  };
}

/** Makes every error of an answer one of the closed list. */
function usePresentErrors({ presentErrors }: Pick<GraphqlOptions, 'presentErrors'>): Plugin {
  return {
    onResultProcess: (event) => {
      // Batches are refused and streams are not served here, so the result is a single one.
      const result = event.result as ExecutionResult;
      if (!result.errors) return;
      const requestId = event.request.headers.get(REQUEST_ID_HEADER) ?? '';
      event.setResult({ ...result, errors: presentErrors(result.errors, requestId) });
    },
  };
}

/** Whether every field at the top of the operation is about the schema itself. */
function isIntrospection(document: DocumentNode, operationName: string | null | undefined): boolean {
  const selections = getOperationAST(document, operationName)?.selectionSet.selections ?? [];
  return selections.every(
    (selection) => selection.kind === Kind.FIELD && selection.name.value.startsWith('__'),
  );
}

/** Headers as fetch takes them: repeated ones joined. */
function headersOf(headers: HttpRequest['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
