/** `Scheduler`: how many calls of an account are under way at once, how fast they follow each other, and whose turn is next. */
import { type Clock, reasonOf } from '../../clock.ts';
import type { GatewayError } from '../../errors.ts';
import { createFairQueue, type FairQueue } from './fair-queue.ts';
import { type CallOutcome, AdaptiveLimiter } from './adaptive-limiter.ts';
import { overflow, refusalOf } from '../rest/refusal.ts';
import type { Priority } from '../caller.ts';

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
   * `outcomeOf` says what its result teaches, null that it teaches nothing.
   */
  schedule<T>(work: () => Promise<T>, turn: Turn, outcomeOf?: (result: T) => CallOutcome | null): Promise<T>;
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
interface AccountQueue {
  readonly accountId: string;
  running: number;
  /** How many of them are of each caller that is told apart. */
  readonly runningOf: Map<string, number>;
  readonly waiting: Readonly<Record<Priority, FairQueue<Waiter>>>;
  readonly pace: AdaptiveLimiter | null;
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
  const queues = new Map<string, AccountQueue>();
  /** In which nobody is, but which have learnt something, in the order in which they were left. */
  const idle = new Set<AccountQueue>();
  /** In which somebody waits; they take turns for the slots that all have in common. */
  const crowded = new Set<AccountQueue>();
  let running = 0;

  function queueOf(accountId: string): AccountQueue {
    const known = queues.get(accountId);
    if (known) {
      idle.delete(known);
      return known;
    }
    const queue: AccountQueue = {
      accountId,
      running: 0,
      runningOf: new Map(),
      waiting: { interactive: createFairQueue(), background: createFairQueue() },
      pace: pacing ? new AdaptiveLimiter({ mostCalls: concurrency }) : null,
      alarm: null,
    };
    queues.set(accountId, queue);
    return queue;
  }

  /** Forgets a queue in which nobody is, unless it has learnt something. */
  function leave(queue: AccountQueue): void {
    if (queue.running > 0 || sizeOf(queue) > 0 || queues.get(queue.accountId) !== queue) return;
    if (pacing && queue.pace?.hasLearnt) idle.add(queue);
    else queues.delete(queue.accountId);
    for (const oldest of idle) {
      if (idle.size <= (pacing?.maxIdle ?? 0)) break;
      idle.delete(oldest);
      queues.delete(oldest.accountId);
    }
  }

  function slotsOf({ pace }: AccountQueue): number {
    return Math.min(concurrency, pace?.calls ?? Infinity);
  }

  function hasSlot(queue: AccountQueue): boolean {
    return running < connections && queue.running < slotsOf(queue) && queue.pace?.isProbing !== true;
  }

  /** Whether there is a slot for this caller, when there is one at all. */
  function mayTake(queue: AccountQueue, callerId: string): boolean {
    if (callerId === ANYBODY) return true;
    return (queue.runningOf.get(callerId) ?? 0) < Math.ceil(slotsOf(queue) * CALLER_SHARE);
  }

  function isReady({ pace }: AccountQueue): boolean {
    return !pacing || !pace || pace.readyAtMs <= pacing.clock.now();
  }

  function take(queue: AccountQueue, callerId: string): void {
    queue.running++;
    running++;
    if (callerId !== ANYBODY) queue.runningOf.set(callerId, (queue.runningOf.get(callerId) ?? 0) + 1);
    if (pacing) queue.pace?.started(pacing.clock.now());
  }

  function give(queue: AccountQueue, callerId: string): void {
    queue.running--;
    running--;
    const own = (queue.runningOf.get(callerId) ?? 0) - 1;
    if (own > 0) queue.runningOf.set(callerId, own);
    else queue.runningOf.delete(callerId);
  }

  /** Lets those start who can. */
  function pump(queue: AccountQueue): void {
    const mayGo = (callerId: string) => mayTake(queue, callerId);
    while (sizeOf(queue) > 0 && hasSlot(queue)) {
      if (!isReady(queue)) {
        setAlarm(queue);
        break;
      }
      const next = queue.waiting.interactive.shift(mayGo) ?? queue.waiting.background.shift(mayGo);
      if (!next) break;
      next.start();
    }
    note(queue);
  }

  /** At the end of the line of those in which somebody waits, or out of it. */
  function note(queue: AccountQueue): void {
    crowded.delete(queue);
    if (sizeOf(queue) > 0) crowded.add(queue);
    else {
      queue.alarm?.abort();
      queue.alarm = null;
    }
  }

  function setAlarm(queue: AccountQueue): void {
    if (!pacing || !queue.pace || queue.alarm) return;
    const alarm = new AbortController();
    queue.alarm = alarm;
    const { clock } = pacing;
    clock.sleep(Math.max(1, Math.ceil(queue.pace.readyAtMs - clock.now())), alarm.signal).then(
      () => {
        queue.alarm = null;
        pump(queue);
      },
      // Nobody waits any more.
      () => undefined,
    );
  }

