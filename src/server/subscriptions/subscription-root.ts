/** `conditionsAtSubscriptionRoot`: a validation rule of the specification that graphql-js 16 lacks: it throws instead. */
import {
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionNode,
} from 'graphql';

const CONDITIONS = ['skip', 'include'];

/**
 * An error for each `@skip` and `@include` at the top of a subscription, fragments included. A subscription selects exactly
 * one field there, so none may be conditional (GraphQL, October 2025, section 5.2.4.1). graphql-js reads these
 * directives while it validates, before there are variables, and throws.
 */
export function conditionsAtSubscriptionRoot({ definitions }: DocumentNode): readonly GraphQLError[] {
  const subscriptions = definitions.filter(isSubscription);
  if (subscriptions.length === 0) return [];
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const found = new Set<SelectionNode>();
  const spread = new Set<string>();
  const collect = (selections: readonly SelectionNode[]): void => {
    for (const selection of selections) {
      if (selection.directives?.some(({ name }) => CONDITIONS.includes(name.value))) found.add(selection);
      if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet.selections);
      if (selection.kind !== Kind.FRAGMENT_SPREAD || spread.has(selection.name.value)) continue;
      spread.add(selection.name.value);
      collect(fragments.get(selection.name.value)?.selectionSet.selections ?? []);
    }
  };
  for (const { selectionSet } of subscriptions) collect(selectionSet.selections);
  return [...found].map(
    (nodes) =>
      new GraphQLError(
        'Expected no `@skip` or `@include` at the top of a subscription, which selects exactly one field: put it on a field below',
        { nodes },
      ),
  );
}

function isSubscription(definition: DefinitionNode): definition is OperationDefinitionNode {
  return (
    definition.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.SUBSCRIPTION
  );
}
