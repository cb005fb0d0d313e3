/** `createSubscriptionSources`: resolves the source of a subscription, by its resolver and the hooks of plugins. */
import { createSourceEventStream, type GraphQLSchema } from 'graphql';
import type { Caller } from '../../security/caller.ts';
import type { CreateContext, OperationContext } from '../graphql/operation-context.ts';
import type { SubscriptionSource } from '../graphql/operation-steps.ts';
import type { SubscriptionRequest } from './subscription-request.ts';

type SourceRequest = Pick<
  SubscriptionRequest,
  'document' | 'variables' | 'operationName' | 'caller' | 'steps'
>;

const NEVER = new AbortController().signal;

const nothingToEnd = () => undefined;

export function createSubscriptionSources({
  schema,
  createContext,
}: {
  readonly schema: GraphQLSchema;
  readonly createContext: CreateContext;
}): (request: SourceRequest) => Promise<SubscriptionSource> {
  /**
   * The contexts of `subscribe` resolvers, one per caller: these resolvers only check the caller and read nothing, so the
   * context is disposed at once, and all subscriptions of the caller share it.
   */
  const openings = new WeakMap<Caller, OperationContext>();
  const openingOf = (caller: Caller) => {
    const known = openings.get(caller);
    if (known) return known;
    using opening = createContext({ caller, signal: NEVER });
    openings.set(caller, opening);
    return opening;
  };

  return async ({ document, variables, operationName, caller, steps }) => {
    const args = { schema, document, variableValues: variables, operationName };
    if (steps?.subscribe) {
      // What plugins add to the context is for this subscription alone.
      using contextValue = createContext({ caller, signal: NEVER });
      return await steps.subscribe({ ...args, contextValue });
    }
    const stream = await createSourceEventStream({ ...args, contextValue: openingOf(caller) });
    if (!(Symbol.asyncIterator in stream)) throw new AggregateError(stream.errors ?? []);
    return { stream, variables, sharingKey: '', onEvent: null, end: nothingToEnd };
  };
}
