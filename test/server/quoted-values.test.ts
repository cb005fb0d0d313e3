import { buildSchema, getVariableValues, Kind, type OperationDefinitionNode, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { withoutValues } from '../../src/server/graphql/quoted-values.ts';
import { createTestGateway } from '../support/gateway.ts';

const SCHEMA = buildSchema(`
  enum Size { SMALL LARGE }
  input Variable { name: String!  value: String  size: Size  count: Int  ratio: Float  isSet: Boolean  id: ID }
  input Choice @oneOf { one: String  other: String }
  type Query { ask(variables: [Variable!], choice: Choice): String }
`);

const CANARY = 'CANARY "; Field at $variables';

/** What graphql says of these variables, as the caller is told. */
function said(variables: object): readonly string[] {
  const document = parse(
    'query($variables: [Variable!], $choice: Choice) { ask(variables: $variables, choice: $choice) }',
  );
  const operation = document.definitions.find(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  );
  const { errors = [] } = getVariableValues(SCHEMA, operation?.variableDefinitions ?? [], { ...variables });
  return errors.map(({ message }) => withoutValues(message));
}

describe('an error about a value', () => {
  it.each([
    [
      'a field that is unknown',
      { variables: [{ name: 'A', value: CANARY, valeu: 'x' }] },
      'Variable "$variables" got an invalid value at "variables[0]": Field "valeu" is not defined by type "Variable". Did you mean "value" or "name"?',
    ],
    [
      'a field that is missing',
      { variables: [{ value: CANARY }] },
      'Variable "$variables" got an invalid value at "variables[0]": Field "name" of required type "String!" was not provided.',
    ],
    [
      'a null',
      { variables: [{ name: null, value: CANARY }] },
      'Variable "$variables" got an invalid value at "variables[0].name": Expected non-nullable type "String!" not to be null.',
    ],
    [
      'something that is no object',
      { variables: [CANARY] },
      'Variable "$variables" got an invalid value at "variables[0]": Expected type "Variable" to be an object.',
    ],
    [
      'a String',
      { variables: [{ name: { x: CANARY } }] },
      'Variable "$variables" got an invalid value at "variables[0].name": String cannot represent a non string value.',
    ],
    [
      'an Int',
      { variables: [{ name: 'A', count: CANARY }] },
      'Variable "$variables" got an invalid value at "variables[0].count": Int cannot represent non-integer value.',
    ],
    [
      'a Float',
      { variables: [{ name: 'A', ratio: CANARY }] },
      'Variable "$variables" got an invalid value at "variables[0].ratio": Float cannot represent non numeric value.',
    ],
    [
      'a Boolean',
      { variables: [{ name: 'A', isSet: CANARY }] },
      'Variable "$variables" got an invalid value at "variables[0].isSet": Boolean cannot represent a non boolean value.',
    ],
    [
      'an ID',
      { variables: [{ name: 'A', id: { x: CANARY } }] },
      'Variable "$variables" got an invalid value at "variables[0].id": ID cannot represent value.',
    ],
    [
      'an enum',
      { variables: [{ name: 'A', size: CANARY }] },
      'Variable "$variables" got an invalid value at "variables[0].size": Expected a value of the enum "Size".',
    ],
    [
      'an enum, by an object',
      { variables: [{ name: 'A', size: { x: CANARY } }] },
      'Variable "$variables" got an invalid value at "variables[0].size": Expected a value of the enum "Size".',
    ],
    [
      'a choice',
      { choice: { one: CANARY, other: CANARY } },
      'Variable "$choice" got an invalid value: Exactly one key must be specified for OneOf type "Choice".',
    ],
  ])('says what is wrong with %s, and not with what', (_name, variables, message) => {
    expect(said(variables)).toEqual([message]);
  });

  it.each([
    ['{ ask(variables: "CANARY") }', 'Expected value of type "[Variable!]", found "CANARY".'],
    [
      '{ ask(variables: { name: "A", count: "CANARY" }) }',
      'Int cannot represent non-integer value: "CANARY"',
    ],
    [
      '{ ask(variables: { name: "A", size: "CANARY" }) }',
      'Enum "Size" cannot represent non-enum value: "CANARY".',
    ],
  ])('in a document is told at its place: %s', (document, message) => {
    const [error] = validate(SCHEMA, parse(document));

    expect(error?.message).toContain(message);
    expect(withoutValues(error?.message ?? '')).not.toContain('CANARY');
  });

  it('keeps what is no value', () => {
    for (const message of [
      'Cannot query field "weather" on type "Query".',
      'Value "RUNING" does not exist in "ScenarioRunState" enum. Did you mean the enum value "RUNNING"?',
      'Syntax Error: Expected Name, found "}".',
      'Variable "$id" of required type "ID!" was not provided.',
    ])
      expect(withoutValues(message)).toBe(message);
  });

  it('of a mutation holds no value of a variable', async () => {
    await using gateway = await createTestGateway();
    const mutation = `mutation($input: StartScenarioRunInput!) {
      startScenarioRun(input: $input) { __typename }
    }`;
    for (const environmentVariables of [
      [{ name: 'A', value: CANARY, secret: true }],
      [{ value: CANARY }],
      [CANARY],
      [{ name: { x: CANARY }, value: 'x' }],
    ]) {
      const { errors, text } = await gateway.query(mutation, {
        input: { scenarioId: 'scn_1', environmentVariables },
      });

      expect(errors.map(({ extensions }) => extensions.code)).toContain('BAD_USER_INPUT');
      expect(text).not.toContain('CANARY');
    }
  });
});
