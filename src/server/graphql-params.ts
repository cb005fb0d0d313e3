/** `readParams`: the parameters of a GraphQL request over HTTP, or why the request is none. */
import { GraphQLError } from 'graphql';
import type { HttpRequest } from './http-request.ts';
import type { TrustedDocuments } from '../security/trusted-documents.ts';
import { excessOf, REQUEST_JSON_BOUNDS } from './json-bounds.ts';
import { isJson } from './media-type.ts';

export interface GraphqlParams {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** What a request may consist of: anything else is a slip that would go unnoticed. */
const NAMES: readonly string[] = [
  'query',
  'documentId',
  'doc_id',
  'variables',
  'operationName',
  'extensions',
];

/** Finds the document that a request means, or null. */
type TextOf = TrustedDocuments['textOf'];

/** Throws what `presentErrors` gives a status, when it is no GraphQL request. */
export function readParams(
  request: Pick<HttpRequest, 'method' | 'headers' | 'query' | 'body'>,
  textOf: TextOf,
): GraphqlParams {
  switch (request.method) {
    case 'GET':
      return checked(searchParams(request.query), textOf);
    case 'POST':
      // Forms and plain text are what a page of another site could send without asking first.
      if (!isJson(request.headers['content-type'])) {
        throw refusal('Expected a body of type application/json', 415, { Accept: 'application/json' });
      }
      return checked(json(request.body ?? '', 'the body'), textOf);
    default:
      throw refusal('Expected GET or POST', 405, { Allow: 'GET, POST' });
  }
}

/** An error about the request as a whole, with the status of an answer that consists of it. */
export function refusal(
  message: string,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): RefusedRequest {
  return new RefusedRequest(message, { extensions: { code: 'BAD_USER_INPUT', http: { status, headers } } });
}

/** The request as a whole is none that can be answered, whatever its document says. */
export class RefusedRequest extends GraphQLError {}

function searchParams(search: string): Readonly<Record<string, unknown>> {
  const params = new URLSearchParams(search);
  const optionalJson = (name: string) => {
    const text = params.get(name) ?? '';
    return text === '' ? null : json(text, `\`${name}\``);
  };
  // A query string may say more: a proxy, or a page that wants no cached answer, adds to it.
  return {
    query: params.get('query'),
    documentId: params.get('documentId'),
    doc_id: params.get('doc_id'),
    operationName: params.get('operationName') === '' ? null : params.get('operationName'),
    variables: optionalJson('variables'),
    extensions: optionalJson('extensions'),
  };
}

function json(text: string, what: string): unknown {
  const excess = excessOf(text, REQUEST_JSON_BOUNDS);
  if (excess) {
    const counted = { maxValues: 'values', maxLevels: 'levels' }[excess];
    throw refusal(
      `Expected ${what} to have at most ${String(REQUEST_JSON_BOUNDS[excess])} ${counted}, got more`,
      400,
    );
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw refusal(`Expected ${what} to be JSON`, 400);
  }
}

function checked(params: unknown, textOf: TextOf): GraphqlParams {
  if (Array.isArray(params)) throw refusal('Expected one request: batches are not answered', 400);
  if (!isObject(params)) throw refusal('Expected the body to be an object', 400);
  const unknown = Object.keys(params).find((name) => !NAMES.includes(name) && isGiven(params[name]));
  if (unknown !== undefined) {
    throw refusal(`Unexpected parameter ${JSON.stringify(unknown)}, expected ${NAMES.join(', ')}`, 400);
  }
  const { operationName } = params;
  const query = textOf(params);
  if (query === null) throw refusal('Expected `query` to be a document', 400);
  if (isGiven(operationName) && typeof operationName !== 'string')
    throw refusal('Expected `operationName` to be a name', 400);
  return {
    query,
    variables: optionalObject(params, 'variables'),
    operationName: typeof operationName === 'string' ? operationName : null,
    extensions: optionalObject(params, 'extensions'),
  };
}

function optionalObject(
  params: Readonly<Record<string, unknown>>,
  name: 'variables' | 'extensions',
): Readonly<Record<string, unknown>> {
  const value = params[name] ?? {};
  if (!isObject(value)) throw refusal(`Expected \`${name}\` to be an object`, 400);
  return value;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
