/** `OperationObserver`: is told of every operation when it arrives and when it has ended, to count, log and trace it. */
import type { IncomingHttpHeaders } from 'node:http';
import type { GraphQLError } from 'graphql';
import type { Caller } from '../../security/caller.ts';
import type { CallTrace } from '../../upstream/purpose.ts';
import type { EndReason, SubscriptionTransport } from '../subscriptions/subscription-observer.ts';
import type { AnsweredBy, OperationNotes, ReadDocument } from './operation.ts';

export interface OperationObserver {
  /** Must not throw. */
  begin(arrival: OperationArrival): OperationRecord;
  /** Called once for each record: with the answer, or at the end of its subscription. Must not throw. */
  ended(record: OperationRecord): void;
  /** Called when a subscription has started, long before it ends. Must not throw. */
  started(record: OperationRecord): void;
}

export interface OperationArrival {
  readonly requestId: string;
  /** `http` until it is known to be a subscription that is answered by a stream. */
  readonly transport: 'http' | 'websocket';
  /** Of its request; null on a socket, whose request opened it. */
  readonly method: string | null;
  readonly headers: IncomingHttpHeaders;
}

/** The trace of one operation. */
export interface OperationTrace {
  readonly traceId: string;
  /** By which events of a subscription refer to it, as the header `traceparent` has it. */
  readonly traceparent: string;
  readonly calls: CallTrace;
}

/** How a subscription has ended. */
export interface SubscriptionSummary {
  readonly reason: EndReason;
  readonly sent: number;
  readonly skipped: number;
}

const NO_ERRORS: readonly GraphQLError[] = [];

/** What becomes known of one operation on its way: each step adds what it knows. Subscriptions hold theirs while they are open. */
export class OperationRecord implements OperationNotes {
  readonly requestId: string;
  readonly method: string | null;
  readonly startedAtMs: number;
  /** Null when it is not traced. */
  readonly trace: OperationTrace | null;
  transport: 'http' | SubscriptionTransport;
  /** Null while it is not known who sends it, and when nobody says. */
  caller: Caller | null = null;
  /** Null until its document has been read. */
  read: ReadDocument | null = null;
  answeredBy: AnsweredBy | null = null;
  predictedCalls: number | null = null;
  tally: { readonly actual: number } | null = null;
  isAbandoned = false;
  errors: readonly GraphQLError[] = NO_ERRORS;
  /** Of the HTTP answer; null on a socket. */
  status: number | null = null;
  /** Whether its subscription has started: then it ends with that. */
  isSubscribed = false;
  /** Null for queries and mutations, and for subscriptions that never started. */
  subscription: SubscriptionSummary | null = null;

  constructor(
    { requestId, method, transport }: OperationArrival,
    { startedAtMs, trace }: { readonly startedAtMs: number; readonly trace: OperationTrace | null },
  ) {
    this.requestId = requestId;
    this.method = method;
    this.transport = transport;
    this.startedAtMs = startedAtMs;
    this.trace = trace;
  }
}

/** Where nothing is counted, logged and traced. */
export const UNOBSERVED_OPERATIONS: OperationObserver = {
  begin: (arrival) => new OperationRecord(arrival, { startedAtMs: 0, trace: null }),
  started: () => undefined,
  ended: () => undefined,
};
