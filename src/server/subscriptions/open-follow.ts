/** `createOpenFollow`: validates the arguments of a subscription, and starts or joins the watcher of what it follows. */
import type { GraphQLSchema } from 'graphql';
import type { Follow, OpenFollow } from '../../live/following.ts';
import type { CreateContext } from '../graphql/operation-context.ts';
import type { EventDocument } from './render-event.ts';
import { createSharingKey } from './sharing-key.ts';
import type { SubscriptionRequest } from './subscription-request.ts';
import { createSubscriptionSources } from './subscription-source.ts';

/** An opened subscription, from which a `Subscriber` is made. */
export interface OpenedFollow {
  readonly follow: OpenFollow;
  /** Equal for subscriptions that share a broadcast. */
  readonly key: string;
  /** The document that every event executes. */
  readonly document: EventDocument;
  /** Called when the subscription has ended. */
  readonly end: () => void;
}

/** The function rejects where there is nothing to follow. The topic that it opens must be disposed. */
export function createOpenFollow(
  schema: GraphQLSchema,
  createContext: CreateContext,
): (request: SubscriptionRequest) => Promise<OpenedFollow> {
  const sharingKey = createSharingKey(schema);
  const sourceOf = createSubscriptionSources({ schema, createContext });
  return async (request) => {
    const { caller, lastEventId, signal } = request;
    const source = await sourceOf(request);
    const { variables, onEvent, end } = source;
    // Every subscription field of the graph resolves to a Follow, which is an iterable only in the eyes of graphql-js.
    const following = source.stream as unknown as Follow;
    const { ref } = following;
    const view = [caller.viewKey, ref.kind, ref.id, source.sharingKey, onEvent ? request.requestId : ''];
    try {
      const key = `${view.join(' ')} ${sharingKey({ ...request, variables })}`;
      const follow = await following.open({ signal, lastEventId });
      return { follow, key, document: { ...request, variables, onEvent }, end };
    } catch (error) {
      end();
      throw error;
    }
  };
}
