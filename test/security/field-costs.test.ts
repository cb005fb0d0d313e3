import {
  defaultFieldResolver,
  type GraphQLField,
  getNamedType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { FIELD_COSTS } from '../../src/security/cost/field-costs.ts';

const objects = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .filter(({ name }) => !name.startsWith('__'));

const fields = objects.flatMap((type) =>
  Object.values(type.getFields()).map((field) => ({ coordinate: `${type.name}.${field.name}`, type, field })),
);

/** Methods of lists and texts, which resolvers use on what they hold already. */
const OWN_METHODS = new Set<PropertyKey>([
  ...Object.getOwnPropertyNames(Array.prototype),
  ...Object.getOwnPropertyNames(String.prototype),
  ...Object.getOwnPropertyNames(Number.prototype),
]);

/** What resolvers are told about the operation, which none of them reads. */
const INFO = {};

/** Stands for anything, however deep, and says when something is called that is not a method of plain data. */
function anything(onCall: () => void): unknown {
  const target = () => undefined;
  return new Proxy(target, {
    get: (_target, name) => {
      if (name === 'then') return undefined;
      if (name === Symbol.iterator) return Array.prototype[Symbol.iterator].bind([]);
      if (name === Symbol.toPrimitive) return () => '1';
      if (OWN_METHODS.has(name)) return () => anything(onCall);
      return anything(onCall);
    },
    apply: (_target, _self, args: readonly unknown[]) => {
      // How the default resolver, under a check of scopes, looks at what its parent holds.
      if (args.at(-1) !== INFO) onCall();
      return anything(onCall);
    },
  });
}

/** Whether resolving the field calls something: a loader of its context, or a function that its parent holds. */
async function mayCall(field: GraphQLField<unknown, unknown>): Promise<boolean> {
  const resolve = field.subscribe ?? field.resolve;
  // Shows what its parent holds.
  if (!resolve || resolve === defaultFieldResolver) return false;
  let isCalled = false;
  const onCall = () => {
    isCalled = true;
  };
  const context = new Proxy(
    { permits: () => true },
    {
      get: (target, name) =>
        name === 'permits' || typeof name === 'symbol'
          ? (Reflect.get(target, name) as unknown)
          : anything(onCall),
    },
  );
  const args = Object.fromEntries(
    field.args.map(({ name, type }) => [name, isList(type as GraphQLOutputType) ? ['x_1'] : 'x_1']),
  );
  for (const given of [
    args,
    { ...args, first: 1, id: 'scr_1', ids: ['scr_1'], filter: null, after: null, keys: null },
  ]) {
    try {
      await resolve(anything(onCall), given, context, INFO as never);
    } catch {
      // What it made of nonsense does not matter, only whether it called before.
    }
  }
  return isCalled;
}

function isList(type: GraphQLOutputType): boolean {
  return isNonNullType(type) ? isList(type.ofType) : isListType(type);
}

/** Fields that resolve by what a connection holds: its own field states what they cost. */
const isOfConnection = (type: GraphQLNamedType) => /(?:Connection|Edge)$/.test(type.name);

const isPaged = (field: GraphQLField<unknown, unknown>) =>
  getNamedType(field.type).name.endsWith('Connection');

/** Types from which a field with a cost can be reached. */
function leadsToCost(type: GraphQLNamedType, seen = new Set<string>()): boolean {
  if (seen.has(type.name) || !isCompositeType(type)) return false;
  seen.add(type.name);
  const possible = isObjectType(type) ? [type] : schema.getPossibleTypes(type);
  return possible.some((object) =>
    Object.values(object.getFields()).some(
      (field) => `${object.name}.${field.name}` in FIELD_COSTS || leadsToCost(getNamedType(field.type), seen),
    ),
  );
}

describe('the table of costs', () => {
  it.each(fields.filter(({ type }) => !isOfConnection(type)))(
    'has a row for $coordinate, if that may call the upstream',
    async ({ coordinate, field }) => {
      if (coordinate in FIELD_COSTS) return;
      const hint = `${coordinate} needs a row in src/security/cost/field-costs.ts`;

      expect(await mayCall(field), hint).toBe(false);
      // A connection calls later, when its rows are selected.
      expect(isPaged(field), hint).toBe(false);
      // A list whose things cost something multiplies them.
      expect(isList(field.type) && leadsToCost(getNamedType(field.type)), hint).toBe(false);
    },
  );

  it('finds a resolver that calls', async () => {
    const loading = schema.getQueryType()?.getFields()['scenarioRun'];
    const plain = fields.find(({ coordinate }) => coordinate === 'ScenarioRun.score');

    expect(await mayCall(loading!)).toBe(true);
    expect(await mayCall(plain!.field)).toBe(false);
  });

  it('has no row for a field that is not there', () => {
    const coordinates = new Set(fields.map(({ coordinate }) => coordinate));

    expect(Object.keys(FIELD_COSTS).filter((coordinate) => !coordinates.has(coordinate))).toEqual([]);
  });

  it('states what connections cost by page and count, and nothing else', () => {
    const bounds = {
      defaultPageSize: 20,
      maxPageSize: 100,
      maxScanCalls: 8,
      maxWholeListCalls: 4,
      maxPooledRuns: 50,
      maxPooledExtraCalls: 20,
    };
    for (const { coordinate, field } of fields) {
      const rule = FIELD_COSTS[coordinate];
      if (rule === undefined) continue;
      const cost = typeof rule === 'function' ? rule({ value: () => undefined }, bounds) : rule;
      const isStated = isPaged(field) ? cost.page !== undefined : cost.page === undefined;
      expect(isStated, coordinate).toBe(true);
      expect(isList(field.type) ? cost.rows !== undefined : cost.rows === undefined, coordinate).toBe(true);
    }
  });

  it('reaches every union and interface through object types', () => {
    const abstract = Object.values(schema.getTypeMap()).filter(isUnionType);

    for (const type of abstract) expect(schema.getPossibleTypes(type).length).toBeGreaterThan(0);
  });
});
