/** `errorAnswer`: answers that consist of one error, for requests that reach no operation. */
import { ERROR_CODES, type ErrorCode } from '../../errors.ts';
import { BODY_CODINGS, type UnreadableBody } from './body-text.ts';
import type { UnreadBody } from './request-body.ts';
import { type HttpAnswer, PRIVATE } from './route.ts';

/** The body of an answer that consists of one error, in the form that GraphQL clients expect. */
function errorBody(
  code: ErrorCode,
  message: string,
  extensions: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({ errors: [{ message, extensions: { code, ...extensions } }] });
}

/** An answer that consists of one error. */
export function errorAnswer(
  code: ErrorCode,
  message: string,
  status: number = ERROR_CODES[code].httpStatus,
): HttpAnswer {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...PRIVATE },
    body: errorBody(code, message),
  };
}

export function nothingHere(graphqlPath: string): HttpAnswer {
  return errorAnswer('NOT_FOUND', `There is nothing here; the graph is at ${graphqlPath}`);
}

export function unreadAnswer(why: UnreadBody, maxBytes: number): HttpAnswer {
  switch (why) {
    case 'too large':
      return tooLarge(maxBytes);
    case 'too many chunks':
      return errorAnswer(
        'BAD_USER_INPUT',
        'Expected the body in larger chunks: each costs more than what it holds',
      );
    case 'no room':
      return errorAnswer('RATE_LIMITED', 'Too many large bodies are being read: come again later');
  }
}

export function unreadable(why: UnreadableBody, coding: string, maxBytes: number): HttpAnswer {
  switch (why) {
    case 'too large':
      return tooLarge(maxBytes);
    case 'not UTF-8':
      return errorAnswer('BAD_USER_INPUT', 'Expected a body of UTF-8', 400);
    case 'not as it is coded':
      return errorAnswer('BAD_USER_INPUT', `Expected a body of ${coding}, as its Content-Encoding says`, 400);
    case 'unknown coding': {
      const message = `Expected a body whose Content-Encoding is one of ${BODY_CODINGS}`;
      const answer = errorAnswer('BAD_USER_INPUT', message, 415);
      return { ...answer, headers: { ...answer.headers, 'Accept-Encoding': BODY_CODINGS } };
    }
  }
}

function tooLarge(maxBytes: number): HttpAnswer {
  return errorAnswer(
    'QUERY_TOO_COMPLEX',
    `Expected a body of at most ${String(maxBytes)} bytes (REQUEST_MAX_BYTES), got more: send it in several requests`,
    413,
  );
}

export function bodyIsGone(): HttpAnswer {
  return errorAnswer(
    'INTERNAL_SERVER_ERROR',
    'Expected a body that nobody has read: mount the gateway before what parses bodies',
  );
}

/** What is answered to requests that come while a mounted gateway closes, and after. */
export function closing(): HttpAnswer {
  return errorAnswer('UPSTREAM_UNAVAILABLE', 'The gateway shuts down: ask another one, or later');
}
