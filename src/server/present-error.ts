/** What of an error a client may read: expected ones with their code, everything else masked behind an `errorId`. */
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ERROR_CODES, type ErrorCode, GatewayError } from '../errors.ts';
import type { Logger } from '../observability/logger.ts';
import { withoutSuggestion, withoutValues } from './quoted-values.ts';

/** Yoga's own codes that the closed list does not have, and what they mean in it. */
const CODE_OF_FOREIGN_CODE: Readonly<Record<string, ErrorCode>> = {
  BAD_REQUEST: 'BAD_USER_INPUT',
  GRAPHQL_PARSE_FAILED: 'GRAPHQL_PARSE_FAILED',
  GRAPHQL_VALIDATION_FAILED: 'GRAPHQL_VALIDATION_FAILED',
};

/** The errors of one answer as a client sees them, each with `extensions.code` from the closed list. */
export type PresentErrors = (errors: readonly unknown[], requestId: string) => GraphQLError[];

export interface PresentErrorsOptions {
  readonly log: Logger;
  /** Whether errors may propose names of the graph. @default true */
  readonly hasSuggestions?: boolean;
  /** A fresh name for a masked error, unique among all log lines. */
  readonly errorId: () => string;
}

export function createPresentErrors(options: PresentErrorsOptions): PresentErrors {
  return (errors, requestId) =>
    errors
      .flatMap((error): unknown[] => (error instanceof AggregateError ? error.errors : [error]))
      .map((error) => presentError(error, { ...options, requestId }));
}

/** Presented errors as they stand in an answer: without what only concerns its HTTP status. */
export function toAnswer(errors: readonly GraphQLError[]): readonly GraphQLFormattedError[] {
  return errors.map((error) => {
    const { extensions = {}, ...rest } = error.toJSON();
    const shown = Object.entries(extensions).filter(([name]) => name !== 'http');
    return { ...rest, extensions: Object.fromEntries(shown) };
  });
}

function presentError(
  error: unknown,
  options: PresentErrorsOptions & { readonly requestId: string },
): GraphQLError {
  const cause = innermost(error);
  const place = placeOf(error instanceof GraphQLError ? error : undefined);
  if (cause instanceof GatewayError) {
    const { code, message, retryAfterMs } = cause;
    return new GraphQLError(message, {
      ...place,
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
    return new GraphQLError(options.hasSuggestions === false ? withoutSuggestion(message) : message, {
      ...place,
      extensions: {
        code: (typeof code === 'string' ? CODE_OF_FOREIGN_CODE[code] : undefined) ?? codeOf(cause),
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
  return new GraphQLError(
    `Something went wrong in the gateway. Its log knows more under the id ${errorId}.`,
    {
      ...place,
      extensions: {
        code: 'INTERNAL_SERVER_ERROR' satisfies ErrorCode,
        errorId,
        ...(place.path ? {} : { http: { status: ERROR_CODES.INTERNAL_SERVER_ERROR.httpStatus } }),
      },
    },
  );
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
 * Whether graphql itself refused the document, its variables or its arguments. It points at the place in the document
 * then; an error without one that execution ran into (a value that a scalar cannot write) is a defect of ours.
 */
function isAboutTheRequest(error: GraphQLError, wasExecuted: boolean): boolean {
  return !wasExecuted || error.nodes !== undefined;
}

function placeOf(error: GraphQLError | undefined) {
  return {
    nodes: error?.nodes ?? null,
    source: error?.source ?? null,
    positions: error?.positions ?? null,
    path: error?.path,
  };
}

function headersOf({ code, retryAfterMs }: GatewayError): Record<string, string> {
  if (code === 'UNAUTHENTICATED') return { 'WWW-Authenticate': 'Bearer' };
  if (retryAfterMs !== undefined) return { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) };
  return {};
}
