/** `Scheduler`: how many calls of one account are under way at once, and whose turn is next. */
import { reasonOf } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { createFifo, type Fifo } from './fifo.ts';
import type { Priority } from './upstream.ts';

export interface Turn {
  readonly accountId: string;
  readonly priority: Priority;
  /** Gives the turn up while it is waited for. Work that has begun is left to end by itself. */
  readonly signal: AbortSignal;
}

export interface Scheduler {
  /**
   * Runs `work` as soon as the account has a free slot: interactive before background, and in order of arrival within
   * each. The slot is free again when `work` has settled.
   */
  schedule<T>(work: () => Promise<T>, turn: Turn): Promise<T>;
  /** How many accounts have calls under way or waiting: all that is remembered. */
  readonly accountCount: number;
}

export interface SchedulerOptions {
  /** Calls of one account that are under way at once. */
  readonly concurrency: number;
  /** Calls of one account that wait. */
  readonly queueLimit: number;
}

/** A call that waits for its turn. */
interface Waiter {
  /** Hands over the slot of a call that has ended. */
  readonly start: () => void;
  readonly refuse: (error: GatewayError) => void;
}

/** Invariant: somebody waits only while all slots are taken. A lane with nobody in it is forgotten. */
interface Lane {
  running: number;
  readonly waiting: Readonly<Record<Priority, Fifo<Waiter>>>;
}

/** What a refused call is told to wait: by then a queue of quick calls has moved on. */
const OVERFLOW_RETRY_AFTER_MS = 1_000;

export function createScheduler({ concurrency, queueLimit }: SchedulerOptions): Scheduler {
  const lanes = new Map<string, Lane>();

  function laneOf(accountId: string): Lane {
    const known = lanes.get(accountId);
    if (known) return known;
    const lane: Lane = { running: 0, waiting: { interactive: createFifo(), background: createFifo() } };
    lanes.set(accountId, lane);
    return lane;
  }

  /** Resolves when the caller holds a slot. */
  function enter(lane: Lane, { priority, signal }: Turn): Promise<void> {
    return new Promise((resolve, reject) => {
      if (lane.running < concurrency) {
        lane.running++;
        resolve();
        return;
      }
      const { interactive, background } = lane.waiting;
      if (interactive.size + background.size >= queueLimit) {
        const displaced = priority === 'interactive' ? background.pop() : undefined;
        if (!displaced) {
          reject(overflow());
          return;
        }
        displaced.refuse(overflow());
      }
      const leave = lane.waiting[priority].push({
        start: () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
        refuse: (error) => {
          signal.removeEventListener('abort', onAbort);
          reject(error);
        },
      });
      function onAbort() {
        leave();
        reject(reasonOf(signal));
      }
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Gives the slot to whoever is next. */
  function exit(lane: Lane, accountId: string): void {
    const next = lane.waiting.interactive.shift() ?? lane.waiting.background.shift();
    if (next) {
      next.start();
      return;
    }
    lane.running--;
    if (lane.running === 0) lanes.delete(accountId);
  }

  return {
    async schedule(work, turn) {
      refuseAborted(turn.signal);
      const lane = laneOf(turn.accountId);
      await enter(lane, turn);
      try {
        // The signal may have aborted between the handing over of the slot and this line.
        refuseAborted(turn.signal);
        return await work();
      } finally {
        exit(lane, turn.accountId);
      }
    },
    get accountCount() {
      return lanes.size;
    },
  };
}

function refuseAborted(signal: AbortSignal): void {
  if (signal.aborted) throw reasonOf(signal);
}

function overflow(): GatewayError {
  return new GatewayError('RATE_LIMITED', 'Too many upstream calls of this account are waiting already', {
    retryAfterMs: OVERFLOW_RETRY_AFTER_MS,
  });
}
