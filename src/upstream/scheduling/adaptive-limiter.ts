/** `AdaptiveLimiter`: how fast the upstream lets one account call, learnt from its answers. It decides only: time is told to it. */

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

/** Share of the calls that were let through before a refusal which is taken to be the limit. */
const SAFE_SHARE = 0.9;
/** Share of that limit at which it starts again. */
const RESTART_SHARE = 0.8;
/** Share of the limit by which the rate grows in a second, until it is reached. */
const GROWTH_PER_SEC = 0.05;
const SLOWEST_PER_SEC = 0.5;
/** The first refusal may be due to others with the same key: few calls before it say little. */
const FIRST_LIMIT_PER_SEC = 10;
/** So long after the last refusal the limit may have been raised: it is tried a tenth higher. */
const PROBE_AFTER_MS = 300_000;
const PROBE_SHARE = 1.1;
/** A limit that was tried upwards so far is none. */
const FORGET_PER_SEC = 5_000;

/** Share of the calls under way that is left when the upstream is overloaded. */
const BACK_OFF_SHARE = 0.7;
const FEWEST_CALLS = 4;
/** Share of the most that is given back after as many good answers as calls may be under way. */
const RECOVERY_SHARE = 1 / 32;
/** Nothing starts before `untilMs`, as Unix time in milliseconds, because the upstream has asked for that. */
export interface Pause {
  readonly untilMs: number;
  /** What the answer that asked for it was. */
  readonly reason: Exclude<CallOutcome['kind'], 'fine'>;
}

const BUCKETS = 10;
const BUCKET_MS = 100;

export class AdaptiveLimiter {
  readonly #mostCalls: number;
  #calls: number;
  #ratePerSec = Infinity;
  /** The rate that refusals have taught. */
  #limitPerSec = Infinity;
  #pause: Pause | null = null;
  /** One call has to succeed before others may follow: one that has yet to start, or that was sent at that time. */
  #probe: 'due' | { readonly sentAtMs: number } | null = null;
  #nextAtMs = -Infinity;
  #grownAtMs = 0;
  #limitedAtMs = -Infinity;
  /** The rate at which the latest refusal came. */
  #refusedPerSec = Infinity;
  #probedAtMs = -Infinity;
  #backedOffAtMs = -Infinity;
  #fineInARow = 0;
  /** How many calls were sent in each tenth of the latest second and have been let through. */
  readonly #sent = new Array<number>(BUCKETS).fill(0);
  #bucket = 0;

  constructor({ mostCalls }: { readonly mostCalls: number }) {
    this.#mostCalls = mostCalls;
    this.#calls = mostCalls;
  }

  /** How many calls may be under way at once. */
  get calls(): number {
    return Math.floor(this.#calls);
  }

  /** Calls per second; `Infinity` while no limit is known. */
  get ratePerSec(): number {
    return this.#ratePerSec;
  }

  /** From when on the next call may start, as Unix time in milliseconds. */
  get readyAtMs(): number {
    return Math.max(this.#pause?.untilMs ?? -Infinity, this.#nextAtMs);
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
  get hasLearnt(): boolean {
    return this.#limitPerSec !== Infinity || this.#calls < this.#mostCalls;
  }

  started(nowMs: number): void {
    this.#grow(nowMs);
    if (this.#probe === 'due') this.#probe = { sentAtMs: nowMs };
    // Evenly, so that no window of the upstream's, wherever it begins, sees more than the rate.
    if (this.#ratePerSec !== Infinity)
      this.#nextAtMs = Math.max(nowMs, this.#nextAtMs) + 1_000 / this.#ratePerSec;
  }

  ended(
    outcome: CallOutcome,
    { sentAtMs, nowMs }: { readonly sentAtMs: number; readonly nowMs: number },
  ): void {
    if (this.#isProbe(sentAtMs)) this.#probe = null;
    switch (outcome.kind) {
      case 'fine':
        this.#count(sentAtMs);
        // Those that were let through before the refusal come in after it, too.
        if (sentAtMs <= this.#limitedAtMs && nowMs - this.#limitedAtMs < 1_000) this.#learn();
        this.#recover();
        return;
      case 'limited':
        this.#wait(outcome, nowMs);
        // Of many that were refused together only the first teaches.
        if (sentAtMs >= this.#limitedAtMs) this.#limit(nowMs);
        return;
      case 'overloaded':
        this.#wait(outcome, nowMs);
        this.#backOff({ sentAtMs, nowMs });
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

  #limit(nowMs: number): void {
    this.#refusedPerSec = this.#ratePerSec;
    this.#limitPerSec = SLOWEST_PER_SEC;
    this.#limitedAtMs = nowMs;
    this.#probedAtMs = nowMs;
    this.#grownAtMs = nowMs;
    this.#learn();
    this.#nextAtMs = nowMs + 1_000 / this.#ratePerSec;
  }

  #learn(): void {
    const letThrough = this.#sent.reduce((sum, count) => sum + count, 0);
    const least = this.#refusedPerSec === Infinity ? FIRST_LIMIT_PER_SEC : SLOWEST_PER_SEC;
    const limit = Math.max(least, Math.min(this.#refusedPerSec, letThrough) * SAFE_SHARE);
    if (limit <= this.#limitPerSec) return;
    this.#limitPerSec = limit;
    this.#ratePerSec = limit * RESTART_SHARE;
  }

  #grow(nowMs: number): void {
    if (this.#limitPerSec === Infinity) return;
    if (nowMs - this.#probedAtMs > PROBE_AFTER_MS) {
      this.#probedAtMs = nowMs;
      this.#limitPerSec *= PROBE_SHARE;
      if (this.#limitPerSec > FORGET_PER_SEC) this.#limitPerSec = Infinity;
    }
    const grown = this.#ratePerSec + (this.#limitPerSec * GROWTH_PER_SEC * (nowMs - this.#grownAtMs)) / 1_000;
    this.#ratePerSec = Math.min(this.#limitPerSec, grown);
    this.#grownAtMs = nowMs;
  }

  /** What was let through counts at the time it was sent, as far as that lies within the latest second. */
  #count(sentAtMs: number): void {
    const bucket = Math.floor(sentAtMs / BUCKET_MS);
    if (bucket > this.#bucket) {
      for (let at = Math.max(this.#bucket + 1, bucket - BUCKETS + 1); at <= bucket; at++)
        this.#sent[at % BUCKETS] = 0;
      this.#bucket = bucket;
    }
    if (bucket <= this.#bucket - BUCKETS) return;
    this.#sent[bucket % BUCKETS] = (this.#sent[bucket % BUCKETS] ?? 0) + 1;
  }

  #recover(): void {
    if (this.#calls >= this.#mostCalls || ++this.#fineInARow < this.#calls) return;
    this.#fineInARow = 0;
    this.#calls = Math.min(this.#mostCalls, this.#calls + Math.max(1, this.#mostCalls * RECOVERY_SHARE));
  }

  #backOff({ sentAtMs, nowMs }: { readonly sentAtMs: number; readonly nowMs: number }): void {
    this.#fineInARow = 0;
    if (sentAtMs < this.#backedOffAtMs) return;
    this.#backedOffAtMs = nowMs;
    this.#calls = Math.min(this.#calls, Math.max(FEWEST_CALLS, this.#calls * BACK_OFF_SHARE));
  }
}
