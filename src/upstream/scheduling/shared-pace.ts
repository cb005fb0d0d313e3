/** `SharedPace`: how fast an account may call, when several replicas call for it: what one was refused holds for all. */
import type { Pause } from './adaptive-limiter.ts';

export interface SharedPace {
  /** A replica begins to call for an account. */
  join(accountId: string, calls: PacedCalls): PaceMember;
}

/** The calls of one replica for one account. */
export interface PacedCalls {
  /** How many were let through in the latest second. */
  readonly letThrough: () => number;
  /** There are permits now, or none are needed any more. */
  readonly wake: () => void;
}

export interface PaceMember extends Disposable {
  /** Null while no limit is known, and while nobody can tell what others do: then each replica keeps its own. */
  readonly limit: SharedLimit | null;
  /** The upstream has refused a call: because of that one, the account is limited on all replicas. */
  refused(refusal: {
    /** How long ago it was sent, in milliseconds. */
    readonly ageMs: number;
    /** What the upstream asks to wait, in milliseconds; 0 when it does not. */
    readonly retryAfterMs: number;
  }): void;
}

/** The limit of an account, of which each replica takes permits to start a call. */
export interface SharedLimit {
  /** Of all replicas together. */
  readonly ratePerSec: number;
  /** When the next permit of this replica holds, as Unix time in milliseconds; `Infinity` when it has none. */
  readonly readyAtMs: number;
  /** The wait that the upstream has asked any replica for; null when there is none. */
  pauseAt(nowMs: number): Pause | null;
  /** Asks for permits for so many calls, unless that is being asked already. */
  request(calls: number): void;
  /** Uses the next permit. */
  take(): void;
  /** A call was let through. */
  passed(): void;
}
