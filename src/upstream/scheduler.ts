/** `Scheduler`: how many calls of an account are under way at once, how fast they follow each other, and whose turn is next. */
import { type Clock, reasonOf } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { createFifo, type Fifo } from './fifo.ts';
import { type CallOutcome, Pace } from './pace.ts';
import type { Priority } from './upstream.ts';

export interface Turn {
  readonly accountId: string;
  readonly priority: Priority;
  /** Gives the turn up while it is waited for. Work that has begun is left to end by itself. */
  readonly signal: AbortSignal;
  /** Calls back when it has become interactive; the answer ends that. */
  readonly onLift?: ((listener: () => void) => () => void) | undefined;
  /**
   * Until when it has to start, as Unix time in milliseconds: an interactive one that surely cannot is refused at once.
   * @default Infinity
   */
  readonly deadlineAt?: number | undefined;
}

export interface Scheduler {
  /**
   * Runs `work` as soon as the account has a free slot and its pace allows: interactive before background, and in order
   * of arrival within each. The slot is free again when `work` has settled. `outcomeOf` says what its result teaches.
   */
  schedule<T>(work: () => Promise<T>, turn: Turn, outcomeOf?: (result: T) => CallOutcome): Promise<T>;
  /** How many accounts have calls under way or waiting, or a limit that is remembered. */
  readonly accountCount: number;
}

export interface SchedulerOptions {
  /** Calls of one account that are under way at once. */
  readonly concurrency: number;
  /** Calls of one account that wait. */
  readonly queueLimit: number;
  /**
   * Calls of all accounts that are under way at once. When there are more, the accounts take turns.
   * @default Infinity
   */
  readonly connections?: number;
  /** Learns how fast the upstream lets each account call. Absent, only the numbers above count. */
  readonly pacing?: {
    readonly clock: Clock;
    /** Accounts whose limit is remembered while they do nothing. */
    readonly maxIdle: number;
  };
}

/** A call that waits for its turn. */
interface Waiter {
  /** Hands over a slot. */
  readonly start: () => void;
  readonly refuse: (error: GatewayError) => void;
}

/** Invariant: somebody waits only while no slot is free, or the pace allows no start. */
interface Lane {
  readonly accountId: string;
  running: number;
  readonly waiting: Readonly<Record<Priority, Fifo<Waiter>>>;
  readonly pace: Pace | null;
  /** Goes off when the pace allows the next start. */
  alarm: AbortController | null;
}

