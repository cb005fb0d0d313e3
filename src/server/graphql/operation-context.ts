/** `OperationContext`: a resolver's context together with what the server has to know of it. */
import type { Context } from '../../context.ts';
import type { Credentials } from '../../security/authenticate.ts';
import type { Caller } from '../../security/caller.ts';
import type { ReadRecord } from '../../upstream/cache/read-tracker.ts';
import type { ReadMark } from '../../upstream/types.ts';
import type { CallMeter } from '../../security/cost/call-meter.ts';

/** Holds a timer until it is disposed, which is when its operation has ended. */
export interface OperationContext extends Context, Disposable {
  /** Who asks. Answers may be shared among callers with the same `viewKey`, never across. */
  readonly caller: Caller;
  /** What was read with it so far, what that cost, and whether it is still true. Absent when nobody knows. */
  readonly reads?: ReadRecord;
  /** What it has cost so far. */
  readonly cost: CallMeter;
}

/** Makes the context of one operation. */
export type CreateContext = (request: {
  readonly caller: Caller;
  /** Aborts when nobody waits for the operation any more. */
  readonly signal: AbortSignal;
  /** What the operation is called in logs. @default it is not told */
  readonly requestId?: string;
  /** Reads how things are now, past everything that is kept. @default false */
  readonly isFreshOnly?: boolean;
  /** What may move and was asked for before this point is read anew. @default none, what is kept is told */
  readonly since?: ReadMark | undefined;
  /** Whether what its fields ask for is counted, beside what is sent. @default false */
  readonly isMetered?: boolean;
}) => OperationContext;

/** Finds out who is calling. Rejects with UNAUTHENTICATED when the credentials let nobody in. */
export type Authenticate = (credentials: Credentials) => Promise<Caller>;
