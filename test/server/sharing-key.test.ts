import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createSharingKey } from '../../src/server/subscriptions/sharing-key.ts';

const schema = buildSchema(`
  directive @mark(after: String) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT | FRAGMENT_DEFINITION
  type Query { run: Run }
  type Subscription {
    run(id: ID!, after: String, first: Int, before: String, at: Place): Run
  }
  input Place { after: String }
  type Run { cursor: String, echo(text: String): String, logs(after: String): [Run] }
`);

const sharingKey = createSharingKey(schema);

const keyOf = (text: string, variables: Readonly<Record<string, unknown>>, operationName = 'Main') =>
  sharingKey({ document: parse(text), text, operationName, variables });

const HEAD = 'subscription Main($id: ID = "r", $cursor: String)';

/** Whether followers that differ in `$cursor` alone are answered together. */
const areTogether = (text: string, operationName?: string) =>
  keyOf(text, { cursor: 'here' }, operationName) === keyOf(text, { cursor: 'there' }, operationName);

describe('followers who differ in one variable share a broadcast', () => {
  it.each([
    ['when it says where each resumes', `${HEAD} { run(id: $id, after: $cursor) { cursor } }`],
    ['whatever the field is called', `${HEAD} { it: run(after: $cursor, id: $id) { cursor } }`],
    [
      'also with a default',
      `${HEAD.replace('String)', 'String = "x")')} { run(id: $id, after: $cursor) { cursor } }`,
    ],
    [
      'in an inline fragment',
      `${HEAD} { ... { ... on Subscription { run(id: $id, after: $cursor) { cursor } } } }`,
    ],
    [
      'in fragments of the root',
      `${HEAD} { ...A } fragment A on Subscription { ...B } fragment B on Subscription { run(id: $id, after: $cursor) { cursor } }`,
    ],
    [
      'in each of the places where the root field is asked for',
      `${HEAD} { run(id: $id, after: $cursor) { cursor } ...A } fragment A on Subscription { run(id: $id, after: $cursor) { echo } }`,
    ],
    [
      'whatever operations beside theirs make of it',
      `${HEAD} { run(id: $id, after: $cursor) { cursor } } subscription Other($cursor: String) { run(id: "x") { echo(text: $cursor) } }`,
    ],
  ])('%s', (_when, text) => {
    expect(areTogether(text)).toBe(true);
  });
});

describe('followers who differ in one variable have broadcasts of their own', () => {
  it.each([
    ['when it is used elsewhere, too', `${HEAD} { run(id: $id, after: $cursor) { echo(text: $cursor) } }`],
    ['when it is an `after` further down', `${HEAD} { run(id: $id) { logs(after: $cursor) { cursor } } }`],
    [
      'when it is an `after` in a fragment further down',
      `${HEAD} { run(id: $id) { ...L } } fragment L on Run { logs(after: $cursor) { cursor } }`,
    ],
    [
      'when it is an `after` in a fragment of a fragment of the root',
      `${HEAD} { ...R } fragment L on Run { logs(after: $cursor) { cursor } } fragment R on Subscription { run(id: $id) { ...L } }`,
    ],
    [
      'when it is the root `after` here and another one in a fragment',
      `${HEAD} { run(id: $id, after: $cursor) { ...L } } fragment L on Run { logs(after: $cursor) { cursor } }`,
    ],
    ['when it is another argument', `${HEAD} { run(id: $id, before: $cursor) { cursor } }`],
    ['when it is part of a value', `${HEAD} { run(id: $id, at: { after: $cursor }) { cursor } }`],
    ['when it belongs to a directive', `${HEAD} { run(id: $id) @mark(after: $cursor) { cursor } }`],
    [
      'when it belongs to the directive of a fragment',
      `${HEAD} { ...A @mark(after: $cursor) } fragment A on Subscription { run(id: $id) { cursor } }`,
    ],
    [
      'when another operation resumes by it',
      `${HEAD} { run(id: $id) { echo(text: $cursor) } } subscription Other($id: ID!, $cursor: String) { run(id: $id, after: $cursor) { cursor } }`,
    ],
  ])('%s', (_when, text) => {
    expect(areTogether(text)).toBe(false);
  });
});

describe('followers who mean the same by other variables', () => {
  const text = 'subscription Main($first: Int = 2, $id: ID!) { run(id: $id, first: $first) { cursor } }';

  it.each([
    ['a default is left out', { id: 'r' }, { id: 'r', first: 2 }],
    ['an id is a number', { id: 7 }, { id: '7' }],
    ['something is given that the operation does not take', { id: 'r', other: 1 }, { id: 'r' }],
    ['they are in another order', { id: 'r', first: 3 }, { first: 3, id: 'r' }],
  ])('are answered together when %s', (_when, one, other) => {
    expect(keyOf(text, one)).toBe(keyOf(text, other));
  });

  it('share none when one of them sends null and the other nothing', () => {
    expect(keyOf(text, { id: 'r', first: null })).not.toBe(keyOf(text, { id: 'r' }));
  });

  it('share none when they name different operations of one document', () => {
    const both = `${text} subscription Other($id: ID!) { run(id: $id) { cursor } }`;

    expect(keyOf(both, { id: 'r' }, 'Main')).not.toBe(keyOf(both, { id: 'r' }, 'Other'));
  });
});
