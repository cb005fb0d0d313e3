/** `Scheduler`: how many calls of an account are under way at once, how fast they follow each other, and which is next. */
import { reasonOf } from '../../clock.ts';
import { AccountQueue, ANYBODY, type Pacing, SPARE_SHARE, type Waiter } from './account-queue.ts';
import type { CallOutcome } from './adaptive-limiter.ts';
import { overflow } from './refusal.ts';
import type { Priority } from '../caller.ts';
import type { ScheduledCall } from './scheduled-call.ts';

export interface Scheduler {
  /**
   * Runs `work` as soon as the account has a free slot and its pace allows: interactive before background, the callers of
   * the account round-robin, and each caller's in order of arrival. The slot is free again when `work` has settled.
   * `outcomeOf` says what its result teaches, null that it teaches nothing.
   */
  schedule<T>(
    work: () => Promise<T>,
    call: ScheduledCall,
    outcomeOf?: (result: T) => CallOutcome | null,
  ): Promise<T>;
  /**
   * Whether calls that nobody waits for would hold up no other: less than half of the slots are taken, and the upstream has
   * not slowed the account down.
   */
  hasSpareSlots(accountId: string): boolean;
  /** How many accounts have calls under way or waiting, or a limit that is remembered. */
  readonly accountCount: number;
  /** How busy it is now. Takes a look at every account. */
  readonly load: SchedulerLoad;
}

export interface SchedulerLoad {
  /** Calls under way. */
  readonly running: number;
  /** Calls that wait for a slot. */
  readonly waiting: Readonly<Record<Priority, number>>;
  /** Accounts whose limit is known, by refusals of the upstream. */
  readonly limitedAccounts: number;
  /** Accounts that the upstream has asked to pause, and that do. */
  readonly pausedAccounts: number;
  /** Calls per second that the slowest of the limited accounts may make; null while no account is. */
  readonly slowestPerSec: number | null;
}

