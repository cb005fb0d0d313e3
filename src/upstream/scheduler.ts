/** `Scheduler`: how many calls of an account are under way at once, how fast they follow each other, and whose turn is next. */
import { type Clock, reasonOf } from '../clock.ts';
import type { GatewayError } from '../errors.ts';
import { createFairQueue, type FairQueue } from './fair-queue.ts';
import { type CallOutcome, Pace } from './pace.ts';
import { overflow, refusalOf } from './refusal.ts';
import type { Priority } from './upstream.ts';

export interface Turn {
  readonly accountId: string;
  /**
   * Who of several callers with the same account wants it: they take turns, and none has all slots or the whole queue.
   * @default nobody in particular
   */
  readonly callerId?: string | undefined;
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
   * Runs `work` as soon as the account has a free slot and its pace allows: interactive before background, the callers of
   * the account in turns, and each caller's in order of arrival. The slot is free again when `work` has settled.
   * `outcomeOf` says what its result teaches.
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
    /**
     * Longest wait that a refused call is told.
     * @default 60_000
     */
    readonly retryAfterMaxMs?: number;
  };
}

/** A call that waits for its turn. */
interface Waiter {
  readonly deadlineAt: number;
  /** Hands over a slot. */
  readonly start: () => void;
  readonly refuse: (error: GatewayError) => void;
}

/** Invariant: somebody waits only while no slot is free for them, or the pace allows no start. */
interface Lane {
  readonly accountId: string;
  running: number;
  /** How many of them are of each caller that is told apart. */
  readonly runningOf: Map<string, number>;
  readonly waiting: Readonly<Record<Priority, FairQueue<Waiter>>>;
  readonly pace: Pace | null;
  /** Goes off when the pace allows the next start. */
  alarm: AbortController | null;
}

