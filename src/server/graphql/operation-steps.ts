/** `OperationSteps`: what an operation passes through, with the hooks of plugins around each step where there are any. */
import type { IncomingHttpHeaders } from 'node:http';
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import type { Caller } from '../../security/caller.ts';
import type { Answer } from './answer.ts';
import type { GraphqlParams } from './graphql-params.ts';
import type { Operation, ReadDocument } from './operation.ts';

export interface OperationSteps {
  /**
   * Throws what `presentErrors` can present, one or an `AggregateError` of many. `key` is that of `documentKey`, for who
   * has kept it.
   */
  readonly read: (text: string, operationName: string | null, key?: string) => ReadDocument;
  /** Admits, executes and answers a query or mutation. Never fails: errors are part of the answer. */
  readonly answer: (operation: Operation) => Promise<Answer>;
  /** Finds what a subscription follows. @default its resolver is asked, and nobody else */
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
  /** Null for who presents nothing that lets them in. */
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
  /** What the resolver gets that says what to follow. */
  readonly contextValue: object;
}

/** What a subscription follows, as plugins have left it. */
export interface SubscriptionSource {
  /** What its resolver answers. */
  readonly stream: AsyncIterable<unknown>;
  readonly variables: SourceArgs['variableValues'];
  /** Equal for who may be told the same events, beside what they follow. */
  readonly sharingKey: string;
  /** Takes an event through the hooks of this subscription alone; null when none is called for events. */
  readonly onEvent: ((event: ExecutionResult) => Promise<ExecutionResult>) | null;
  /** The subscription is over. */
  readonly end: () => void;
}
