/** `OperationSteps`: the steps of an operation, with the hooks of plugins around each where there are any. */
import type { IncomingHttpHeaders } from 'node:http';
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import type { Caller } from '../../security/caller.ts';
import type { Answer } from './answer.ts';
import type { GraphqlParams } from './graphql-params.ts';
import type { Operation, ReadDocument } from './operation.ts';

export interface OperationSteps {
  /**
   * Throws what `presentErrors` can present, one or an `AggregateError` of many. `key` is that of `documentKey`, for
   * callers that have it already.
   */
  readonly read: (text: string, operationName: string | null, key?: string) => ReadDocument;
  /** Admits, executes and answers a query or mutation. Never fails: errors are part of the answer. */
  readonly answer: (operation: Operation) => Promise<Answer>;
  /** Resolves the source of a subscription. @default its resolver alone, without plugins */
  readonly subscribe?: (args: SourceArgs) => Promise<SubscriptionSource>;
}

/** The request that an operation came by: its own over HTTP, the one that opened the socket over WebSocket. */
export interface TransportRequest {
  readonly method: string;
  /** With its query; without protocol and host. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** An operation as its client sent it. */
export interface OperationStart {
  readonly params: GraphqlParams;
  /** Null when the client is anonymous. */
  readonly caller: Caller | null;
  readonly requestId: string;
  readonly transport: TransportRequest;
}

/** How a subscription is opened. */
export interface SourceArgs {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly variableValues: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
  /** The context of the `subscribe` resolver. */
  readonly contextValue: object;
}

/** What a subscription follows, as plugins have left it. */
export interface SubscriptionSource {
  /** What its resolver answers. */
  readonly stream: AsyncIterable<unknown>;
  readonly variables: SourceArgs['variableValues'];
  /** Equal for subscriptions that may share events, as far as plugins decide it: what they follow is compared separately. */
  readonly sharingKey: string;
  /** Takes an event through the hooks of this subscription alone; null when none is called for events. */
  readonly onEvent: ((event: ExecutionResult) => Promise<ExecutionResult>) | null;
  /** Called when the subscription has ended. */
  readonly end: () => void;
}