export interface SchedulerOptions {
  /** Calls of one account that are under way at once. */
  readonly concurrency: number;
  /** Calls of one account that wait. */
  readonly queueLimit: number;
  /**
   * Calls of all accounts that are under way at once. When there are more, the accounts are served round-robin.
   * @default Infinity
   */
  readonly connections?: number;
  /** Limits each account to what the upstream accepts. Absent, only the numbers above count. */
  readonly pacing?: Pacing;
}

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { queueLimit, connections = Infinity, pacing } = options;
  const queues = new Map<string, AccountQueue>();
  /** Empty ones whose limiter knows a limit, in the order in which they became empty. */
  const idle = new Set<AccountQueue>();
  /** Those in which a call waits; they are served round-robin by the slots that all accounts share. */
  const crowded = new Set<AccountQueue>();
  let running = 0;

  function queueOf(accountId: string): AccountQueue {
    const known = queues.get(accountId);
    if (known) {
      idle.delete(known);
      return known;
    }
    const queue = new AccountQueue(accountId, options, () => {
      pump(queue);
    });
    queues.set(accountId, queue);
    return queue;
  }

  /** Forgets an empty queue, unless its limiter knows a limit. */
  function leave(queue: AccountQueue): void {
    if (!queue.isEmpty || queues.get(queue.accountId) !== queue) return;
    if (queue.limiter?.isLimited) idle.add(queue);
    else drop(queue);
    for (const oldest of idle) {
      if (idle.size <= (pacing?.maxIdle ?? 0)) break;
      idle.delete(oldest);
      drop(oldest);
    }
  }

  function drop(queue: AccountQueue): void {
    queues.delete(queue.accountId);
    queue[Symbol.dispose]();
  }

  const hasSlot = (queue: AccountQueue) => running < connections && queue.hasSlot;

  function take(queue: AccountQueue, callerId: string): void {
    running++;
    queue.take(callerId);
  }

  /** Lets those start who can. */
  function pump(queue: AccountQueue): void {
    while (queue.size > 0 && hasSlot(queue)) {
      if (queue.waitMs > 0) {
        setTimer(queue);
        break;
      }
      const next = queue.shift();
      if (!next) break;
      next.start();
    }
    note(queue);
  }

  /** At the end of the line of those in which somebody waits, or out of it. */
  function note(queue: AccountQueue): void {
    crowded.delete(queue);
    if (queue.size > 0) crowded.add(queue);
    else {
      queue.timer?.abort();
      queue.timer = null;
    }
  }

  function setTimer(queue: AccountQueue): void {
    if (!pacing || queue.timer) return;
    if (queue.waitMs === Infinity) {
      queue.askWhen();
      return;
    }
    const timer = new AbortController();
    queue.timer = timer;
    pacing.clock.sleep(Math.max(1, Math.ceil(queue.waitMs)), timer.signal).then(
      () => {
        queue.timer = null;
        pump(queue);
      },
      // Nobody waits any more.
      () => undefined,
    );
  }

  /** Resolves when the caller holds a slot. */
  function enter(queue: AccountQueue, call: ScheduledCall): Promise<void> {
    const { priority, callerId = ANYBODY, deadlineAt = Infinity } = call;
    if (queue.size === 0 && hasSlot(queue) && queue.waitMs <= 0 && queue.mayTake(callerId)) {
      take(queue, callerId);
      return Promise.resolve();
    }
    const ahead = queue.aheadOf(priority, callerId);
    const refusal = queue.refusalFor({ priority, deadlineAt, ahead });
    if (refusal) return Promise.reject(refusal);
    if (queue.size >= queueLimit) {
      const displaced = queue.displacedBy(priority, callerId);
      if (!displaced) return Promise.reject(overflow());
      displaced.refuse(overflow());
    }
    return waitIn(queue, call);
  }

  function waitIn(queue: AccountQueue, call: ScheduledCall): Promise<void> {
    const { priority, signal, callerId = ANYBODY, deadlineAt = Infinity } = call;
    return new Promise((resolve, reject) => {
      const settle = () => {
        signal.removeEventListener('abort', onAbort);
        stopListening?.();
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
      const stopListening = call.onPriorityRaised?.(() => {
        quit();
        quit = queue.waiting.interactive.push(waiter, callerId);
      });
      signal.addEventListener('abort', onAbort, { once: true });
      pump(queue);
    });
  }

  /** Gives the slot to whoever is next: of the same account, or of all when there are too few for all. */
  function exit(queue: AccountQueue, callerId: string): void {
    const wasFull = running >= connections;
    running--;
    queue.give(callerId);
    if (wasFull) {
      for (const next of [...crowded]) {
        if (running >= connections) break;
        pump(next);
      }
    } else pump(queue);
    leave(queue);
  }

  return {
    async schedule(work, call, outcomeOf) {
      refuseAborted(call.signal);
      const queue = queueOf(call.accountId);
      try {
        await enter(queue, call);
      } catch (error) {
        leave(queue);
        throw error;
      }
      const sentAtMs = pacing?.clock.now() ?? 0;
      let isAnswered = false;
      try {
        // The signal may have aborted between the handing over of the slot and this line.
        refuseAborted(call.signal);
        const result = await work();
        const outcome = outcomeOf?.(result) ?? null;
        if (pacing && queue.limiter && outcome) {
          queue.ended(outcome, { sentAtMs, nowMs: pacing.clock.now() });
          isAnswered = true;
          if (outcome.kind !== 'fine' && queue.size > 0) {
            queue.refuseLate();
            note(queue);
          }
        }
        return result;
      } finally {
        if (!isAnswered) queue.limiter?.abandoned({ sentAtMs });
        exit(queue, call.callerId ?? ANYBODY);
      }
    },
    hasSpareSlots: (accountId) =>
      running < connections * SPARE_SHARE && (queues.get(accountId)?.hasSpareSlots ?? true),
    get accountCount() {
      return queues.size;
    },
    get load() {
      return loadOf(queues.values(), { running, nowMs: pacing?.clock.now() ?? 0 });
    },
  };
}

function loadOf(
  queues: Iterable<AccountQueue>,
  { running, nowMs }: { readonly running: number; readonly nowMs: number },
): SchedulerLoad {
  const waiting = { interactive: 0, background: 0 };
  let limitedAccounts = 0;
  let pausedAccounts = 0;
  let slowestPerSec: number | null = null;
  for (const { waiting: lines, limiter } of queues) {
    waiting.interactive += lines.interactive.size;
    waiting.background += lines.background.size;
    if (limiter?.pauseAt(nowMs)) pausedAccounts++;
    if (!limiter?.isLimited) continue;
    limitedAccounts++;
    if (limiter.ratePerSec !== Infinity)
      slowestPerSec = Math.min(slowestPerSec ?? Infinity, limiter.ratePerSec);
  }
  return { running, waiting, limitedAccounts, pausedAccounts, slowestPerSec };
}

function refuseAborted(signal: AbortSignal): void {
  if (signal.aborted) throw reasonOf(signal);
}
