/** `Replicas`: what the replicas of a fleet agree upon beside their logs: who of them polls a thing, and what was done to one. */
import type { WatchRef } from './event.ts';
import type { Topic } from './topic.ts';

export interface Replicas extends AsyncDisposable {
  /** Whether there may be others. */
  readonly isShared: boolean;
  /** Takes part in the lease of a topic until the answer is disposed. `onChange` is called when it is won or lost. */
  lease(topic: Topic, onChange: () => void): Lease;
  /** Tells the others that something was done to a thing of an account. Resolves when they are told, or cannot be. */
  touch(accountId: string, ref: WatchRef): Promise<void>;
  /** This replica leaves: its leases are free for others, at once, and it takes only those that nobody else wants. */
  giveWay(): void;
  /** Calls `listener` when another replica has done something to a thing of the account. Disposing it ends that. */
  onTouch(accountId: string, listener: (ref: WatchRef) => void): Disposable;
  /**
   * Resolves when it is known whether another replica had done something to things of the account before this was called:
   * then the listeners of `onMoved` have been called. Undefined when there is no other, or nobody can tell.
   */
  catchUp(accountId: string): Promise<void> | undefined;
  /** Calls the listener when another replica has done something to things of an account since the last `catchUp`. */
  onMoved(listener: (accountId: string) => void): void;
  /** Asks whoever polls the parent to record what its lists show of the child, so that nobody polls that by itself. */
  askForCover(accountId: string, request: CoverRequest): void;
  /** Calls `listener` when another replica asks for that. Disposing it ends that. */
  onCoverAsked(accountId: string, listener: (request: CoverRequest) => void): Disposable;
  /** Null where there is nobody to share leases with. */
  readonly leases: LeaseCounts | null;
}

/** A thing that is followed, and the one whose lists show it. */
export interface CoverRequest {
  readonly parent: WatchRef;
  readonly child: WatchRef;
}

/** Leases that this replica takes part in. */
export interface LeaseCounts {
  readonly followed: number;
  /** Of these, the ones whose things it polls. */
  readonly held: number;
}

/** `lost`: another replica has it, or may have it, because it was not renewed in time. */
export type LeaseChange = 'won' | 'lost' | 'given_back';

/** Who has the lease of a topic polls the thing, so that it is polled once, however many replicas follow it. */
export interface Lease extends Disposable {
  /** Whether this replica polls the thing. It saves polls and no more: two that poll at once record nothing twice. */
  readonly isHeld: boolean;
  /** Greater with each holder; 0 while this replica has it not. Goes into each append (`AppendRequest.token`). */
  readonly token: number;
  /**
   * Whether nobody else can have it. One that could not be renewed in time may be somebody else's by now, who records what is
   * polled: whoever cannot tell polls ever more rarely, until it can. False while this replica has it not.
   */
  readonly isCertain: boolean;
  /** Takes it from whoever has it, who goes on until its next look at it. */
  claim(): void;
}

/** For a process that shares its log with nobody: it has every lease. */
export function withoutReplicas(): Replicas {
  const lease: Lease = {
    isHeld: true,
    isCertain: true,
    token: 0,
    claim: () => undefined,
    [Symbol.dispose]: () => undefined,
  };
  const listening: Disposable = { [Symbol.dispose]: () => undefined };
  return {
    isShared: false,
    lease: () => lease,
    touch: () => Promise.resolve(),
    giveWay: () => undefined,
    onTouch: () => listening,
    catchUp: () => undefined,
    onMoved: () => undefined,
    askForCover: () => undefined,
    onCoverAsked: () => listening,
    leases: null,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
