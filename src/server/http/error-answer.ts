/** `errorAnswer`: an answer that consists of one error, in the form that GraphQL clients expect. */
import { ERROR_CODES, type ErrorCode } from '../../errors.ts';
import { type HttpAnswer, PRIVATE } from './route.ts';

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

function errorBody(
  code: ErrorCode,
  message: string,
  extensions: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({ errors: [{ message, extensions: { code, ...extensions } }] });
}