/** Who is not told apart from others with the same account. */
const ANYBODY = '';
/** Share of an account's slots that one of its callers may have: who comes next finds one free. */
const CALLER_SHARE = 3 / 4;
const RETRY_AFTER_MAX_MS = 60_000;

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
      runningOf: new Map(),
      waiting: { interactive: createFairQueue(), background: createFairQueue() },
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

  function slotsOf({ pace }: Lane): number {
    return Math.min(concurrency, pace?.calls ?? Infinity);
  }

  function hasSlot(lane: Lane): boolean {
    return running < connections && lane.running < slotsOf(lane) && lane.pace?.isProbing !== true;
  }

  /** Whether there is a slot for this caller, when there is one at all. */
  function mayTake(lane: Lane, callerId: string): boolean {
    if (callerId === ANYBODY) return true;
    return (lane.runningOf.get(callerId) ?? 0) < Math.ceil(slotsOf(lane) * CALLER_SHARE);
  }

  function isReady({ pace }: Lane): boolean {
    return !pacing || !pace || pace.readyAtMs <= pacing.clock.now();
  }

  function take(lane: Lane, callerId: string): void {
    lane.running++;
    running++;
    if (callerId !== ANYBODY) lane.runningOf.set(callerId, (lane.runningOf.get(callerId) ?? 0) + 1);
    if (pacing) lane.pace?.started(pacing.clock.now());
  }

  function give(lane: Lane, callerId: string): void {
    lane.running--;
    running--;
    const own = (lane.runningOf.get(callerId) ?? 0) - 1;
    if (own > 0) lane.runningOf.set(callerId, own);
    else lane.runningOf.delete(callerId);
  }

  /** Lets those start who can. */
  function pump(lane: Lane): void {
    const mayGo = (callerId: string) => mayTake(lane, callerId);
    while (sizeOf(lane) > 0 && hasSlot(lane)) {
      if (!isReady(lane)) {
        setAlarm(lane);
        break;
      }
      const next = lane.waiting.interactive.shift(mayGo) ?? lane.waiting.background.shift(mayGo);
      if (!next) break;
      next.start();
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
    const { priority, signal, callerId = ANYBODY, deadlineAt = Infinity } = turn;
    if (sizeOf(lane) === 0 && hasSlot(lane) && isReady(lane) && mayTake(lane, callerId)) {
      take(lane, callerId);
      return Promise.resolve();
    }
    const refusal = refusalFor(lane, { priority, deadlineAt, ahead: aheadOf(lane, priority, callerId) });
    if (refusal) return Promise.reject(refusal);
    if (sizeOf(lane) >= queueLimit) {
      const displaced = displacedBy(lane, priority, callerId);
      if (!displaced) return Promise.reject(overflow());
      displaced.refuse(overflow());
    }
    return new Promise((resolve, reject) => {
      const settle = () => {
        signal.removeEventListener('abort', onAbort);
        unlift?.();
      };
      const waiter: Waiter = {
        deadlineAt,
        start: () => {
          take(lane, callerId);
          settle();
          resolve();
        },
        refuse: (error) => {
          quit();
          settle();
          reject(error);
        },
      };
      let quit = lane.waiting[priority].push(waiter, callerId);
      const onAbort = () => {
        quit();
        settle();
        note(lane);
        reject(reasonOf(signal));
      };
      const unlift = turn.onLift?.(() => {
        quit();
        quit = lane.waiting.interactive.push(waiter, callerId);
      });
      signal.addEventListener('abort', onAbort, { once: true });
      pump(lane);
    });
  }

  /**
   * Who has to leave a full queue for a newcomer: the youngest poll for what somebody waits for, else the youngest call of
   * whoever has more than the newcomer. Nobody, when the newcomer has most.
   */
  function displacedBy(
    { waiting: { interactive, background } }: Lane,
    priority: Priority,
    callerId: string,
  ): Waiter | undefined {
    const own = interactive.sizeOf(callerId) + background.sizeOf(callerId) + 1;
    if (priority === 'background') return background.popOfMost(own);
    return background.popOfMost(0) ?? interactive.popOfMost(own);
  }

  function aheadOf({ waiting }: Lane, priority: Priority, callerId: string): number {
    const { interactive, background } = waiting;
    return priority === 'interactive'
      ? interactive.aheadOf(callerId)
      : interactive.size + background.aheadOf(callerId);
  }

  function refusalFor(
    { pace }: Lane,
    of: { readonly priority: Priority; readonly deadlineAt: number; readonly ahead: number },
  ): GatewayError | null {
    if (!pacing || !pace) return null;
    const { retryAfterMaxMs = RETRY_AFTER_MAX_MS } = pacing;
    return refusalOf(pace, { ...of, nowMs: pacing.clock.now(), retryAfterMaxMs });
  }

  /** Refuses those who wait already and surely cannot start in time any more, because the upstream has asked for a pause. */
  function refuseLate(lane: Lane): void {
    for (const priority of ['interactive', 'background'] as const) {
      for (const waiter of lane.waiting[priority]) {
        const refusal = refusalFor(lane, { priority, deadlineAt: waiter.deadlineAt, ahead: 0 });
        if (refusal) waiter.refuse(refusal);
      }
    }
    note(lane);
  }

  /** Gives the slot to whoever is next: of the same account, or of all when there are too few for all. */
  function exit(lane: Lane, callerId: string): void {
    const wasFull = running >= connections;
    give(lane, callerId);
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
      let isAnswered = false;
      try {
        // The signal may have aborted between the handing over of the slot and this line.
        refuseAborted(turn.signal);
        const result = await work();
        if (pacing && lane.pace && outcomeOf) {
          const outcome = outcomeOf(result);
          lane.pace.ended(outcome, { sentAtMs, nowMs: pacing.clock.now() });
          isAnswered = true;
          if (outcome.kind !== 'fine' && sizeOf(lane) > 0) refuseLate(lane);
        }
        return result;
      } finally {
        if (!isAnswered) lane.pace?.abandoned({ sentAtMs });
        exit(lane, turn.callerId ?? ANYBODY);
      }
    },
    get accountCount() {
      return lanes.size;
    },
  };
}

function sizeOf({ waiting: { interactive, background } }: Lane): number {
  return interactive.size + background.size;
}

function refuseAborted(signal: AbortSignal): void {
  if (signal.aborted) throw reasonOf(signal);
}
