/** What two subscriptions must have in common to be answered together: everything but where each resumes. */
import { type DocumentNode, Kind, visit } from 'graphql';

/**
 * The variables without the one that only says where to resume (`after: $cursor`): followers who reconnect, each with
 * its own cursor, still ask the same question.
 */
export function withoutResumption(
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const name = resumptionVariable(document);
  if (name === null || !(name in variables)) return variables;
  return Object.fromEntries(Object.entries(variables).filter(([key]) => key !== name));
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
