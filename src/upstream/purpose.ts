/** `CallPurpose`: what an upstream call is made for, which is counted, logged, traced, and told the upstream. */

export interface CallPurpose {
  readonly cause: CallCause;
  /** The request that it is made for: sent along as `x-request-id` where that means nothing else. @default none */
  readonly requestId?: string | undefined;
  /** Starts the spans of its calls. @default they are not traced */
  readonly trace?: CallTrace | null | undefined;
}

/**
 * - `query`: a query, or what a mutation reads before and after it acts.
 * - `mutation`: a change.
 * - `refresh`: a cached answer is executed anew before it is too old.
 * - `subscription`: the first read of what is followed, and what stands beside an event.
 * - `poll`: a poll of what is followed.
 */
export type CallCause = 'query' | 'mutation' | 'refresh' | 'subscription' | 'poll';

export interface CallTrace {
  /** Called for every attempt, right before it is sent. Must not throw. */
  startCall(call: {
    readonly method: string;
    /** The path with `{id}` in place of an id. */
    readonly route: string;
    /** 1 for the first, more for retries. */
    readonly attempt: number;
  }): CallSpan;
}

export interface CallSpan {
  /** By which the upstream knows the trace; sent with the call. */
  readonly headers: Readonly<Record<string, string>>;
  end(result: { readonly status: number } | { readonly failure: CallFailure }): void;
}

/** Why an attempt got no answer; `aborted` when the caller had gone or its time was up. */
export type CallFailure =
  | 'connection'
  | 'connect-timeout'
  | 'headers-timeout'
  | 'body-timeout'
  | 'too-large'
  | 'malformed'
  | 'unsendable'
  | 'closed'
  | 'aborted';
