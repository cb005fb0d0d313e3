/** `UpstreamCaller`: who calls the upstream, how urgently, and until when. */
import type { Account } from './account.ts';
import type { CallPurpose } from './purpose.ts';

export interface UpstreamCaller {
  readonly account: Account;
  /** Who of several with the same account; absent where they are not distinguished, and for what is done for all of them. */
  readonly callerId?: string | undefined;
  /** `interactive`: somebody waits for the answer; `background`: a poll, which always yields to interactive calls. */
  readonly priority: Priority;
  /** What its calls are made for. @default a query that nobody knows the request of */
  readonly purpose?: CallPurpose | undefined;
  /** Ends every call of this caller, down to its socket, when the caller has gone or its time is up. */
  readonly signal: AbortSignal;
  /** When the caller's time is up, as Unix time in milliseconds: no retry starts that could not end before it. */
  readonly deadlineAt: number;
  /** Calls back when a background caller has become interactive: somebody waits for its call now. */
  readonly onPriorityRaised?: ((listener: () => void) => () => void) | undefined;
}

export type Priority = 'interactive' | 'background';
