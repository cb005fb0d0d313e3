/** What of an error a client may read: expected ones with their code, everything else masked behind an `errorId`. */
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ERROR_CODES, type ErrorCode, GatewayError } from '../../errors.ts';
import type { Logger } from '../../observability/logger.ts';
import { InvalidDocument } from './invalid-document.ts';
import { withoutSuggestion, withoutValues } from './quoted-values.ts';

/** The code of an error of graphql or yoga, from the closed list; yoga has one that is not in it. */
function knownCode(code: unknown): ErrorCode | undefined {
  if (code === 'BAD_REQUEST') return 'BAD_USER_INPUT';
  return typeof code === 'string' && code in ERROR_CODES ? (code as ErrorCode) : undefined;
}

/** The errors of one answer as a client sees them, each with `extensions.code` from the closed list. */
export type PresentErrors = (errors: readonly unknown[], requestId: string) => GraphQLError[];

export interface PresentErrorsOptions {
  readonly log: Logger;
  /** Whether errors may propose names of the graph. @default true */
  readonly hasSuggestions?: boolean;
  /** A fresh name for a masked error, unique among all log lines. */
  readonly errorId: () => string;
}

/** The most errors of one answer; the last of them says how many there are in all. */
const MAX_ERRORS = 100;

export function createPresentErrors(options: PresentErrorsOptions): PresentErrors {
  return (errors, requestId) => {
    const all = errors.flatMap(each);
    // Plugins receive presented errors, and may answer with them: those are presented already.
    const present = (error: Occurred) =>
      error.error instanceof ShownError ? error.error : presentError(error, { ...options, requestId });
    if (all.length <= MAX_ERRORS) return all.map(present);
    const shown = all.slice(0, MAX_ERRORS - 1).map(present);
    return [...shown, inAll(all.length, shown)];
  };
}

/** An error, and whether validation found it, which graphql's own errors do not say. */
interface Occurred {
  readonly error: unknown;
  readonly isInvalidDocument: boolean;
}

function each(error: unknown): readonly Occurred[] {
  if (!(error instanceof AggregateError)) return [{ error, isInvalidDocument: false }];
  const isInvalidDocument = error instanceof InvalidDocument;
  return error.errors.map((one: unknown) => ({ error: one, isInvalidDocument }));
}

/** Stands in the last place for the errors that are left out. Its code is that of the error before it. */
function inAll(count: number, shown: readonly GraphQLError[]): GraphQLError {
  return new GraphQLError(
    `There are ${String(count)} errors in all, of which the first ${String(shown.length)} are listed`,
    { extensions: { code: shown.at(-1)?.extensions['code'], errorCount: count } },
  );
}

/** Presented errors as they are serialised: without `extensions.http`, which only sets the status. */
export function toAnswer(errors: readonly GraphQLError[]): readonly GraphQLFormattedError[] {
  return errors.map((error) => {
    const { extensions = {}, ...rest } = error.toJSON();
    const shown = Object.entries(extensions).filter(([name]) => name !== 'http');
    return { ...rest, extensions: Object.fromEntries(shown) };
  });
}

function presentError(
  { error, isInvalidDocument }: Occurred,
  options: PresentErrorsOptions & { readonly requestId: string },
): GraphQLError {
  const cause = innermost(error);
  const place = placeOf(error instanceof GraphQLError ? error : undefined);
  if (cause instanceof GatewayError) {
    const { code, message, retryAfterMs } = cause;
    return new ShownError(message, {
      ...place,
      cause,
      extensions: {
        code,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        // Without a path nothing was executed, so the answer as a whole has a status.
        ...(place.path ? {} : { http: { status: ERROR_CODES[code].httpStatus, headers: headersOf(cause) } }),
      },
    });
  }
  if (cause instanceof GraphQLError && isAboutTheRequest(cause, place.path !== undefined)) {
    const { code, http = { status: 400, spec: true } } = cause.extensions;
    // `spec` lets yoga answer 200 to clients that only know application/json, as the specification allows for documents
    // that cannot be executed. A body that is no JSON at all, for which yoga keeps the parser's error, is plainly a 400.
    const spec = http.spec === true && !('originalError' in cause.extensions);
    // The outer error says which variable or argument it was.
    const message = withoutValues((error instanceof GraphQLError ? error : cause).message);
    return new ShownError(options.hasSuggestions === false ? withoutSuggestion(message) : message, {
      ...place,
      cause,
      extensions: {
        code: knownCode(code) ?? (isInvalidDocument ? 'GRAPHQL_VALIDATION_FAILED' : codeOf(cause)),
        ...(place.path ? {} : { http: { ...http, spec } }),
      },
    });
  }
  const errorId = options.errorId();
  options.log.error(
    'operation.failed',
    { errorId, requestId: options.requestId, path: place.path?.join('.') },
    cause,
  );
  return new ShownError(`Something went wrong in the gateway. Its log knows more under the id ${errorId}.`, {
    ...place,
    cause,
    extensions: {
      code: 'INTERNAL_SERVER_ERROR' satisfies ErrorCode,
      errorId,
      ...(place.path ? {} : { http: { status: ERROR_CODES.INTERNAL_SERVER_ERROR.httpStatus } }),
    },
  });
}

/** What graphql's own errors without a code are. */
function codeOf(error: GraphQLError): ErrorCode {
  return error.message.startsWith('Syntax Error') ? 'GRAPHQL_PARSE_FAILED' : 'BAD_USER_INPUT';
}

/** The error that was thrown, under the layers that execution wraps around it. */
function innermost(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

/**
 * Whether graphql itself refused the document, its variables or its arguments: then the error has a location in the
 * document. An execution error without one (a value that a scalar cannot serialise) is a defect of the gateway.
 */
function isAboutTheRequest(error: GraphQLError, wasExecuted: boolean): boolean {
  return !wasExecuted || error.nodes !== undefined;
}

/** Where in the answer and in the document an error is. */
interface Place {
  readonly path: GraphQLError['path'];
  readonly locations: GraphQLError['locations'];
}

function placeOf(error: GraphQLError | undefined): Place {
  return { path: error?.path, locations: error?.locations };
}

/** A presented error with the locations of its cause: graphql would search the whole document for the line again. */
class ShownError extends GraphQLError {
  constructor(
    message: string,
    {
      path,
      locations,
      extensions,
      cause,
    }: Place & { readonly extensions: GraphQLError['extensions']; readonly cause: unknown },
  ) {
    // The stack is never read, and capturing it would cost more than everything else here.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message, { path, extensions, originalError: cause instanceof Error ? cause : null });
    Error.stackTraceLimit = stackTraceLimit;
    Object.assign(this, { locations });
  }
}

function headersOf({ code, retryAfterMs }: GatewayError): Record<string, string> {
  if (code === 'UNAUTHENTICATED') return { 'WWW-Authenticate': 'Bearer' };
  if (retryAfterMs !== undefined) return { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) };
  return {};
}
