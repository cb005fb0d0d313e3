import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTag } from '../../src/server/http/http-answer.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';

const TYPES = '{"query":"{ __schema { types { name description } } }"}';

describe('a cached answer', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await createTestGateway();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const post = (headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: TYPES,
    });
  const get = (headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${gateway.url}/graphql?query={__schema{types{name}}}`, { headers });

  it('has the same tag each time, and must be revalidated by caches', async () => {
    const [first, second] = [await post(), await post()];

    expect(first.headers.get('etag')).toMatch(/^W\/"[\w-]{22}"$/);
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(await second.text()).toBe(await first.text());
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    expect(first.headers.get('vary')).toContain('Authorization');
  });

  it.each([
    ['GET', get],
    ['POST', post],
  ])('is not sent again by %s to who has it', async (_method, ask) => {
    const tag = (await ask()).headers.get('etag') ?? '';
    const known = await ask({ 'If-None-Match': tag });
    const unknown = await ask({ 'If-None-Match': 'W/"something-else"' });

    expect(known.status).toBe(304);
    expect(await known.text()).toBe('');
    expect(known.headers.get('etag')).toBe(tag);
    expect(unknown.status).toBe(200);
  });

  it('is revalidated also when it was executed anew', async () => {
    const tag = (await post()).headers.get('etag') ?? '';
    const again = await post({ 'If-None-Match': tag, 'Cache-Control': 'no-cache' });

    expect(again.status).toBe(304);
  });

  it('is sent in the form that was negotiated', async () => {
    const form = async (accept: string) => (await post({ Accept: accept })).headers.get('content-type');

    expect(await form('application/json')).toBe('application/json; charset=utf-8');
    expect(await form('application/graphql-response+json')).toBe(
      'application/graphql-response+json; charset=utf-8',
    );
  });

  it('is refused to a form that a page of another site can send, whatever was asked before', async () => {
    await post();
    const answer = await post({ 'Content-Type': 'text/plain' });

    expect(answer.status).toBe(415);
  });
});

describe('an answer with errors', () => {
  it('has no tag', async () => {
    await using gateway = await createTestGateway();
    const { headers } = await gateway.query('{ scenarioRun(id: "../x") { id } }');

    expect(headers.get('etag')).toBeNull();
  });
});

describe('a tag', () => {
  it.each([
    ['"a"', true],
    ['W/"a"', true],
    ['"b", W/"a"', true],
    [' * ', true],
    ['"b"', false],
    ['a', false],
    ['"a', false],
    ['', false],
  ])('"a" is in %s: %s', (header, isThere) => {
    expect(hasTag(header, '"a"')).toBe(isThere);
  });
});
