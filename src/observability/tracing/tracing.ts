/** `Tracing`: what is traced: operations, upstream calls, polls and events. Knows nothing of how spans are made and exported. */

export interface Tracing {
  /** An operation arrives with these headers, whose `traceparent` it continues. */
  operation(headers: Readonly<Record<string, string | readonly string[] | undefined>>): OperationSpan;
  /** A poll of a thing of this kind begins. */
  poll(kind: string): PollSpan;
  /** An event is executed for whoever follows it. */
  event(of: TracedEvent): EventSpan;
}

export interface OperationSpan {
  readonly traceId: string;
  /** By which others refer to it, as the header `traceparent` has it. */
  readonly traceparent: string;
  readonly calls: CallSpans;
  end(outcome: OperationOutcome): void;
}

/** What is said of an operation: nothing of it is a value that its client has sent, its name excepted. */
export interface OperationOutcome {
  /** Null when its document could not be read. */
  readonly type: string | null;
  readonly name: string | null;
  readonly transport: string;
  /** Null on a socket. */
  readonly method: string | null;
  readonly route: string;
  readonly status: number | null;
  /** The code of its first error; null when it has none. */
  readonly code: string | null;
  /** Whether that is the gateway's or the upstream's fault. */
  readonly isFault: boolean;
}

export interface CallSpans {
  startCall(call: { readonly method: string; readonly route: string; readonly attempt: number }): {
    readonly headers: Readonly<Record<string, string>>;
    end(result: { readonly status: number } | { readonly failure: string }): void;
  };
}

export interface PollSpan {
  readonly traceparent: string;
  readonly calls: CallSpans;
  end(result: string): void;
}

export interface TracedEvent {
  readonly kind: string;
  /** Of the poll that has read it; undefined when that is not known. */
  readonly poll: string | undefined;
  /** Of the operation that has subscribed to it first among those who wait for it. */
  readonly subscription: string | undefined;
}

export interface EventSpan {
  readonly calls: CallSpans;
  /** The code of its first error; null when it has none. */
  end(code: string | null): void;
}
