/** `mostRepeats`: how often one place of the answer is asked for, which is what comparing fields with each other costs. */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * The largest number of fields of one operation or fragment that stand for the same place of the answer, as in
 * `{ a { b } a { b } }`. Validation compares each of them with each other. Spreads every fragment, so it is for documents
 * whose number of selections is known to be within its bound.
 */
export function mostRepeats(document: DocumentNode): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }

  /** The sets of selections below each name, as they are siblings in these. */
  function belowEachName(sets: readonly SelectionSetNode[]): Map<string, (SelectionSetNode | null)[]> {
    const below = new Map<string, (SelectionSetNode | null)[]>();
    const visit = (selection: SelectionNode): void => {
      switch (selection.kind) {
        case Kind.FIELD: {
          const name = (selection.alias ?? selection.name).value;
          const same = below.get(name);
          const set = selection.selectionSet ?? null;
          if (same) same.push(set);
          else below.set(name, [set]);
          return;
        }
        case Kind.FRAGMENT_SPREAD:
          fragments.get(selection.name.value)?.selectionSet.selections.forEach(visit);
          return;
        case Kind.INLINE_FRAGMENT:
          selection.selectionSet.selections.forEach(visit);
          return;
      }
    };
    for (const { selections } of sets) selections.forEach(visit);
    return below;
  }

  function most(sets: readonly SelectionSetNode[]): number {
    let repeats = 0;
    for (const same of belowEachName(sets).values()) {
      const deeper = same.filter((set) => set !== null);
      repeats = Math.max(repeats, same.length, deeper.length > 0 ? most(deeper) : 0);
    }
    return repeats;
  }

  return document.definitions.reduce(
    (repeats, definition) =>
      'selectionSet' in definition ? Math.max(repeats, most([definition.selectionSet])) : repeats,
    0,
  );
}
