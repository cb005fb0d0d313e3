/** `AccountQueue`: the slots of one account, who waits for one, and how fast the upstream lets the account call. */
import type { Clock } from '../../clock.ts';
import type { GatewayError } from '../../errors.ts';
import type { Priority } from '../caller.ts';
import { AdaptiveLimiter, type CallOutcome } from './adaptive-limiter.ts';
import { createFairQueue, type FairQueue } from './fair-queue.ts';
import { refusalOf } from './refusal.ts';
import type { PaceMember, SharedLimit, SharedPace } from './shared-pace.ts';

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
  /** What other replicas are refused. @default null, there are none */
  readonly shared?: SharedPace | null;
}

/** A caller who is not distinguished from others with the same account. */
export const ANYBODY = '';
/** Share of an account's slots that one of its callers may have: who comes next finds one free. */
const CALLER_SHARE = 3 / 4;
/** While less than this share of all slots is taken, there are some to spare. */
export const SPARE_SHARE = 1 / 2;
const RETRY_AFTER_MAX_MS = 60_000;

export class AccountQueue implements Disposable {
  readonly accountId: string;
  readonly limiter: AdaptiveLimiter | null;
  /** Invariant: somebody waits only while no slot is free for them, or the limiter allows no start. */
  readonly waiting: Readonly<Record<Priority, FairQueue<Waiter>>>;
  /** Goes off when the limiter allows the next start. */
  timer: AbortController | null = null;
  readonly #concurrency: number;
  readonly #pacing: Pacing | undefined;
  /** The part that this replica has in the pace of the account, where there are others. */
  readonly #member: PaceMember | null;
  #running = 0;
  /** How many of them are of each caller that is distinguished. */
  readonly #runningOf = new Map<string, number>();

  constructor(
    accountId: string,
    given: { readonly concurrency: number; readonly pacing?: Pacing | undefined },
    /** Whoever waits may start now. */
    wake: () => void,
  ) {
    this.accountId = accountId;
    this.#concurrency = given.concurrency;
    this.#pacing = given.pacing;
    const limiter = given.pacing ? new AdaptiveLimiter({ mostCalls: given.concurrency }) : null;
    this.limiter = limiter;
    this.#member =
      given.pacing?.shared?.join(accountId, {
        letThrough: () => limiter?.letThrough(given.pacing?.clock.now() ?? 0) ?? 0,
        wake,
      }) ?? null;
    this.waiting = { interactive: createFairQueue(), background: createFairQueue() };
  }

  [Symbol.dispose](): void {
    this.#member?.[Symbol.dispose]();
  }

  /** That of all replicas together; null where there are none, or nobody knows of one. */
  get #shared(): SharedLimit | null {
    return this.#member?.limit ?? null;
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

  /** In how many milliseconds the next call may start; none or less when it may now, `Infinity` when that is to be asked. */
  get waitMs(): number {
    return this.#pacing && this.limiter ? this.#readyAtMs(this.limiter) - this.#pacing.clock.now() : 0;
  }

  #readyAtMs(limiter: AdaptiveLimiter): number {
    const shared = this.#shared;
    return shared ? Math.max(limiter.pausedUntilMs, shared.readyAtMs) : limiter.readyAtMs;
  }

  /** Asks when those who wait may start: who waits is woken then. */
  askWhen(): void {
    this.#shared?.request(this.size);
  }

  take(callerId: string): void {
    this.#running++;
    if (callerId !== ANYBODY) this.#runningOf.set(callerId, (this.#runningOf.get(callerId) ?? 0) + 1);
    this.#shared?.take();
    if (this.#pacing) this.limiter?.started(this.#pacing.clock.now());
  }

  /** A call was answered, which shows how fast the account may call. */
  ended(outcome: CallOutcome, at: { readonly sentAtMs: number; readonly nowMs: number }): void {
    this.limiter?.ended(outcome, at);
    if (outcome.kind === 'fine') this.#shared?.passed();
    if (outcome.kind === 'limited')
      this.#member?.refused({ ageMs: at.nowMs - at.sentAtMs, retryAfterMs: outcome.retryAfterMs ?? 0 });
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
    const nowMs = clock.now();
    return refusalOf(this.#pace(this.limiter, nowMs), { ...of, nowMs, retryAfterMaxMs });
  }

  #pace(
    limiter: AdaptiveLimiter,
    nowMs: number,
  ): Pick<AdaptiveLimiter, 'ratePerSec' | 'readyAtMs' | 'pauseAt'> {
    const shared = this.#shared;
    if (!shared) return limiter;
    const pause = shared.pauseAt(nowMs) ?? limiter.pauseAt(nowMs);
    const readyAtMs = Math.max(shared.readyAtMs === Infinity ? nowMs : shared.readyAtMs, pause?.untilMs ?? 0);
    return { ratePerSec: shared.ratePerSec, readyAtMs, pauseAt: () => pause };
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
