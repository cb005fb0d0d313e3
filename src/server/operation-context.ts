/** `OperationContext`: a resolver's context together with what the server has to know of it. */
import type { Context } from '../context.ts';

/** Holds a timer until it is disposed, which is when its operation has ended. */
export interface OperationContext extends Context, Disposable {
  /** Whose data it reads: answers may be shared within an account, never across. */
  readonly accountId: string;
}

/** Makes the context of one operation. UNAUTHENTICATED when the request presents nothing that can be used. */
export type CreateContext = (request: {
  /** The `Authorization` header. */
  readonly authorization: string | null;
  /** Aborts when nobody waits for the operation any more. */
  readonly signal: AbortSignal;
}) => OperationContext;
