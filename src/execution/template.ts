/** `templateOf`: an operation of which only names are left. What is conditional is decided, and arguments are variables. */
import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  getArgumentValues,
  getNamedType,
  type GraphQLField,
  GraphQLScalarType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  type NamedTypeNode,
  type NameNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type VariableDefinitionNode,
  type VariableNode,
} from 'graphql';
import { isIncluded, type Variables } from './conditions.ts';

export interface OperationToCompile {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced. Those that decide what is included are compiled in. */
  readonly variables: Variables;
}

export interface Template {
  /** The operation with its fragments. It holds no value that a client has written or sent. */
  readonly document: DocumentNode;
  /** The values of its variables, from the coerced ones of the operation. Throws where graphql-js would refuse an argument. */
  readonly valuesOf: (variables: Variables) => Readonly<Record<string, unknown>>;
}

/** The type of a template's variables. No graph has one with this name: names that begin so are reserved. */
export const ANY_VALUE = new GraphQLScalarType({ name: '__AnyValue' });

/** A field with arguments, which become variables. */
interface Site {
  readonly field: GraphQLField<unknown, unknown>;
  readonly node: FieldNode;
  /** What the names of its variables begin with. */
  readonly prefix: string;
}

/**
 * graphql-jit writes the literals of a document into its code, where a text of a certain form is run as a program. It
 * decides directives wrongly in a fragment that is spread twice, and reads variables inside of input objects in its own
 * way. None of it can happen to a template. Throws when it cannot be made.
 */
export function templateOf(schema: GraphQLSchema, given: OperationToCompile): Template {
  const { document, operation, variables } = given;
  const sites: Site[] = [];

  const argumentsOf = (node: FieldNode, typeName: string): readonly ArgumentNode[] => {
    if (!node.arguments?.length) return [];
    const type = schema.getType(typeName);
    // Implementations may have other defaults than their interface.
    const field = isObjectType(type) ? type.getFields()[node.name.value] : undefined;
    if (!field) throw new Error(`${typeName}.${node.name.value} has arguments that depend on its type`);
    const prefix = `_${String(sites.length)}_`;
    sites.push({ field, node, prefix });
    return field.args.map(({ name }) => ({
      kind: Kind.ARGUMENT,
      name: nameNode(name),
      value: variableNode(prefix + name),
    }));
  };

  const selectionsOf = (set: SelectionSetNode, typeName: string): SelectionSetNode => ({
    kind: Kind.SELECTION_SET,
    selections: set.selections
      .filter((selection) => isIncluded(selection, variables))
      .map((selection) => {
        const bare = { ...selection, directives: [] };
        switch (bare.kind) {
          case Kind.FIELD: {
            const args = argumentsOf(bare, typeName);
            const { selectionSet } = bare;
            if (!selectionSet) return { ...bare, arguments: args };
            const within = fieldTypeName(schema, typeName, bare.name.value);
            return { ...bare, arguments: args, selectionSet: selectionsOf(selectionSet, within) };
          }
          case Kind.FRAGMENT_SPREAD:
            return bare;
          case Kind.INLINE_FRAGMENT: {
            const within = bare.typeCondition?.name.value ?? typeName;
            return { ...bare, selectionSet: selectionsOf(bare.selectionSet, within) };
          }
        }
      }),
  });

  const root = schema.getRootType(operation.operation);
  if (!root) throw new Error(`The graph has no ${operation.operation}`);
  const body = selectionsOf(operation.selectionSet, root.name);
  const fragments = document.definitions
    .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
    .map((fragment) => ({
      ...fragment,
      selectionSet: selectionsOf(fragment.selectionSet, fragment.typeCondition.name.value),
    }));
  const template: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: operation.operation,
    selectionSet: body,
    variableDefinitions: sites.flatMap(({ field, prefix }) =>
      field.args.map(({ name }) => variableDefinition(prefix + name)),
    ),
  };
  return {
    document: { kind: Kind.DOCUMENT, definitions: [template, ...fragments] },
    valuesOf: (from) => {
      const values: Record<string, unknown> = {};
      for (const { field, node, prefix } of sites) {
        const args = getArgumentValues(field, node, from);
        for (const name in args) values[prefix + name] = args[name];
      }
      return values;
    },
  };
}

/** The name of what a field answers, lists and nullability aside. */
function fieldTypeName(schema: GraphQLSchema, typeName: string, fieldName: string): string {
  const type = schema.getType(typeName);
  const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[fieldName] : undefined;
  if (!field) throw new Error(`${typeName}.${fieldName} is not of the graph itself`);
  return getNamedType(field.type).name;
}

function nameNode(value: string): NameNode {
  return { kind: Kind.NAME, value };
}

function variableNode(name: string): VariableNode {
  return { kind: Kind.VARIABLE, name: nameNode(name) };
}

function variableDefinition(name: string): VariableDefinitionNode {
  const type: NamedTypeNode = { kind: Kind.NAMED_TYPE, name: nameNode(ANY_VALUE.name) };
  return { kind: Kind.VARIABLE_DEFINITION, variable: variableNode(name), type };
}
