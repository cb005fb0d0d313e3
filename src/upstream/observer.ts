/** `UpstreamObserver`: is called with every call and every unknown value, to log and count them. */
import type { Priority } from './caller.ts';
import type { CallCause, CallFailure } from './purpose.ts';

export interface UpstreamObserver {
  /** Called once for every attempt, however it ended. Must not throw. */
  call(event: CallEvent): void;
  /** Called every time an enumeration holds a value that this version does not know. Must not throw. */
  unknownValue(event: UnknownValueEvent): void;
}

export interface CallEvent {
  readonly method: string;
  /** The path with `{id}` in place of an id: a bounded set of values. */
  readonly route: string;
  readonly result: { readonly status: number } | { readonly failure: CallFailure };
  /** From sending the request to the last byte of the answer. */
  readonly durationMs: number;
  /** How long the call waited for a slot before that. */
  readonly queuedMs: number;
  /** 1 for the first, more for retries. */
  readonly attempt: number;
  readonly priority: Priority;
  readonly cause: CallCause;
  /** The request that it was made for; absent where it was made for none. */
  readonly requestId?: string | undefined;
  readonly accountId: string;
}

export interface UnknownValueEvent {
  /** Entity and field, such as `scenarioRun.state`. */
  readonly field: string;
  /** The value, cut to 64 characters. */
  readonly value: string;
  /** True the first time this value is seen in this field: the time to log it. Beyond 1,000 values always false. */
  readonly isFirst: boolean;
}
