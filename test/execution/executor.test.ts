import { buildSchema, execute as interpret, type GraphQLSchema, isObjectType, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema as graph } from '../../schema/index.ts';
import type { ExecutionSettings } from '../../src/execution/document-records.ts';
import { createExecutor } from '../../src/execution/executor.ts';

const SDL = `
  interface Shape { name: String }
  type Square implements Shape { name: String side: Int! }
  type Circle implements Shape { name: String radius: Int }
  input Wish { text: String = "default" word: Word amount: [Int] }
  enum Word { ONE TWO }
  type Query {
    told(text: String = "nothing", wish: Wish, ids: [ID!]): String
    shape(kind: String!): Shape
    shapes: [Shape!]
    nested: Query
    required: Query!
  }
  type Mutation { count: Int! failing: Int }
`;

/** A graph whose resolvers say what they were given, and count how often they were asked. */
function createStage(settings: Partial<ExecutionSettings> = {}) {
  const asked: Record<string, number> = {};
  const count = (name: string) => (asked[name] = (asked[name] ?? 0) + 1);
  const schema: GraphQLSchema = buildSchema(SDL);
  const resolvers: Record<
    string,
    Record<string, (source: unknown, args: Record<string, unknown>) => unknown>
  > = {
    Query: {
      told: (_source, args) => {
        count('told');
        return JSON.stringify(args);
      },
      shape: (_source, { kind }) =>
        kind === 'none' ? { kind } : { kind, name: kind, side: kind === 'Square' ? null : 1 },
      shapes: () => [{ kind: 'Square', side: 2 }, new Error('No shape'), { kind: 'Circle', name: 'round' }],
      nested: () => Promise.resolve({}),
      required: () => Promise.reject(new Error('Required')),
    },
    Mutation: {
      count: () => count('count'),
      failing: () => {
        count('failing');
        throw new Error('It failed');
      },
    },
  };
  for (const [name, fields] of Object.entries(resolvers)) {
    const type = schema.getType(name);
    if (!isObjectType(type)) throw new Error(`No ${name}`);
    for (const [field, resolve] of Object.entries(fields)) type.getFields()[field]!.resolve = resolve;
  }
  const shape = schema.getType('Shape');
  Object.assign(shape as object, {
    resolveType: ({ kind }: { kind: string }) => {
      if (kind === 'none') throw new Error('There is no such kind');
      return kind;
    },
  });
  const executor = createExecutor({
    schema,
    settings: { compiledDocuments: 10, compileAtExecution: 1, compiledMaxFields: 100, ...settings },
  });
  return { schema, executor, asked };
}

type Variables = Readonly<Record<string, unknown>>;

const CASES = (
  [
    ['a literal', '{ told(text: "a \\"quoted\\" \\u2028 `${text}`") }'],
    ['the default of an argument', '{ told nested { told(ids: []) } }'],
    ['a variable', 'query ($t: String) { told(text: $t) }', { t: 'x' }],
    ['a variable that is absent', 'query ($t: String) { told(text: $t) }'],
    ['a variable that is null', 'query ($t: String) { told(text: $t) }', { t: null }],
    ['the default of a variable', 'query ($t: String = "mine") { told(text: $t) }'],
    [
      'a variable inside of an object',
      'query ($w: Word) { told(wish: {word: $w, text: "t"}) }',
      { w: 'TWO' },
    ],
    [
      'an absent one inside of an object',
      'query ($w: Word, $n: Int) { told(wish: {word: $w, amount: [1, $n]}) }',
    ],
    ['an object', 'query ($w: Wish!) { told(wish: $w) }', { w: { word: 'ONE' } }],
    ['one item for a list', 'query ($id: ID!) { told(ids: [$id]) b: told(ids: "x") }', { id: 7 }],
    [
      'types by fragments',
      '{ shape(kind: "Circle") { __typename ...C ... on Square { side } } } fragment C on Circle { name radius }',
    ],
    [
      'a fragment at two places under different conditions',
      'query ($yes: Boolean!) { ...T @skip(if: $yes) nested { ...T @include(if: $yes) } } fragment T on Query { told }',
      { yes: true },
    ],
    [
      'a field at one place twice',
      'query ($no: Boolean!) { nested { told @include(if: $no) } nested { told __typename } }',
      { no: false },
    ],
    ['a selection without a field', 'query ($no: Boolean = false) { nested { told @include(if: $no) } }'],
    ['an error of a field', '{ nested { shape(kind: "Square") { ... on Square { side } } } }'],
    ['an error that leaves no place', '{ nested { told required { told } } }'],
    ['an error among items', '{ shapes { name } }'],
    ['a type that cannot be told', '{ nested { shape(kind: "none") { name } } }'],
    [
      'a variable of the wrong type',
      'query ($t: Int!) { shape(kind: "Circle") { name } told(ids: [$t]) }',
      { t: 'x' },
    ],
    [
      'an argument that must not be null',
      'query ($k: String = "Circle") { shape(kind: $k) { name } }',
      { k: null },
    ],
    [
      'a condition that must not be null',
      'query ($c: Boolean = true) { nested { told @include(if: $c) } }',
      { c: null },
    ],
    ['a key that is no ordinary one', '{ __proto__: told constructor: told toString: nested { told } }'],
    ['keys that can be confused', '{ a: nested { b: shape(kind: "Circle") { name } } b_a: told }'],
    ['questions about the schema', '{ __schema { queryType { name } } __type(name: "Wish") { kind } told }'],
  ] satisfies readonly (readonly [what: string, query: string, variables?: Variables])[]
).map(([what, query, variableValues = {}]) => ({ what, query, variableValues }));

