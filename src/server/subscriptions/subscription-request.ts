/** `SubscriptionRequest`: what a transport passes on to start a subscription. */
import type { DocumentNode } from 'graphql';
import type { Caller } from '../../security/caller.ts';
import type { OperationRecord } from '../graphql/operation-observer.ts';
import type { OperationSteps } from '../graphql/operation-steps.ts';

/** A subscription that is valid and whose transport is open. */
export interface SubscriptionRequest {
  readonly document: DocumentNode;
  /** The document as it was sent, which is part of the sharing key. */
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
  readonly caller: Caller;
  /** The cursor that a reconnecting client presents beside its document; it is later than the one in its variables. */
  readonly lastEventId: string | undefined;
  readonly requestId: string;
  /** What is told of it to those who count and log. @default nothing */
  readonly record?: OperationRecord;
  /** Aborts when the client leaves before the subscription has started. After that the transport disposes the subscriber. */
  readonly signal: AbortSignal;
  /** Resolves the source with the hooks of plugins around it. @default the resolver alone */
  readonly steps?: Pick<OperationSteps, 'subscribe'>;
}
