/** `checkAnswer`: whether what came back is an answer of GraphQL over HTTP, with codes of the closed list. */
import { ERROR_CODES, type ErrorCode } from '../../src/errors.ts';
import type { Path } from './agreement.ts';

export interface CheckedAnswer {
  readonly data: unknown;
  readonly codes: readonly ErrorCode[];
  readonly errorPaths: readonly Path[];
}

/** Throws what is wrong with it. */
export function checkAnswer(status: number, text: string): CheckedAnswer {
  const answer = JSON.parse(text) as unknown;
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer))
    throw new Error(`No object: ${text}`);
  const unknown = Object.keys(answer).filter((key) => !['data', 'errors', 'extensions'].includes(key));
  if (unknown.length > 0) throw new Error(`An answer has no ${unknown.join(', ')}: ${text}`);
  const { data, errors } = answer as { readonly data?: unknown; readonly errors?: unknown };
  if (data === undefined && errors === undefined) throw new Error(`Neither data nor errors: ${text}`);
  if (errors !== undefined && (!Array.isArray(errors) || errors.length === 0))
    throw new Error(`No errors: ${text}`);
  const codes = ((errors ?? []) as readonly unknown[]).map((error) => codeOf(error, text));
  // The answer as a whole has a status; what was executed has 200.
  const isStatusRight = 'data' in answer ? status === 200 : status === 200 || status >= 400;
  if (!isStatusRight) throw new Error(`Status ${String(status)} with ${text}`);
  if (codes.includes('INTERNAL_SERVER_ERROR')) throw new Error(`A defect: ${text}`);
  return { data, codes, errorPaths: ((errors ?? []) as { path?: Path }[]).map(({ path = [] }) => path) };
}

function codeOf(error: unknown, text: string): ErrorCode {
  const { message, extensions } = error as {
    readonly message?: unknown;
    readonly extensions?: { readonly code?: unknown };
  };
  if (typeof message !== 'string') throw new Error(`An error without a message: ${text}`);
  const code = extensions?.code;
  if (typeof code !== 'string' || !Object.hasOwn(ERROR_CODES, code))
    throw new Error(`The code ${String(code)}: ${text}`);
  return code as ErrorCode;
}
