/** `measureDocument`: how large a document is once its fragments are spread, counted without spreading them. */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { GatewayError } from '../errors.ts';

/** Of the largest operation or fragment, each number by itself. */
export interface DocumentSize {
  readonly depth: number;
  readonly selections: number;
  readonly aliases: number;
  readonly rootFields: number;
  readonly directives: number;
}

const NOTHING: DocumentSize = { depth: 0, selections: 0, aliases: 0, rootFields: 0, directives: 0 };

/**
 * Visits every node once: what a fragment amounts to is remembered, so that fragments that spread each other twice over
 * cost a multiplication and not a visit each. GRAPHQL_VALIDATION_FAILED when a fragment spreads itself, which has no size.
 */
export function measureDocument(document: DocumentNode): DocumentSize {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const measured = new Map<FragmentDefinitionNode, DocumentSize>();
  const underWay = new Set<FragmentDefinitionNode>();

  function ofFragment(fragment: FragmentDefinitionNode): DocumentSize {
    const known = measured.get(fragment);
    if (known) return known;
    if (underWay.has(fragment)) {
      throw new GatewayError(
        'GRAPHQL_VALIDATION_FAILED',
        `Cannot spread fragment "${fragment.name.value}" within itself: fragments must not form a cycle.`,
      );
    }
    underWay.add(fragment);
    const size = plus(ofSelections(fragment.selectionSet), { directives: count(fragment.directives) });
    underWay.delete(fragment);
    measured.set(fragment, size);
    return size;
  }

  function ofSelections({ selections }: SelectionSetNode): DocumentSize {
    return selections.map(ofSelection).reduce(plus, NOTHING);
  }

  function ofSelection(selection: SelectionNode): DocumentSize {
    const own = { selections: 1, directives: count(selection.directives) };
    switch (selection.kind) {
      case Kind.FIELD: {
        const below = selection.selectionSet ? ofSelections(selection.selectionSet) : NOTHING;
        const aliases = selection.alias ? 1 : 0;
        return plus({ ...below, depth: below.depth + 1, rootFields: 1 }, { ...own, aliases });
      }
      case Kind.FRAGMENT_SPREAD: {
        const fragment = fragments.get(selection.name.value);
        // Validation says which fragment does not exist.
        return plus(fragment ? ofFragment(fragment) : NOTHING, own);
      }
      case Kind.INLINE_FRAGMENT:
        return plus(ofSelections(selection.selectionSet), own);
    }
  }

  let largest = NOTHING;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) {
      const inVariables = (definition.variableDefinitions ?? []).map(({ directives }) => count(directives));
      const directives = inVariables.reduce((sum, next) => sum + next, count(definition.directives));
      largest = max(largest, plus(ofSelections(definition.selectionSet), { directives }));
    } else if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      largest = max(largest, { ...ofFragment(definition), rootFields: 0 });
    }
  }
  return largest;
}

/** Two parts of one selection: what they hold adds up, and the deeper one says how deep it is. */
function plus(a: DocumentSize, part: Partial<DocumentSize>): DocumentSize {
  const b = { ...NOTHING, ...part };
  return {
    depth: Math.max(a.depth, b.depth),
    selections: a.selections + b.selections,
    aliases: a.aliases + b.aliases,
    rootFields: a.rootFields + b.rootFields,
    directives: a.directives + b.directives,
  };
}

function max(a: DocumentSize, b: DocumentSize): DocumentSize {
  return {
    depth: Math.max(a.depth, b.depth),
    selections: Math.max(a.selections, b.selections),
    aliases: Math.max(a.aliases, b.aliases),
    rootFields: Math.max(a.rootFields, b.rootFields),
    directives: Math.max(a.directives, b.directives),
  };
}

function count(list: readonly unknown[] | undefined): number {
  return list?.length ?? 0;
}
