/** `selectFields`: what a selection asks of one object type, fields of one name taken together, as an executor does it. */
import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';

/** What the selection of one operation depends on. */
export interface SelectionScope {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Those that are absent or have no value stand for their default already. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** By their name in the answer; each at least once. */
export type SelectedFields = ReadonlyMap<string, readonly [FieldNode, ...FieldNode[]]>;

export function selectFields(
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  scope: SelectionScope,
): SelectedFields {
  const fields = new Map<string, [FieldNode, ...FieldNode[]]>();
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (isLeftOut(selection.directives, scope)) continue;
      switch (selection.kind) {
        case Kind.FIELD: {
          const name = (selection.alias ?? selection.name).value;
          const same = fields.get(name);
          if (same) same.push(selection);
          else fields.set(name, [selection]);
          break;
        }
        case Kind.INLINE_FRAGMENT:
          if (applies(selection.typeCondition?.name.value, type, scope)) visit(selection.selectionSet);
          break;
        case Kind.FRAGMENT_SPREAD: {
          const fragment = scope.fragments.get(selection.name.value);
          if (fragment && applies(fragment.typeCondition.name.value, type, scope))
            visit(fragment.selectionSet);
          break;
        }
      }
    }
  };
  sets.forEach(visit);
  return fields;
}

function applies(
  condition: string | undefined,
  type: GraphQLObjectType,
  { schema }: SelectionScope,
): boolean {
  if (condition === undefined || condition === type.name) return true;
  const named = schema.getType(condition);
  return isAbstractType(named) && schema.isSubType(named, type);
}

function isLeftOut(directives: readonly DirectiveNode[] | undefined, { variables }: SelectionScope): boolean {
  return (directives ?? []).some(({ name, arguments: args = [] }) => {
    const condition = args.find((arg) => arg.name.value === 'if');
    const value = condition && valueFromASTUntyped(condition.value, variables);
    return (name.value === 'skip' && value === true) || (name.value === 'include' && value === false);
  });
}
