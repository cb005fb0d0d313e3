/** `followerPairs`: two followers with one random document, who say where to resume, which rows and what else each in their own way. */
import fc from 'fast-check';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  typeFromAST,
  TypeInfo,
  type VariableDefinitionNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { type Choices, generated } from './choices.ts';
import { type DocumentOptions, documents, type GeneratedOperation } from './documents.ts';
import { type ValuePool, valueOf } from './values.ts';

export type Variables = Readonly<Record<string, unknown>>;

export interface FollowerPair {
  readonly query: string;
  readonly operationName: string;
  readonly variables: readonly [Variables, Variables];
}

const NAME = 'Main';

export function followerPairs(options: Pick<DocumentOptions, 'schema' | 'pool'>) {
  const asked = documents({
    ...options,
    operation: 'subscription',
    maxDepth: 5,
    maxWidth: 3,
    minChoices: 30,
    maxChoices: 100,
    // What says where to resume at the root says further down which rows are meant.
    favourites: ['after'],
  });
  // Decided apart from the document, which may use up whatever there is to decide.
  const numbers = generated((choices) => choices, { minChoices: 60, maxChoices: 60 });
  return fc.tuple(asked, numbers).map(([operation, choices]) => pairOf(operation, choices, options));
}

function pairOf(
  asked: GeneratedOperation,
  choices: Choices,
  options: Pick<DocumentOptions, 'schema' | 'pool'>,
): FollowerPair {
  const changes = [
    named,
    withFewerVariables,
    selectionsInFragments(options.schema),
    inFragments,
    besideAnother,
  ];
  const document = changes.reduce((made, change) => change(made, choices), parse(asked.query));
  const one = variablesOf(document, asked.variables);
  return {
    query: print(document),
    operationName: NAME,
    variables: [one, otherVariables(document, one, { ...options, choices })],
  };
}

function mainOf(document: DocumentNode): OperationDefinitionNode {
  const [operation] = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (!operation) throw new Error('Expected an operation');
  return operation;
}

function withMain(document: DocumentNode, main: OperationDefinitionNode, ...more: Definition[]) {
  const others = document.definitions.filter((node) => node !== mainOf(document));
  return { ...document, definitions: [main, ...others, ...more] };
}

type Definition = FragmentDefinitionNode | OperationDefinitionNode;

const nameNode = (value: string) => ({ kind: Kind.NAME, value }) as const;

function named(document: DocumentNode): DocumentNode {
  return withMain(document, { ...mainOf(document), name: nameNode(NAME) });
}

/** One variable in the place of two of the same type. */
function withFewerVariables(document: DocumentNode, { oneIn, pick }: Choices): DocumentNode {
  const definitions = mainOf(document).variableDefinitions ?? [];
  if (definitions.length < 2 || !oneIn(2)) return document;
  const kept = pick(definitions);
  const alike = definitions.filter((each) => each !== kept && print(each.type) === print(kept.type));
  if (alike.length === 0) return document;
  const gone = pick(alike);
  return visit(document, {
    VariableDefinition: (node) => (node.variable.name.value === gone.variable.name.value ? null : false),
    Variable: (node) =>
      node.name.value === gone.variable.name.value ? { ...node, name: kept.variable.name } : undefined,
  });
}

/** Some selections in fragments of their own. */
function selectionsInFragments(schema: GraphQLSchema) {
  return (document: DocumentNode, { oneIn }: Choices): DocumentNode => {
    const types = new TypeInfo(schema);
    const fragments: FragmentDefinitionNode[] = [];
    const changed: DocumentNode = visit(
      document,
      visitWithTypeInfo(types, {
        SelectionSet: {
          leave: (selectionSet, _key, parent) => {
            const type = types.getParentType();
            const isOfField = parent && 'kind' in parent && parent.kind === Kind.FIELD;
            if (!type || !isOfField || !oneIn(3)) return undefined;
            const name = nameNode(`Part${String(fragments.length)}`);
            const typeCondition = { kind: Kind.NAMED_TYPE, name: nameNode(type.name) } as const;
            fragments.push({ kind: Kind.FRAGMENT_DEFINITION, name, typeCondition, selectionSet });
            return { ...selectionSet, selections: [{ kind: Kind.FRAGMENT_SPREAD, name }] };
          },
        },
      }),
    );
    return { ...changed, definitions: [...changed.definitions, ...fragments] };
  };
}

