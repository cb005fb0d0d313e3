/** The GraphQL engine: the one pipeline that every query and mutation takes, with yoga and its plugins inside. */
import type { ExecutionResult, GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Credentials } from '../security/authenticate.ts';
import type { Caller } from '../security/caller.ts';
import { type DocumentBounds, parseBounded } from '../security/document-bounds.ts';
import { Answer } from './answer.ts';
import { createDocuments, type DocumentCacheBounds, type Documents } from './documents.ts';
import type { Admission, Admit, Execute, ExecutedResult, Operation, ReadDocument } from './operation.ts';
import type { Authenticate, CreateContext, OperationContext } from './operation-context.ts';
import type { PresentErrors } from './present-error.ts';

export const GRAPHQL_PATH = '/graphql';

export interface GraphqlOptions {
  readonly schema: GraphQLSchema;
  readonly authenticate: Authenticate;
  readonly createContext: CreateContext;
  readonly presentErrors: PresentErrors;
  /** Decides before each execution, and is told after it. @default everything is let in */
  readonly admit?: Admit;
  /** What executes a document that has been read and let in. @default yoga's executor */
  readonly execute?: Execute;
  /** The largest document that is read. */
  readonly documentBounds: DocumentBounds;
  readonly documentCache: DocumentCacheBounds;
}

export interface Graphql extends Documents {
  /** Who asks; null when they present nothing that lets them in, which is refused later when it matters. */
  readonly identify: (credentials: Credentials) => Promise<Identity>;
  /** Lets in, executes and answers a query or mutation. Never fails: errors are part of the answer. */
  readonly answer: (operation: Operation) => Promise<Answer>;
}

/** Who asks, or why nobody is let in. */
export type Identity =
  { readonly kind: 'caller'; readonly caller: Caller } | { readonly kind: 'nobody'; readonly error: unknown };

export function createGraphql(options: GraphqlOptions): Graphql {
  const { schema, authenticate, admit = letIn, presentErrors } = options;
  const yoga = createEngine(schema);
  const execute = options.execute ?? executeWith(yoga);
  const documents = createDocuments({
    parse: (text) => parseBounded(text, options.documentBounds),
    validate: (document) => yoga.getEnveloped({}).validate(schema, document) as readonly Error[],
    cache: options.documentCache,
  });

  const executed = async (operation: Operation, admission: Admission): Promise<Answer> => {
    const { read, variables: variableValues, caller, signal, requestId } = operation;
    using context = caller ? options.createContext({ caller, signal }) : null;
    try {
      const { document, operationName } = read;
      const result = await execute({
        schema,
        document,
        contextValue: context ?? {},
        variableValues,
        operationName,
        read,
      });
      return answerOf(result, { presentErrors, requestId, report: admission.report?.(context) });
    } finally {
      admission.settle(context);
    }
  };

  return {
    read: documents.read,
    identify: (credentials) =>
      authenticate(credentials).then(
        (caller) => ({ kind: 'caller', caller }),
        (error: unknown) => ({ kind: 'nobody', error }),
      ),
    answer: async (operation) => {
      try {
        return await executed(operation, await admit(operation));
      } catch (error) {
        return new Answer({ errors: presentErrors([error], operation.requestId) });
      }
    },
  };
}

/** Who may ask this; null when it is a question about the schema from somebody who is let in nowhere. Throws otherwise. */
export function callerOf(identity: Identity, { isIntrospection }: ReadDocument): Caller | null {
  if (identity.kind === 'caller') return identity.caller;
  if (isIntrospection) return null;
  throw identity.error;
}

const letIn: Admit = () => ({ settle: () => undefined });

/** Yoga without its HTTP layer: its parser, validation and executor, with the hooks of its plugins around them. */
function createEngine(schema: GraphQLSchema) {
  return createYoga({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
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
}

function executeWith(yoga: ReturnType<typeof createEngine>): Execute {
  return async ({ read: _read, ...args }) => {
    const engine = yoga.getEnveloped(args.contextValue as OperationContext);
    const contextValue: unknown = await engine.contextFactory();
    return (await engine.execute({ ...args, contextValue })) as ExecutedResult;
  };
}

function answerOf(
  { stringify, ...result }: ExecutedResult,
  given: {
    readonly presentErrors: PresentErrors;
    readonly requestId: string;
    readonly report: Readonly<Record<string, unknown>> | undefined;
  },
): Answer {
  const shown: ExecutionResult = {
    ...result,
    ...(result.errors ? { errors: given.presentErrors(result.errors, given.requestId) } : {}),
    ...(given.report ? { extensions: { ...result.extensions, ...given.report } } : {}),
  };
  return new Answer(shown, given.report ? undefined : stringify);
}
