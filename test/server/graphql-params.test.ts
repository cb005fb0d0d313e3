import type { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ANY_DOCUMENT } from '../../src/security/trusted-documents.ts';
import { readParams as readParamsBy } from '../../src/server/graphql/graphql-params.ts';

const readParams = (request: Parameters<typeof readParamsBy>[0]) =>
  readParamsBy(request, ANY_DOCUMENT.textOf);

const JSON_HEADERS = { 'content-type': 'application/json' };
const post = (body: unknown) =>
  readParams({ method: 'POST', query: '', headers: JSON_HEADERS, body: JSON.stringify(body) });
const get = (query: string) => readParams({ method: 'GET', query, headers: {}, body: null });

function refused(read: () => unknown) {
  try {
    read();
  } catch (error) {
    const { message, extensions } = error as GraphQLError;
    return { message, ...(extensions.http as { status: number; headers: Record<string, string> }) };
  }
  throw new Error('Nothing was refused');
}

describe('the parameters of a request', () => {
  it('come in the body of a POST', () => {
    expect(
      post({ query: '{ a }', variables: { b: 1 }, operationName: 'C', extensions: { d: true } }),
    ).toEqual({ query: '{ a }', variables: { b: 1 }, operationName: 'C', extensions: { d: true } });
  });

  it('come in the query string of a GET', () => {
    const search = new URLSearchParams({
      query: '{ a }',
      variables: '{"b":1}',
      operationName: 'C',
      extensions: '{"d":true}',
    });

    expect(get(`?${search.toString()}`)).toEqual({
      query: '{ a }',
      variables: { b: 1 },
      operationName: 'C',
      extensions: { d: true },
    });
  });

  it.each([
    ['absent', () => post({ query: '{ a }' })],
    ['null', () => post({ query: '{ a }', variables: null, operationName: null, extensions: null })],
    ['empty in a query string', () => get('?query={ a }&variables=&operationName=&extensions=&_=1')],
  ])('are optional but for the document: %s', (_what, read) => {
    expect(read()).toEqual({ query: '{ a }', variables: {}, operationName: null, extensions: {} });
  });

  it.each([
    ['no JSON', () => readParams({ method: 'POST', query: '', headers: JSON_HEADERS, body: '{' }), /JSON/],
    ['a batch', () => post([{ query: '{ a }' }]), /batches/],
    ['a text', () => post('{ a }'), /object/],
    ['nothing', () => post(null), /object/],
    ['without a document', () => post({}), /`query`/],
    ['with an empty document', () => post({ query: '' }), /`query`/],
    ['with a document that is no text', () => post({ query: { a: 1 } }), /`query`/],
    ['with a list of variables', () => post({ query: '{ a }', variables: [] }), /`variables`/],
    ['with a text for variables', () => get('?query={a}&variables="b"'), /`variables`/],
    ['with variables that are no JSON', () => get('?query={a}&variables={'), /`variables` to be JSON/],
    ['with a number for a name', () => post({ query: '{ a }', operationName: 1 }), /`operationName`/],
    ['with extensions that are no object', () => post({ query: '{ a }', extensions: 1 }), /`extensions`/],
    ['with what nobody knows in the place of a document', () => post({ qeury: '{ a }' }), /"qeury"/],
  ])('of a request that is %s are refused', (_what, read, message) => {
    expect(refused(read)).toMatchObject({ message: expect.stringMatching(message) as string, status: 400 });
  });

  it('of another method are refused, with those that are allowed', () => {
    const read = () => readParams({ method: 'PUT', query: '', headers: JSON_HEADERS, body: '{}' });

    expect(refused(read)).toMatchObject({ status: 405, headers: { Allow: 'GET, HEAD, POST' } });
  });

  it('of a body that is no JSON by its type are refused, with what is accepted', () => {
    const read = () =>
      readParams({ method: 'POST', query: '', headers: { 'content-type': 'text/plain' }, body: '{}' });

    expect(refused(read)).toMatchObject({ status: 415, headers: { Accept: 'application/json' } });
  });
});