describe('compiled code', () => {
  it.each(CASES)('answers as graphql-js: $what', async ({ query, variableValues }) => {
    const { schema, executor } = createStage();
    await executor.load();
    const args = { schema, document: parse(query), variableValues, rootValue: {}, contextValue: {} };

    const [first, second] = [await executor.execute(args), await executor.execute(args)];

    const expected = JSON.stringify(await interpret(args));
    expect(JSON.stringify(first)).toBe(expected);
    expect(JSON.stringify(second)).toBe(expected);
  });

  it('never holds what a client has written', async () => {
    const { schema, executor } = createStage();
    await executor.load();
    // graphql-jit writes this literal as `new Date(…)` into its code.
    const program = '__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74dglobalThis.__wasRun=true';
    const query = `query ($t: String = "${program}") { told(text: "${program}") b: told(text: $t, wish: {text: "${program}"}) }`;

    const { data, errors } = await executor.execute({ schema, document: parse(query) });

    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ told: JSON.stringify({ text: program }) });
    expect(executor.compiledCount).toBe(1);
    expect(globalThis).not.toHaveProperty('__wasRun');
  });

  it('is made when a document is executed for the third time', async () => {
    const { schema, executor } = createStage({ compileAtExecution: 3 });
    await executor.load();
    const document = parse('{ told }');

    const counts = [1, 2, 3, 4].map(() => {
      void executor.execute({ schema, document });
      return executor.compiledCount;
    });

    expect(counts).toEqual([0, 0, 1, 1]);
  });

  it('is not made for a flood of documents that differ', async () => {
    const { schema, executor } = createStage({ compileAtExecution: 2 });
    await executor.load();

    for (let n = 0; n < 100; n++)
      await executor.execute({ schema, document: parse(`{ told(text: "${String(n)}") }`) });

    expect(executor.compiledCount).toBe(0);
  });

  it('is not made for every choice of conditions at once', async () => {
    const { schema, executor } = createStage({ compileAtExecution: 2 });
    await executor.load();
    const document = parse(
      'query ($a: Boolean!, $b: Boolean!) { told @skip(if: $a) nested @skip(if: $b) { told } }',
    );
    const ask = (a: boolean, b: boolean) => executor.execute({ schema, document, variableValues: { a, b } });

    for (const a of [true, false]) for (const b of [true, false]) await ask(a, b);
    expect(executor.compiledCount).toBe(0);

    await ask(true, false);
    await ask(true, false);
    expect(executor.compiledCount).toBe(1);
  });

  it('makes room for what is used later', async () => {
    const { schema, executor } = createStage({ compiledDocuments: 2 });
    await executor.load();
    const documents = ['{ told }', '{ nested { told } }', '{ shapes { name } }'].map((query) => parse(query));

    for (const document of [...documents, ...documents]) await executor.execute({ schema, document });

    expect(executor.compiledCount).toBe(2);
  });

  it('is not made of documents that are too large, however small they are written', async () => {
    const { schema, executor } = createStage({ compiledMaxFields: 20 });
    await executor.load();
    const document = parse(`
      { ...A }
      fragment A on Query { a: nested { ...B } b: nested { ...B } c: nested { ...B } }
      fragment B on Query { a: nested { ...C } b: nested { ...C } c: nested { ...C } }
      fragment C on Query { told }
    `);

    await executor.execute({ schema, document });

    expect(executor.compiledCount).toBe(0);
  });

  it('is switched off by 0', async () => {
    const { schema, executor } = createStage({ compiledDocuments: 0 });
    await executor.load();

    expect(await executor.execute({ schema, document: parse('{ told }') })).toMatchObject({
      data: { told: '{"text":"nothing"}' },
    });
    expect(executor.compiledCount).toBe(0);
  });

  it('is made once the compiler has loaded, and no operation waits for that', async () => {
    const { schema, executor } = createStage();
    const document = parse('{ told }');

    expect(await executor.execute({ schema, document })).toMatchObject({ data: {} });
    expect(executor.compiledCount).toBe(0);

    await executor.load();
    await executor.execute({ schema, document });
    expect(executor.compiledCount).toBe(1);
  });
});

describe('a mutation', () => {
  it('is executed once, also when it fails', async () => {
    const { schema, executor, asked } = createStage();
    await executor.load();
    const document = parse('mutation { count failing again: count }');

    const result = await executor.execute({ schema, document });

    expect(result).toMatchObject({
      data: { count: 1, failing: null, again: 2 },
      errors: [{ message: 'It failed' }],
    });
    expect(asked).toEqual({ count: 2, failing: 1 });
    expect(executor.compiledCount).toBe(0);
  });
});

describe('the graph', () => {
  it('has no two fields whose resolvers graphql-jit would confuse', () => {
    const names = Object.values(graph.getTypeMap())
      .filter(isObjectType)
      .flatMap((type) => Object.keys(type.getFields()).map((field) => type.name + field));

    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