/** The root field in fragments of the root, named ones or not, up to two around each other. */
function inFragments(document: DocumentNode, { choose, oneIn }: Choices): DocumentNode {
  let made = document;
  for (let level = choose(3); level > 0; level--) {
    const main = mainOf(made);
    const typeCondition = { kind: Kind.NAMED_TYPE, name: nameNode('Subscription') } as const;
    const { selectionSet } = main;
    const name = nameNode(`Root${String(level)}`);
    const around = (selection: (typeof selectionSet.selections)[number]) => ({
      ...main,
      selectionSet: { ...selectionSet, selections: [selection] },
    });
    made = oneIn(2)
      ? withMain(made, around({ kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet }))
      : withMain(made, around({ kind: Kind.FRAGMENT_SPREAD, name }), {
          kind: Kind.FRAGMENT_DEFINITION,
          name,
          typeCondition,
          selectionSet,
        });
  }
  return made;
}

/** Another operation in the document, which resumes by a variable that means something else here. */
function besideAnother(document: DocumentNode, { oneIn, pick }: Choices): DocumentNode {
  const definitions = mainOf(document).variableDefinitions ?? [];
  if (definitions.length === 0 || !oneIn(4)) return document;
  const { name } = pick(definitions).variable;
  const other = `subscription Other($${name.value}: Cursor) { devbox(id: "dbx_other", after: $${name.value}) { cursor } }`;
  return withMain(document, mainOf(document), mainOf(parse(other)));
}

function variablesOf(document: DocumentNode, given: Variables): Variables {
  const names = new Set(
    (mainOf(document).variableDefinitions ?? []).map(({ variable }) => variable.name.value),
  );
  return Object.fromEntries(Object.entries(given).filter(([name]) => names.has(name)));
}

/** Of each variable the same, another one, nothing, or that there is none. */
function otherVariables(
  document: DocumentNode,
  one: Variables,
  given: { readonly schema: GraphQLSchema; readonly pool: ValuePool; readonly choices: Choices },
): Variables {
  const { choose, oneIn } = given.choices;
  // Often it is one variable that makes the difference.
  const changedOneIn = 1 + choose(3);
  const entries = (mainOf(document).variableDefinitions ?? []).flatMap((definition): [string, unknown][] => {
    const name = definition.variable.name.value;
    const same: [string, unknown][] = name in one ? [[name, one[name]]] : [];
    if (!oneIn(changedOneIn)) return same;
    const isOptional = definition.type.kind !== Kind.NON_NULL_TYPE;
    if ((isOptional || definition.defaultValue) && oneIn(4)) return [];
    if (isOptional && oneIn(4)) return [[name, null]];
    return [[name, anotherValue(document, definition, given)]];
  });
  return Object.fromEntries(oneIn(8) ? [...entries, ['unused', choose(3)]] : entries);
}

function anotherValue(
  document: DocumentNode,
  { variable, type }: VariableDefinitionNode,
  { schema, pool, choices }: Parameters<typeof otherVariables>[2],
): unknown {
  // What kind of node it is decides which of its overloads is meant, and here it may be any.
  const input = typeFromAST(schema, type as never) as unknown as Parameters<typeof valueOf>[0];
  return valueOf(input, { ...useOf(document, variable.name.value), pool, choices }).json;
}

/** The argument that a variable stands for, and the field that takes it. */
function useOf(document: DocumentNode, variable: string): { readonly name: string; readonly owner: string } {
  let use = { name: '', owner: '' };
  const fields: FieldNode[] = [];
  visit(document, {
    Field: {
      enter: (field) => {
        fields.push(field);
      },
      leave: () => {
        fields.pop();
      },
    },
    Argument: ({ name, value }) => {
      if (value.kind === Kind.VARIABLE && value.name.value === variable)
        use = { name: name.value, owner: fields.at(-1)?.name.value ?? '' };
    },
  });
  return use;
}
