import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJson, negotiate, negotiateStream, prefersPage } from '../../src/server/http/media-type.ts';

const EVENTS = 'text/event-stream';
const PARTS = 'multipart/mixed';
const GRAPHQL = 'application/graphql-response+json';

describe('an answer', () => {
  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['application/json', 'application/json'],
    [GRAPHQL, GRAPHQL],
    [`${GRAPHQL}, application/json`, GRAPHQL],
    [`${GRAPHQL},application/json;q=0.9`, GRAPHQL],
    [`application/json, ${GRAPHQL}`, 'application/json'],
    [`application/json;q=0.5, ${GRAPHQL};q=0.9`, GRAPHQL],
    [`${GRAPHQL}; charset=utf-8, application/json; charset=utf-8`, GRAPHQL],
    [`${GRAPHQL}; charset=utf-16, application/json`, 'application/json'],
    [`${GRAPHQL};q=0, */*`, 'application/json'],
    ['application/json;q=0, */*', GRAPHQL],
    ['multipart/mixed; deferSpec=20220824, application/json', 'application/json'],
    ['text/event-stream, application/json;q=0.1', 'application/json'],
    ['Application/JSON', 'application/json'],
    ['text/event-stream', 'text/event-stream'],
    ['text/*', 'text/event-stream'],
    ['text/html', null],
    ['application/json;version=1', 'application/json'],
    ['application/json;charset="UTF-8"', 'application/json'],
    ['application/json;q=0', null],
    ['application/json;q=high', null],
    ['', null],
  ])('for who accepts %s is %s', (accept, type) => {
    expect(negotiate(accept)).toBe(type);
  });

  it('is negotiated for any header', () => {
    fc.assert(
      fc.property(fc.string(), (accept) => {
        expect([null, 'application/json', GRAPHQL, 'text/event-stream']).toContain(negotiate(accept));
      }),
    );
  });
});

describe('events', () => {
  it.each([
    [undefined, EVENTS],
    [EVENTS, EVENTS],
    ['application/json, */*;q=0.1', EVENTS],
    ['application/json', null],
    [`${EVENTS};q=0, */*`, null],
    ['multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json', PARTS],
    ['multipart/mixed; boundary="-"; subscriptionSpec="1.0", application/json;q=0.9, */*;q=0.1', PARTS],
    [`multipart/mixed;subscriptionSpec=1.0, ${EVENTS}`, EVENTS],
    [`${EVENTS};q=0.5, multipart/mixed;subscriptionSpec=1.0`, PARTS],
    ['multipart/mixed;deferSpec=20220824, application/json', null],
    ['multipart/mixed;subscriptionSpec=2.0', null],
    ['multipart/mixed;subscriptionSpec=1.0;q=0', null],
  ])('for who accepts %s are %s', (accept, type) => {
    expect(negotiateStream(accept)).toBe(type);
  });
});

describe('a body', () => {
  it.each([
    ['application/json', true],
    ['application/json; charset=utf-8', true],
    ['Application/JSON', true],
    [GRAPHQL, true],
    ['text/plain; application/json', false],
    ['application/jsonp', false],
    ['application/x-www-form-urlencoded', false],
    ['', false],
    [undefined, false],
  ])('of type %s is JSON: %s', (type, is) => {
    expect(isJson(type)).toBe(is);
  });
});

describe('a page', () => {
  it.each([
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
    ['text/html, */*', true],
    ['text/html, application/json', true],
    ['text/html;q=5, application/json', true],
    ['application/json, text/html', false],
    ['text/html;q=0.5, application/json', false],
    ['text/html;q=0, */*', false],
    ['*/*', false],
    [undefined, false],
  ])('is preferred for Accept %s: %s', (accept, is) => {
    expect(prefersPage(accept)).toBe(is);
  });
});
