/** `OperationContext`: a resolver's context together with what the server has to know of it. */
import type { Context } from '../../context.ts';
import type { Credentials } from '../../security/authenticate.ts';
import type { Caller } from '../../security/caller.ts';
import type { ReadRecord } from '../../upstream/cache/read-tracker.ts';
import type { CallTrace } from '../../upstream/purpose.ts';
import type { ReadMark } from '../../upstream/types.ts';
import type { CallMeter } from '../../security/cost/call-meter.ts';

/** Holds a timer until it is disposed, which is when its operation has ended. */
export interface OperationContext extends Context, Disposable {
  /** Who asks. Answers may be shared among callers with the same `viewKey`, never across. */
  readonly caller: Caller;
  /** What was read with it so far, what that cost, and whether it is still valid. Absent when reads are not tracked. */
  readonly reads?: ReadRecord;
  /** What it has cost so far. */
  readonly cost: CallMeter;
}

/** Makes the context of one operation. */
export type CreateContext = (request: {
  readonly caller: Caller;
  /** Aborts when no client waits for the operation any more. */
  readonly signal: AbortSignal;
  /** The id of the operation in logs. @default none */
  readonly requestId?: string;
  /** Starts the spans of its upstream calls. @default null, it is not traced */
  readonly calls?: CallTrace | null;
  /** Reads everything anew, past the cache. @default false */
  readonly isFreshOnly?: boolean;
  /** What may change and was requested before this mark is read anew. @default none, everything fresh in the cache is used */
  readonly since?: ReadMark | undefined;
  /**
   * Reads ahead of need: in background priority, without retries, and anew what is not fresh at this instant, as Unix time in
   * milliseconds. @default somebody waits
   */
  readonly freshAtMs?: number | undefined;
  /** Whether the calls that its fields need are counted, beside the calls that are sent. @default false */
  readonly isMetered?: boolean;
}) => OperationContext;

/** Authenticates a request. Rejects with UNAUTHENTICATED when the credentials are not valid. */
export type Authenticate = (credentials: Credentials) => Promise<Caller>;
