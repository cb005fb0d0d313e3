/** `AdaptiveLimiter`: how fast and how often at once one account may call, by the answers of the upstream. It decides only: time is a parameter. */
import { AdaptiveConcurrency } from './adaptive-concurrency.ts';
import { AdaptiveRate } from './adaptive-rate.ts';

/**
 * - `fine`: answered.
 * - `limited`: refused because there were too many calls.
 * - `overloaded`: no answer in time, or a refusal (503) because the upstream is busy with whatever it may be.
 *
 * How long an answer takes teaches nothing: a list takes many times longer than a look-up of a healthy upstream.
 */
export type CallOutcome =
  | { readonly kind: 'fine' }
  /** `retryAfterMs` is what it asks to wait, if it does. */
  | { readonly kind: 'limited' | 'overloaded'; readonly retryAfterMs: number | null };

/** Nothing starts before `untilMs`, as Unix time in milliseconds, because the upstream has asked for that. */
export interface Pause {
  readonly untilMs: number;
  /** What the answer that asked for it was. */
  readonly reason: Exclude<CallOutcome['kind'], 'fine'>;
}

export class AdaptiveLimiter {
  readonly #rate = new AdaptiveRate();
  readonly #concurrency: AdaptiveConcurrency;
  #pause: Pause | null = null;
  /** One call has to succeed before others may follow: one that has yet to start, or that was sent at that time. */
  #probe: 'due' | { readonly sentAtMs: number } | null = null;

  constructor({ mostCalls }: { readonly mostCalls: number }) {
    this.#concurrency = new AdaptiveConcurrency(mostCalls);
  }

  /** How many calls may be under way at once. */
  get calls(): number {
    return this.#concurrency.calls;
  }

  /** Calls per second; `Infinity` while no limit is known. */
  get ratePerSec(): number {
    return this.#rate.perSec;
  }

  /** Until when the upstream has asked to wait, as Unix time in milliseconds; in the past when it has not. */
  get pausedUntilMs(): number {
    return this.#pause?.untilMs ?? -Infinity;
  }

  /** How many calls of the latest second were let through. */
  letThrough(nowMs: number): number {
    return this.#rate.letThrough(nowMs);
  }

  /** From when on the next call may start, as Unix time in milliseconds. */
  get readyAtMs(): number {
    return Math.max(this.pausedUntilMs, this.#rate.nextAtMs);
  }

  /** The wait that the upstream has asked for and that is not over; null when there is none. */
  pauseAt(nowMs: number): Pause | null {
    return this.#pause && this.#pause.untilMs > nowMs ? this.#pause : null;
  }

  /** Whether the first call after a pause is under way: until it is answered nobody knows whether others may follow. */
  get isProbing(): boolean {
    return this.#probe !== null && this.#probe !== 'due';
  }

  /** Whether the upstream has taught anything that would be lost with this. */
  get isLimited(): boolean {
    return this.#rate.isKnown || this.#concurrency.isReduced;
  }

  started(nowMs: number): void {
    if (this.#probe === 'due') this.#probe = { sentAtMs: nowMs };
    this.#rate.started(nowMs);
  }

  ended(outcome: CallOutcome, at: { readonly sentAtMs: number; readonly nowMs: number }): void {
    if (this.#isProbe(at.sentAtMs)) this.#probe = null;
    switch (outcome.kind) {
      case 'fine':
        this.#rate.passed(at);
        this.#concurrency.recover();
        return;
      case 'limited':
        this.#wait(outcome, at.nowMs);
        this.#rate.refused(at);
        return;
      case 'overloaded':
        this.#wait(outcome, at.nowMs);
        this.#concurrency.backOff(at);
    }
  }

  /** A call ended without an outcome: its caller has gone, or it never came to an answer. */
  abandoned({ sentAtMs }: { readonly sentAtMs: number }): void {
    if (this.#isProbe(sentAtMs)) this.#probe = 'due';
  }

  /** What was sent before the pause began is no probe. */
  #isProbe(sentAtMs: number): boolean {
    return this.#probe !== null && this.#probe !== 'due' && sentAtMs >= this.#probe.sentAtMs;
  }

  #wait({ kind: reason, retryAfterMs }: Exclude<CallOutcome, { kind: 'fine' }>, nowMs: number): void {
    const untilMs = nowMs + (retryAfterMs ?? 0);
    if (untilMs <= nowMs || untilMs <= (this.#pause?.untilMs ?? -Infinity)) return;
    this.#pause = { untilMs, reason };
    this.#probe = 'due';
  }
}