  /** Resolves when the caller holds a slot. */
  function enter(queue: AccountQueue, turn: Turn): Promise<void> {
    const { priority, signal, callerId = ANYBODY, deadlineAt = Infinity } = turn;
    if (sizeOf(queue) === 0 && hasSlot(queue) && isReady(queue) && mayTake(queue, callerId)) {
      take(queue, callerId);
      return Promise.resolve();
    }
    const refusal = refusalFor(queue, { priority, deadlineAt, ahead: aheadOf(queue, priority, callerId) });
    if (refusal) return Promise.reject(refusal);
    if (sizeOf(queue) >= queueLimit) {
      const displaced = displacedBy(queue, priority, callerId);
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
          take(queue, callerId);
          settle();
          resolve();
        },
        refuse: (error) => {
          quit();
          settle();
          reject(error);
        },
      };
      let quit = queue.waiting[priority].push(waiter, callerId);
      const onAbort = () => {
        quit();
        settle();
        note(queue);
        reject(reasonOf(signal));
      };
      const unlift = turn.onLift?.(() => {
        quit();
        quit = queue.waiting.interactive.push(waiter, callerId);
      });
      signal.addEventListener('abort', onAbort, { once: true });
      pump(queue);
    });
  }

  /**
   * Who has to leave a full queue for a newcomer: the youngest poll for what somebody waits for, else the youngest call of
   * whoever has more than the newcomer. Nobody, when the newcomer has most.
   */
  function displacedBy(
    { waiting: { interactive, background } }: AccountQueue,
    priority: Priority,
    callerId: string,
  ): Waiter | undefined {
    const own = interactive.sizeOf(callerId) + background.sizeOf(callerId) + 1;
    if (priority === 'background') return background.popOfMost(own);
    return background.popOfMost(0) ?? interactive.popOfMost(own);
  }

  function aheadOf({ waiting }: AccountQueue, priority: Priority, callerId: string): number {
    const { interactive, background } = waiting;
    return priority === 'interactive'
      ? interactive.aheadOf(callerId)
      : interactive.size + background.aheadOf(callerId);
  }

  function refusalFor(
    { pace }: AccountQueue,
    of: { readonly priority: Priority; readonly deadlineAt: number; readonly ahead: number },
  ): GatewayError | null {
    if (!pacing || !pace) return null;
    const { retryAfterMaxMs = RETRY_AFTER_MAX_MS } = pacing;
    return refusalOf(pace, { ...of, nowMs: pacing.clock.now(), retryAfterMaxMs });
  }

  /** Refuses those who wait already and surely cannot start in time any more, because the upstream has asked for a pause. */
  function refuseLate(queue: AccountQueue): void {
    for (const priority of ['interactive', 'background'] as const) {
      for (const waiter of queue.waiting[priority]) {
        const refusal = refusalFor(queue, { priority, deadlineAt: waiter.deadlineAt, ahead: 0 });
        if (refusal) waiter.refuse(refusal);
      }
    }
    note(queue);
  }

  /** Gives the slot to whoever is next: of the same account, or of all when there are too few for all. */
  function exit(queue: AccountQueue, callerId: string): void {
    const wasFull = running >= connections;
    give(queue, callerId);
    if (wasFull) {
      for (const next of [...crowded]) {
        if (running >= connections) break;
        pump(next);
      }
    } else pump(queue);
    leave(queue);
  }

  return {
    async schedule(work, turn, outcomeOf) {
      refuseAborted(turn.signal);
      const queue = queueOf(turn.accountId);
      try {
        await enter(queue, turn);
      } catch (error) {
        leave(queue);
        throw error;
      }
      const sentAtMs = pacing?.clock.now() ?? 0;
      let isAnswered = false;
      try {
        // The signal may have aborted between the handing over of the slot and this line.
        refuseAborted(turn.signal);
        const result = await work();
        const outcome = outcomeOf?.(result) ?? null;
        if (pacing && queue.pace && outcome) {
          queue.pace.ended(outcome, { sentAtMs, nowMs: pacing.clock.now() });
          isAnswered = true;
          if (outcome.kind !== 'fine' && sizeOf(queue) > 0) refuseLate(queue);
        }
        return result;
      } finally {
        if (!isAnswered) queue.pace?.abandoned({ sentAtMs });
        exit(queue, turn.callerId ?? ANYBODY);
      }
    },
    get accountCount() {
      return queues.size;
    },
  };
}

function sizeOf({ waiting: { interactive, background } }: AccountQueue): number {
  return interactive.size + background.size;
}

function refuseAborted(signal: AbortSignal): void {
  if (signal.aborted) throw reasonOf(signal);
}
