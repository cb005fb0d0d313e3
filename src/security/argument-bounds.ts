/** How long texts and lists in the arguments of queries and subscriptions may be, wherever they stand. */
import { GraphQLError, OperationTypeNode, type ValidationRule } from 'graphql';
import { GatewayError } from '../errors.ts';

/** Characters of a text: conditions of filters, names and cursors fit many times over. Each may be sent upstream with every page. */
const MAX_TEXT = 2_000;
/** Entries of a list: each may be compared with every row. */
const MAX_ENTRIES = 100;

/** BAD_USER_INPUT when a text or a list in variables is too long. They are no deeper than they may be. */
export function checkVariables(variables: Readonly<Record<string, unknown>>): void {
  const waiting: unknown[] = Object.values(variables);
  for (let value = waiting.pop(); value !== undefined || waiting.length > 0; value = waiting.pop()) {
    if (typeof value === 'string') {
      if (value.length > MAX_TEXT) throw new GatewayError('BAD_USER_INPUT', TOO_LONG_TEXT);
    } else if (Array.isArray(value)) {
      if (value.length > MAX_ENTRIES) throw new GatewayError('BAD_USER_INPUT', TOO_LONG_LIST);
      waiting.push(...(value as unknown[]));
    } else if (typeof value === 'object' && value !== null)
      waiting.push(...(Object.values(value) as unknown[]));
  }
}

/** The same for what stands in the document itself. What a mutation sends is bounded where it is read. */
export const boundedArguments: ValidationRule = (context) => {
  const refuse = (message: string) => {
    context.reportError(new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } }));
  };
  return {
    OperationDefinition: ({ operation }) => (operation === OperationTypeNode.MUTATION ? false : undefined),
    StringValue: ({ value }) => {
      if (value.length > MAX_TEXT) refuse(TOO_LONG_TEXT);
    },
    ListValue: ({ values }) => {
      if (values.length > MAX_ENTRIES) refuse(TOO_LONG_LIST);
    },
  };
};

const TOO_LONG_TEXT = `Expected texts in arguments of at most ${String(MAX_TEXT)} characters, got a longer one: ask by a shorter one`;
const TOO_LONG_LIST = `Expected lists in arguments of at most ${String(MAX_ENTRIES)} entries, got a longer one: ask in several queries`;
