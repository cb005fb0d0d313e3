/** `createOpenFollow`: what a subscription follows: its arguments are validated, and the watching is started or joined. */
import { createSourceEventStream, type GraphQLSchema } from 'graphql';
import type { Follow, OpenFollow } from '../../live/following.ts';
import type { Caller } from '../../security/caller.ts';
import type { CreateContext, OperationContext } from '../graphql/operation-context.ts';
import { createSharingKey } from './sharing-key.ts';
import type { SubscriptionRequest } from './subscription-request.ts';

/** What a subscriber starts from. */
export interface OpenedFollow {
  readonly follow: OpenFollow;
  /** Equal for those who are answered together. */
  readonly key: string;
}

const NEVER = new AbortController().signal;

/** The function rejects where there is nothing to follow. What it opens must be disposed. */
export function createOpenFollow(
  schema: GraphQLSchema,
  createContext: CreateContext,
): (request: SubscriptionRequest) => Promise<OpenedFollow> {
  const sharingKey = createSharingKey(schema);
  /**
   * What the resolvers get that say what to follow: they look at who asks and read nothing, so the operation is over for
   * it when it begins, and one does for all that a caller starts.
   */
  const contexts = new WeakMap<Caller, OperationContext>();
  const contextOf = (caller: Caller) => {
    const known = contexts.get(caller);
    if (known) return known;
    using context = createContext({ caller, signal: NEVER });
    contexts.set(caller, context);
    return context;
  };

  return async (request) => {
    const { document, variables, operationName, caller, lastEventId, signal } = request;
    const stream = await createSourceEventStream({
      schema,
      document,
      contextValue: contextOf(caller),
      variableValues: variables,
      operationName,
    });
    if (!(Symbol.asyncIterator in stream)) throw new AggregateError(stream.errors ?? []);
    // Every subscription of the graph answers a Follow, which is iterable for anybody else.
    const intention = stream as unknown as Follow;
    const { ref } = intention;
    const key = `${caller.viewKey} ${ref.kind} ${ref.id} ${sharingKey(request)}`;
    return { follow: await intention.open({ signal, lastEventId }), key };
  };
}
