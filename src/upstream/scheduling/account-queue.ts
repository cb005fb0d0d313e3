/** `AccountQueue`: the slots of one account, who waits for one, and how fast the upstream lets the account call. */
import type { Clock } from '../../clock.ts';
import type { GatewayError } from '../../errors.ts';
import type { Priority } from '../caller.ts';
import { AdaptiveLimiter } from './adaptive-limiter.ts';
import { createFairQueue, type FairQueue } from './fair-queue.ts';
import { refusalOf } from './refusal.ts';

/** A call that waits for a slot. */
export interface Waiter {
  readonly deadlineAt: number;
  /** Hands over a slot. */
  readonly start: () => void;
  readonly refuse: (error: GatewayError) => void;
}

/** Limits how fast an account calls, by the answers of the upstream. */
export interface Pacing {
  readonly clock: Clock;
  /** Accounts whose limit is remembered while they do nothing. */
  readonly maxIdle: number;
  /**
   * Longest wait that a refused call is given, in milliseconds.
   * @default 60_000
   */
  readonly retryAfterMaxMs?: number;
}

/** A caller who is not distinguished from others with the same account. */
export const ANYBODY = '';
/** Share of an account's slots that one of its callers may have: who comes next finds one free. */
const CALLER_SHARE = 3 / 4;
/** While less than this share of all slots is taken, there are some to spare. */
export const SPARE_SHARE = 1 / 2;
const RETRY_AFTER_MAX_MS = 60_000;

export class AccountQueue {
  readonly accountId: string;
  readonly limiter: AdaptiveLimiter | null;
  /** Invariant: somebody waits only while no slot is free for them, or the limiter allows no start. */
  readonly waiting: Readonly<Record<Priority, FairQueue<Waiter>>>;
  /** Goes off when the limiter allows the next start. */
  timer: AbortController | null = null;
  readonly #concurrency: number;
  readonly #pacing: Pacing | undefined;
  #running = 0;
  /** How many of them are of each caller that is distinguished. */
  readonly #runningOf = new Map<string, number>();

  constructor(
    accountId: string,
    given: { readonly concurrency: number; readonly pacing?: Pacing | undefined },
  ) {
    this.accountId = accountId;
    this.#concurrency = given.concurrency;
    this.#pacing = given.pacing;
    this.limiter = given.pacing ? new AdaptiveLimiter({ mostCalls: given.concurrency }) : null;
    this.waiting = { interactive: createFairQueue(), background: createFairQueue() };
  }

  /** How many wait. */
  get size(): number {
    return this.waiting.interactive.size + this.waiting.background.size;
  }

  get isEmpty(): boolean {
    return this.#running === 0 && this.size === 0;
  }

  get #slots(): number {
    return Math.min(this.#concurrency, this.limiter?.calls ?? Infinity);
  }

  get hasSlot(): boolean {
    return this.#running < this.#slots && this.limiter?.isProbing !== true;
  }

  /** Whether less than half of the slots are taken, and the upstream has not slowed the account down. */
  get hasSpareSlots(): boolean {
    if (this.size > 0 || this.waitMs > 0 || this.limiter?.isLimited === true || !this.hasSlot) return false;
    return this.#running < this.#slots * SPARE_SHARE;
  }

  /** Whether there is a slot for this caller, when there is one at all. */
  mayTake(callerId: string): boolean {
    if (callerId === ANYBODY) return true;
    return (this.#runningOf.get(callerId) ?? 0) < Math.ceil(this.#slots * CALLER_SHARE);
  }

  /** In how many milliseconds the limiter allows the next start; none or less when it does so now. */
  get waitMs(): number {
    return this.#pacing && this.limiter ? this.limiter.readyAtMs - this.#pacing.clock.now() : 0;
  }

  take(callerId: string): void {
    this.#running++;
    if (callerId !== ANYBODY) this.#runningOf.set(callerId, (this.#runningOf.get(callerId) ?? 0) + 1);
    if (this.#pacing) this.limiter?.started(this.#pacing.clock.now());
  }

  give(callerId: string): void {
    this.#running--;
    const own = (this.#runningOf.get(callerId) ?? 0) - 1;
    if (own > 0) this.#runningOf.set(callerId, own);
    else this.#runningOf.delete(callerId);
  }

  /** Takes out who is next. */
  shift(): Waiter | undefined {
    const mayGo = (callerId: string) => this.mayTake(callerId);
    return this.waiting.interactive.shift(mayGo) ?? this.waiting.background.shift(mayGo);
  }

  /**
   * Who has to leave a full queue for a newcomer: the youngest poll for what somebody waits for, else the youngest call of
   * whoever has more than the newcomer. Nobody, when the newcomer has most.
   */
  displacedBy(priority: Priority, callerId: string): Waiter | undefined {
    const { interactive, background } = this.waiting;
    const own = interactive.sizeOf(callerId) + background.sizeOf(callerId) + 1;
    if (priority === 'background') return background.popOfMost(own);
    return background.popOfMost(0) ?? interactive.popOfMost(own);
  }

  aheadOf(priority: Priority, callerId: string): number {
    const { interactive, background } = this.waiting;
    return priority === 'interactive'
      ? interactive.aheadOf(callerId)
      : interactive.size + background.aheadOf(callerId);
  }

  /** Why a call that would have to wait is not let wait; null when it is. */
  refusalFor(of: {
    readonly priority: Priority;
    readonly deadlineAt: number;
    readonly ahead: number;
  }): GatewayError | null {
    if (!this.#pacing || !this.limiter) return null;
    const { clock, retryAfterMaxMs = RETRY_AFTER_MAX_MS } = this.#pacing;
    return refusalOf(this.limiter, { ...of, nowMs: clock.now(), retryAfterMaxMs });
  }

  /** Refuses those who wait already and surely cannot start in time any more, because the upstream has asked for a pause. */
  refuseLate(): void {
    for (const priority of ['interactive', 'background'] as const) {
      for (const waiter of this.waiting[priority]) {
        const refusal = this.refusalFor({ priority, deadlineAt: waiter.deadlineAt, ahead: 0 });
        if (refusal) waiter.refuse(refusal);
      }
    }
  }
}
