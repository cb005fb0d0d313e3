/** `createSharingKey`: what two subscriptions must have in common to be answered together: everything but where each resumes. */
import {
  type ArgumentNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  getOperationAST,
  getVariableValues,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';

export interface SharedRequest {
  readonly document: DocumentNode;
  /** The document as it was sent. */
  readonly text: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Makes the function that writes down what a valid subscription asks. Equal keys have equal answers to every event, so
 * the key holds the coerced variables of the operation: all of them, except one whose only use is to say where to resume.
 */
export function createSharingKey(schema: GraphQLSchema): (request: SharedRequest) => string {
  /** A document is looked through once, however many follow by it. */
  const known = new WeakMap<OperationDefinitionNode, ReadonlySet<string>>();
  return ({ document, text, operationName, variables }) => {
    const operation = getOperationAST(document, operationName);
    if (!operation) throw new Error('Expected a document that has the operation');
    const resumptions = known.get(operation) ?? resumptionVariables(document, operation);
    known.set(operation, resumptions);
    const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
    if (!coerced) throw new AggregateError(errors);
    const shared = Object.entries(coerced).filter(([name]) => !resumptions.has(name));
    return JSON.stringify([text, operationName, shared], writable);
  };
}

/** Numbers that JSON cannot write are distinguished all the same. */
function writable(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)))
    return { number: String(value) };
  return value;
}

/** What is still to be looked through. */
interface Part {
  readonly node: OperationDefinitionNode | FragmentDefinitionNode;
  /** Its fields are the root field of the operation. */
  readonly isRoot: boolean;
}

/**
 * The variables whose every use is as the `after` of the operation's root field. Only what the operation reaches counts:
 * a document may hold other operations, and an `after` further down says which rows are meant.
 */
function resumptionVariables(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): ReadonlySet<string> {
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
  const resumptions = new Set<string>();
  /** The arguments that say where to resume. */
  const cursors = new Set<ArgumentNode>();
  const otherUses = new Set<string>();
  const reached = new Set<string>();
  const parts: Part[] = [{ node: operation, isRoot: true }];
  for (const { node, isRoot } of parts) {
    let depth = isRoot ? 0 : 1;
    visit(node, {
      VariableDefinition: () => false,
      Field: {
        enter: ({ arguments: args = [] }) => {
          depth++;
          if (depth > 1) return;
          for (const argument of args) {
            const { name, value } = argument;
            if (name.value !== 'after' || value.kind !== Kind.VARIABLE) continue;
            resumptions.add(value.name.value);
            cursors.add(argument);
          }
        },
        leave: () => {
          depth--;
        },
      },
      FragmentSpread: ({ name }) => {
        const isInRoot = depth === 0;
        const fragment = fragments.get(name.value);
        const place = `${String(isInRoot)} ${name.value}`;
        if (!fragment || reached.has(place)) return;
        reached.add(place);
        parts.push({ node: fragment, isRoot: isInRoot });
      },
      // Variables in it are no other use.
      Argument: (argument) => (cursors.has(argument) ? false : undefined),
      Variable: ({ name }) => {
        otherUses.add(name.value);
      },
    });
  }
  return new Set([...resumptions].filter((name) => !otherUses.has(name)));
}
