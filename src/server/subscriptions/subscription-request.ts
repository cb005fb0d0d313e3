/** `SubscriptionRequest`: a subscription as its transport brings it. */
import type { DocumentNode } from 'graphql';
import type { Caller } from '../../security/caller.ts';
import type { OperationSteps } from '../graphql/operation-steps.ts';

/** A subscription that is valid and whose transport is open. */
export interface SubscriptionRequest {
  readonly document: DocumentNode;
  /** The document as it was sent: equal documents are executed together. */
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
  readonly caller: Caller;
  /** The cursor that a reconnecting client of an event stream presents; it is later than the one in its variables. */
  readonly lastEventId: string | undefined;
  readonly requestId: string;
  /** Aborts when the client goes away before the subscription has started. Whoever has started it disposes it after. */
  readonly signal: AbortSignal;
  /** What finds what it follows, when plugins want to be asked. @default its resolver is asked, and nobody else */
  readonly steps?: Pick<OperationSteps, 'subscribe'>;
}