/** What a refused call is told to wait: by then a queue of quick calls has moved on. */
const OVERFLOW_RETRY_AFTER_MS = 1_000;

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { concurrency, queueLimit, connections = Infinity, pacing } = options;
  const lanes = new Map<string, Lane>();
  /** In which nobody is, but which have learnt something, in the order in which they were left. */
  const idle = new Set<Lane>();
  /** In which somebody waits; they take turns for the slots that all have in common. */
  const crowded = new Set<Lane>();
  let running = 0;

  function laneOf(accountId: string): Lane {
    const known = lanes.get(accountId);
    if (known) {
      idle.delete(known);
      return known;
    }
    const lane: Lane = {
      accountId,
      running: 0,
      waiting: { interactive: createFifo(), background: createFifo() },
      pace: pacing ? new Pace({ mostCalls: concurrency }) : null,
      alarm: null,
    };
    lanes.set(accountId, lane);
    return lane;
  }

  /** Forgets a lane in which nobody is, unless it has learnt something. */
  function leave(lane: Lane): void {
    if (lane.running > 0 || sizeOf(lane) > 0 || lanes.get(lane.accountId) !== lane) return;
    if (pacing && lane.pace?.hasLearnt) idle.add(lane);
    else lanes.delete(lane.accountId);
    for (const oldest of idle) {
      if (idle.size <= (pacing?.maxIdle ?? 0)) break;
      idle.delete(oldest);
      lanes.delete(oldest.accountId);
    }
  }

  function hasSlot({ running: own, pace }: Lane): boolean {
    return running < connections && own < Math.min(concurrency, pace?.calls ?? Infinity);
  }

  function isReady({ pace }: Lane): boolean {
    return !pacing || !pace || pace.readyAtMs <= pacing.clock.now();
  }

  function take(lane: Lane): void {
    lane.running++;
    running++;
    if (pacing) lane.pace?.started(pacing.clock.now());
  }

  /** Lets those start who can. */
  function pump(lane: Lane): void {
    while (sizeOf(lane) > 0 && hasSlot(lane)) {
      if (!isReady(lane)) {
        setAlarm(lane);
        break;
      }
      const next = lane.waiting.interactive.shift() ?? lane.waiting.background.shift();
      take(lane);
      next?.start();
    }
    note(lane);
  }

  /** At the end of the line of those in which somebody waits, or out of it. */
  function note(lane: Lane): void {
    crowded.delete(lane);
    if (sizeOf(lane) > 0) crowded.add(lane);
    else {
      lane.alarm?.abort();
      lane.alarm = null;
    }
  }

  function setAlarm(lane: Lane): void {
    if (!pacing || !lane.pace || lane.alarm) return;
    const alarm = new AbortController();
    lane.alarm = alarm;
    const { clock } = pacing;
    clock.sleep(Math.max(1, Math.ceil(lane.pace.readyAtMs - clock.now())), alarm.signal).then(
      () => {
        lane.alarm = null;
        pump(lane);
      },
      // Nobody waits any more.
      () => undefined,
    );
  }

  /** Resolves when the caller holds a slot. */
  function enter(lane: Lane, turn: Turn): Promise<void> {
    const { interactive, background } = lane.waiting;
    if (sizeOf(lane) === 0 && hasSlot(lane) && isReady(lane)) {
      take(lane);
      return Promise.resolve();
    }
    const refusal = refusalOf(lane, turn);
    if (refusal) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      if (sizeOf(lane) >= queueLimit) {
        const displaced = turn.priority === 'interactive' ? background.pop() : undefined;
        if (!displaced) {
          reject(overflow(OVERFLOW_RETRY_AFTER_MS));
          return;
        }
        displaced.refuse(overflow(OVERFLOW_RETRY_AFTER_MS));
      }
      const { signal } = turn;
      const settle = () => {
        signal.removeEventListener('abort', onAbort);
        unlift?.();
      };
      const waiter: Waiter = {
        start: () => {
          settle();
          resolve();
        },
        refuse: (error) => {
          settle();
          reject(error);
        },
      };
      let quit = lane.waiting[turn.priority].push(waiter);
      const onAbort = () => {
        quit();
        settle();
        note(lane);
        reject(reasonOf(signal));
      };
      const unlift = turn.onLift?.(() => {
        quit();
        quit = interactive.push(waiter);
      });
      signal.addEventListener('abort', onAbort, { once: true });
      pump(lane);
    });
  }

  /** Why a call that would have to wait is not let wait: under a limit polls give way, and so does what would be late. */
  function refusalOf(
    { waiting, pace }: Lane,
    { priority, deadlineAt = Infinity }: Turn,
  ): GatewayError | null {
    if (!pacing || !pace || pace.ratePerSec === Infinity) return null;
    const nowMs = pacing.clock.now();
    const ahead = waiting.interactive.size + (priority === 'background' ? waiting.background.size : 0);
    const waitMs = Math.max(0, pace.readyAtMs - nowMs) + (ahead * 1_000) / pace.ratePerSec;
    const isLate = priority === 'background' ? waitMs > PATIENCE_OF_POLLS_MS : nowMs + waitMs > deadlineAt;
    return isLate ? overflow(Math.max(OVERFLOW_RETRY_AFTER_MS, waitMs)) : null;
  }

  /** Gives the slot to whoever is next: of the same account, or of all when there are too few for all. */
  function exit(lane: Lane): void {
    const wasFull = running >= connections;
    lane.running--;
    running--;
    if (wasFull) {
      for (const next of [...crowded]) {
        if (running >= connections) break;
        pump(next);
      }
    } else pump(lane);
    leave(lane);
  }

  return {
    async schedule(work, turn, outcomeOf) {
      refuseAborted(turn.signal);
      const lane = laneOf(turn.accountId);
      try {
        await enter(lane, turn);
      } catch (error) {
        leave(lane);
        throw error;
      }
      const sentAtMs = pacing?.clock.now() ?? 0;
      try {
        // The signal may have aborted between the handing over of the slot and this line.
        refuseAborted(turn.signal);
        const result = await work();
        if (pacing && outcomeOf) lane.pace?.ended(outcomeOf(result), { sentAtMs, nowMs: pacing.clock.now() });
        return result;
      } finally {
        exit(lane);
      }
    },
    get accountCount() {
      return lanes.size;
    },
  };
}

/** How long a poll may wait for its turn under a limit. The next one is due by then. */
const PATIENCE_OF_POLLS_MS = 1_000;

function sizeOf({ waiting: { interactive, background } }: Lane): number {
  return interactive.size + background.size;
}

function refuseAborted(signal: AbortSignal): void {
  if (signal.aborted) throw reasonOf(signal);
}

function overflow(retryAfterMs: number): GatewayError {
  return new GatewayError('RATE_LIMITED', 'Too many upstream calls of this account are waiting already', {
    retryAfterMs,
  });
}
