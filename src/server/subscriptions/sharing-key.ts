/** `createSharingKey`: the key by which subscriptions share a broadcast: the whole operation except where each resumes. */
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
 * Makes the function that computes the key of a valid subscription. Equal keys must have equal answers to every event, so
 * the key holds all coerced variables of the operation, except one whose only use is as the cursor to resume from.
 */
export function createSharingKey(schema: GraphQLSchema): (request: SharedRequest) => string {
  /** The resumption variables of each operation, so that a document is visited once for all its subscriptions. */
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

/** A replacer that keeps numbers distinct which JSON cannot represent. */
function writable(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)))
    return { number: String(value) };
  return value;
}

/** A definition that is still to be visited. */
interface Part {
  readonly node: OperationDefinitionNode | FragmentDefinitionNode;
  /** Whether its top-level fields are the root field of the operation. */
  readonly isRoot: boolean;
}

/**
 * The variables that are used only as `after` of the operation's root field. Only what the operation reaches counts: a
 * document may hold other operations, and an `after` further down is a position in a list.
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
  /** The `after` arguments of the root field. */
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
      // The variable in a cursor argument is no other use.
      Argument: (argument) => (cursors.has(argument) ? false : undefined),
      Variable: ({ name }) => {
        otherUses.add(name.value);
      },
    });
  }
  return new Set([...resumptions].filter((name) => !otherUses.has(name)));
}
