import { isInterfaceType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { createTestGateway } from '../support/gateway.ts';

describe('a type that is no Node', () => {
  it('has no field called id, which a store of normalised things would take for the identity of one', () => {
    const types = Object.values(schema.getTypeMap()).filter(
      (type) => isObjectType(type) || isInterfaceType(type),
    );
    const isNode = (type: (typeof types)[number]) =>
      type.name === 'Node' || type.getInterfaces().some(({ name }) => name === 'Node');

    const withId = types.filter((type) => 'id' in type.getFields());

    expect(withId.filter((type) => !isNode(type)).map(String)).toEqual([]);
    expect(types.filter(isNode).filter((type) => !withId.includes(type))).toEqual([]);
  });
});

describe('a mutation about nothing', () => {
  it('answers under missingId the id that nothing has', async () => {
    await using gateway = await createTestGateway();

    const { data, errors } = await gateway.query(
      'mutation { cancelScenarioRun(id: "scr_nobody") { __typename ... on NotFoundError { missingId code } } }',
    );

    expect(errors).toEqual([]);
    expect(data).toEqual({
      cancelScenarioRun: { __typename: 'NotFoundError', missingId: 'scr_nobody', code: 'NOT_FOUND' },
    });
  });
});
