/** `createOpenFollow`: what a subscription follows: its arguments are validated, and the watching is started or joined. */
import type { GraphQLSchema } from 'graphql';
import type { Follow, OpenFollow } from '../../live/following.ts';
import type { CreateContext } from '../graphql/operation-context.ts';
import type { EventDocument } from './render-event.ts';
import { createSharingKey } from './sharing-key.ts';
import type { SubscriptionRequest } from './subscription-request.ts';
import { createSubscriptionSources } from './subscription-source.ts';

/** What a subscriber starts from. */
export interface OpenedFollow {
  readonly follow: OpenFollow;
  /** Equal for those who are answered together. */
  readonly key: string;
  /** What every event is an answer to. */
  readonly document: EventDocument;
  /** Called when it is over. */
  readonly end: () => void;
}

/** The function rejects where there is nothing to follow. What it opens must be disposed. */
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
    // Every subscription of the graph answers a Follow, which is iterable for anybody else.
    const intention = source.stream as unknown as Follow;
    const { ref } = intention;
    const view = [caller.viewKey, ref.kind, ref.id, source.sharingKey, onEvent ? request.requestId : ''];
    try {
      const key = `${view.join(' ')} ${sharingKey({ ...request, variables })}`;
      const follow = await intention.open({ signal, lastEventId });
      return { follow, key, document: { ...request, variables, onEvent }, end };
    } catch (error) {
      end();
      throw error;
    }
  };
}
