/** The texts by which clients send one and the same document: caches ask for `__typename`, and printers differ in white space. */
import { type DocumentNode, type FieldNode, Kind, print, type SelectionSetNode, visit } from 'graphql';

/**
 * The document as caching clients send it: `__typename` is the last field of every selection set that has none, but for
 * those at the top of an operation. Apollo Client and urql's document and normalized caches agree on this.
 */
export function withTypenames(document: DocumentNode): DocumentNode {
  return visit(document, {
    SelectionSet: (node, _key, parent) => {
      const isTop = parent && 'kind' in parent && parent.kind === Kind.OPERATION_DEFINITION;
      return isTop || asksForTypename(node)
        ? undefined
        : { ...node, selections: [...node.selections, TYPENAME] };
    },
  });
}

/** Equal for documents that differ in white space, comments and the order of their definitions only. */
export function canonicalText(document: DocumentNode): string {
  return document.definitions
    .map((definition) => print(definition))
    .sort()
    .join('\n\n');
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

function asksForTypename({ selections }: SelectionSetNode): boolean {
  return selections.some(
    (selection) => selection.kind === Kind.FIELD && selection.name.value === TYPENAME.name.value,
  );
}
