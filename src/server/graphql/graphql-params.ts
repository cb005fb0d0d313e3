/** `readParams`: the parameters of a GraphQL request over HTTP, or why it is malformed. */
import type { GraphQLError } from 'graphql';
import type { HttpRequest } from '../http/http-request.ts';
import type { TrustedDocuments } from '../../security/trusted-documents.ts';
import { readJson } from '../http/json-text.ts';
import { isJson } from '../http/media-type.ts';
import { searchParamsOf } from '../http/query-string.ts';
import { refusal } from '../http/refusal.ts';

export { refusal, RefusedRequest } from '../http/refusal.ts';

export interface GraphqlParams {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** The known parameters. Others are ignored beside a document; without one, the error names the first of them, often a typo. */
const NAMES: readonly string[] = [
  'query',
  'documentId',
  'doc_id',
  'variables',
  'operationName',
  'extensions',
];

/** Of an unknown parameter's name, in an error. */
const MAX_SHOWN_CHARS = 100;

/** Finds the document that a request means, or null. */
type TextOf = TrustedDocuments['textOf'];

/** Throws what `presentErrors` gives a status, when it is no GraphQL request. */
export function readParams(
  request: Pick<HttpRequest, 'method' | 'headers' | 'query' | 'body'>,
  textOf: TextOf,
): GraphqlParams {
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return checked(searchParams(request.query), textOf);
    case 'POST':
      // A page of another origin can send forms and plain text without a CORS preflight.
      if (!isJson(request.headers['content-type'])) {
        throw refusal('Expected a body of type application/json', 415, { Accept: 'application/json' });
      }
      return checked(readJson(request.body ?? '', 'the body'), textOf);
    default:
      throw refusal('Expected GET, HEAD or POST', 405, { Allow: 'GET, HEAD, POST' });
  }
}

function searchParams(search: string): Readonly<Record<string, unknown>> {
  const params = searchParamsOf(search);
  if (!params) throw refusal('Expected a query string of UTF-8, percent-encoded', 400);
  const optionalJson = (name: string) => {
    const text = params.get(name) ?? '';
    return text === '' ? null : readJson(text, `\`${name}\``);
  };
  // Other parameters are ignored: a proxy, or a cache-busting page, may add some.
  return {
    query: params.get('query'),
    documentId: params.get('documentId'),
    doc_id: params.get('doc_id'),
    operationName: params.get('operationName'),
    variables: optionalJson('variables'),
    extensions: optionalJson('extensions'),
  };
}

function checked(params: unknown, textOf: TextOf): GraphqlParams {
  if (Array.isArray(params)) throw refusal('Expected one request: batches are not answered', 400);
  if (!isObject(params)) throw refusal('Expected the body to be an object', 400);
  const { operationName } = params;
  const query = textOf(params);
  if (query === null) throw withoutDocument(params);
  if (isGiven(operationName) && typeof operationName !== 'string')
    throw refusal('Expected `operationName` to be a name', 400);
  return {
    query,
    variables: optionalObject(params, 'variables'),
    // Some clients send an empty one for none.
    operationName: typeof operationName === 'string' && operationName !== '' ? operationName : null,
    extensions: optionalObject(params, 'extensions'),
  };
}

function withoutDocument(params: Readonly<Record<string, unknown>>): GraphQLError {
  const unknown = Object.keys(params).find((name) => !NAMES.includes(name) && isGiven(params[name]));
  return unknown === undefined
    ? refusal('Expected `query` to be a document', 400)
    : refusal(
        `Expected \`query\` to be a document, got ${JSON.stringify(unknown.slice(0, MAX_SHOWN_CHARS))} instead: expected ${NAMES.join(', ')}`,
        400,
      );
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
