import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createWithoutResumption } from '../../src/server/subscription-identity.ts';

const withoutResumption = createWithoutResumption();

const VARIABLES = { id: 'scr_1', cursor: 'a-cursor' };

describe('what two subscriptions must have in common', () => {
  it.each([
    ['subscription($id: ID!, $cursor: Cursor) { scenarioRun(id: $id, after: $cursor) { cursor } }'],
    [
      'subscription($id: ID!, $cursor: Cursor = "x") { run: scenarioRun(after: $cursor, id: $id) { cursor } }',
    ],
  ])('is not where each resumes: %s', (query) => {
    expect(withoutResumption(parse(query), VARIABLES)).toEqual({ id: 'scr_1' });
  });

  it.each([
    ['a variable is used elsewhere, too', 'scenarioRun(id: $id, after: $cursor) { echo(text: $cursor) }'],
    ['it is an `after` further down', 'scenarioRun(id: $id) { logs(after: $cursor) { id } }'],
    ['it is another argument', 'scenarioRun(id: $id, before: $cursor) { cursor }'],
    ['it is part of a value', 'scenarioRun(id: $id, after: { cursor: $cursor }) { cursor }'],
    ['it decides what is included', 'scenarioRun(id: $id, after: "x") { cursor @include(if: $cursor) }'],
  ])('is everything else: %s', (_name, selection) => {
    const document = parse(`subscription($id: ID!, $cursor: Cursor) { ${selection} }`);

    expect(withoutResumption(document, VARIABLES)).toEqual(VARIABLES);
  });

  it('is all there is when nothing resumes', () => {
    const document = parse('subscription($id: ID!) { scenarioRun(id: $id) { cursor } }');

    expect(withoutResumption(document, { id: 'scr_1' })).toEqual({ id: 'scr_1' });
  });
});
