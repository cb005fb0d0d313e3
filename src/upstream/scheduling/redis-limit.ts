/** `RedisLimit`: the limit of one account that replicas share: permits are taken in Redis, some at a time. */
import type { Clock } from '../../clock.ts';
import type { Redis, RedisReply } from '../../redis/redis.ts';
import { PASSED, REFUSED, RESERVE } from './shared-pace-scripts.ts';
import type { SharedLimit } from './shared-pace.ts';

export interface RedisLimitOptions {
  readonly redis: Redis;
  readonly clock: Clock;
  /** The name of this replica, never given twice. */
  readonly replica: string;
  /** That of the account. */
  readonly name: string;
  /** Where replicas tell each other of limits. */
  readonly channel: string;
  /** Those of the scripts. */
  readonly keys: readonly string[];
}

/** Permits are taken for so much time at once: what a replica does not use of them nobody else can use. In milliseconds. */
const AHEAD_MS = 100;
/** A Redis that refuses is asked again after so long; until then each replica keeps a pace of its own. In milliseconds. */
const BROKEN_MS = 1_000;
/** No wait that Redis names is longer, in milliseconds. */
const LONGEST_WAIT_MS = 60 * 60_000;

/** A call that was refused, and what was let through before. */
export interface Report {
  readonly ageMs: number;
  readonly letThrough: number;
  readonly retryAfterMs: number;
}

export class RedisLimit implements SharedLimit {
  readonly #options: RedisLimitOptions;
  /** There are permits, or there is no limit any more. */
  readonly #onChange: (isOver: boolean) => void;
  /** When the permits that were taken hold, as Unix time in milliseconds. */
  #permits: number[] = [];
  #ratePerSec = Infinity;
  #pausedUntilMs = -Infinity;
  #brokenUntilMs = -Infinity;
  /** Before that there are no permits for anybody. */
  #askAgainAtMs = -Infinity;
  #isAsking = false;
  /** The next call that is let through shows that others may follow. */
  #isProbe = false;
  /** What is being told of a refusal: no permit is asked for before. */
  #reporting: Promise<unknown> = Promise.resolve();

  constructor(options: RedisLimitOptions, onChange: (isOver: boolean) => void) {
    this.#options = options;
    this.#onChange = onChange;
  }

  get isUsable(): boolean {
    return this.#options.clock.now() >= this.#brokenUntilMs;
  }

  get ratePerSec(): number {
    return this.#ratePerSec;
  }

  get readyAtMs(): number {
    const oldestMs = this.#options.clock.now() - AHEAD_MS;
    // Those that nobody has used in time would let more start at once than the upstream accepts.
    while ((this.#permits[0] ?? Infinity) < oldestMs) this.#permits.shift();
    return this.#permits[0] ?? Infinity;
  }

  pauseAt(nowMs: number) {
    return this.#pausedUntilMs > nowMs ? { untilMs: this.#pausedUntilMs, reason: 'limited' as const } : null;
  }

  /** A call was refused: what was permitted before is so no more. */
  begin(pauseMs: number): void {
    this.#permits = [];
    this.#askAgainAtMs = -Infinity;
    if (pauseMs > 0)
      this.#pausedUntilMs = Math.max(this.#pausedUntilMs, this.#options.clock.now() + bounded(pauseMs));
  }

  /** The first call after a pause was let through somewhere. */
  goOn(): void {
    this.#pausedUntilMs = -Infinity;
    this.#askAgainAtMs = -Infinity;
  }

  report({ ageMs, letThrough, retryAfterMs }: Report): Promise<unknown> {
    const { redis, name, replica, channel, keys } = this.#options;
    const args = [name, replica, Math.round(ageMs), letThrough, Math.round(retryAfterMs), channel];
    const reporting = redis.run(REFUSED, { keys, args }).catch(() => {
      this.#break();
    });
    this.#reporting = reporting;
    return reporting;
  }

  request(calls: number): void {
    if (this.#isAsking || this.#permits.length > 0) return;
    if (this.#options.clock.now() < this.#askAgainAtMs) return;
    this.#isAsking = true;
    void this.#reserve(calls).finally(() => {
      this.#isAsking = false;
    });
  }

  take(): void {
    this.#permits.shift();
  }

  passed(): void {
    if (!this.#isProbe) return;
    this.#isProbe = false;
    const { redis, name, channel, keys } = this.#options;
    // Others try by themselves when they are not told.
    void redis.run(PASSED, { keys, args: [name, channel] }).catch(() => null);
  }

  async #reserve(calls: number): Promise<void> {
    const { redis, clock, name, keys } = this.#options;
    await this.#reporting;
    const most = Math.ceil((this.#ratePerSec * AHEAD_MS) / 1_000);
    const wanted = Math.max(1, Math.min(calls, Number.isFinite(most) ? most : 1));
    let answer: Reservation | 'over';
    try {
      answer = readReservation(await redis.run(RESERVE, { keys, args: [name, wanted] }));
    } catch {
      this.#break();
      return;
    }
    const now = clock.now();
    if (answer === 'over') {
      this.#onChange(true);
      return;
    }
    const { count, inMs, spacingMs, ratePerSec, pauseMs, isProbe } = answer;
    this.#ratePerSec = ratePerSec;
    this.#pausedUntilMs = pauseMs > 0 ? now + pauseMs : -Infinity;
    if (count === 0) {
      this.#askAgainAtMs = now + inMs;
      clock.after(Math.max(1, inMs), () => {
        // A timer may go off a little early.
        this.#askAgainAtMs = -Infinity;
        this.#onChange(false);
      });
      return;
    }
    this.#isProbe = isProbe;
    this.#permits = Array.from({ length: count }, (_, index) => now + inMs + index * spacingMs);
    clock.nextTurn(() => {
      this.#onChange(false);
    });
  }

  /** Redis cannot be asked: calls go on at the pace of this replica. */
  #break(): void {
    const { clock } = this.#options;
    this.#brokenUntilMs = clock.now() + BROKEN_MS;
    clock.nextTurn(() => {
      this.#onChange(false);
    });
  }
}

interface Reservation {
  readonly count: number;
  readonly inMs: number;
  readonly spacingMs: number;
  readonly ratePerSec: number;
  readonly pauseMs: number;
  readonly isProbe: boolean;
}

/** What the script answers, or throws: whoever can write to Redis may have made it. */
function readReservation(reply: RedisReply): Reservation | 'over' {
  if (!Array.isArray(reply)) throw new TypeError('Expected a reservation from Redis');
  if (reply.length === 0) return 'over';
  const [count = NaN, inMs = NaN, spacingMs = NaN, ratePerSec = NaN, pauseMs = NaN] = reply.map(Number);
  const all = [count, inMs, spacingMs, ratePerSec, pauseMs];
  if (!all.every((number) => Number.isFinite(number) && number >= 0) || ratePerSec === 0)
    throw new TypeError('Expected a reservation of numbers from Redis');
  return {
    count: Math.min(count, 10_000),
    inMs: bounded(inMs),
    spacingMs: bounded(spacingMs),
    ratePerSec,
    pauseMs: bounded(pauseMs),
    isProbe: reply[5] === 1,
  };
}

function bounded(ms: number): number {
  return Math.min(ms, LONGEST_WAIT_MS);
}
