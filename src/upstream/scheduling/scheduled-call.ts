/** `ScheduledCall`: which account a call is of, how urgent it is, and until when it has to start. */
import type { Priority } from '../caller.ts';

export interface ScheduledCall {
  readonly accountId: string;
  /**
   * Who of several callers with the same account wants it: they are served round-robin, and none has all slots or the whole queue.
   * @default nobody in particular
   */
  readonly callerId?: string | undefined;
  readonly priority: Priority;
  /** Gives the call up while it waits for a slot. Work that has begun is left to end by itself. */
  readonly signal: AbortSignal;
  /** Calls back when it has become interactive; the answer ends that. */
  readonly onPriorityRaised?: ((listener: () => void) => () => void) | undefined;
  /**
   * Until when it has to start, as Unix time in milliseconds: an interactive one that surely cannot is refused at once.
   * @default Infinity
   */
  readonly deadlineAt?: number | undefined;
}
