/** What two subscriptions must have in common to be answered together: everything but where each resumes. */
import { type DocumentNode, Kind, visit } from 'graphql';

/**
 * Makes the function that takes the variable away which only says where to resume (`after: $cursor`): followers who
 * reconnect, each with its own cursor, still ask the same question. A document is looked through once, however many
 * follow by it.
 */
export function createWithoutResumption(): (
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
) => Readonly<Record<string, unknown>> {
  const names = new WeakMap<DocumentNode, { readonly name: string | null }>();
  return (document, variables) => {
    const found = names.get(document) ?? { name: resumptionVariable(document) };
    names.set(document, found);
    const { name } = found;
    if (name === null || !(name in variables)) return variables;
    return Object.fromEntries(Object.entries(variables).filter(([key]) => key !== name));
  };
}

/** The variable that is used once, as the `after` of a field at the top; null when there is none. */
function resumptionVariable(document: DocumentNode): string | null {
  const uses = new Map<string, number>();
  const candidates: string[] = [];
  let depth = 0;
  visit(document, {
    VariableDefinition: () => false,
    Field: {
      enter: () => {
        depth++;
      },
      leave: () => {
        depth--;
      },
    },
    Argument: ({ name, value }) => {
      if (depth === 1 && name.value === 'after' && value.kind === Kind.VARIABLE)
        candidates.push(value.name.value);
    },
    Variable: ({ name }) => {
      uses.set(name.value, (uses.get(name.value) ?? 0) + 1);
    },
  });
  return candidates.find((name) => uses.get(name) === 1) ?? null;
}
