/** `createWorkerPool`: some workers, each begun anew when it ends by itself, until it ends too often. */
import type { Clock } from '../clock.ts';
import type { MessageFromWorker, MessageToWorker } from './worker-messages.ts';

/** One process that was forked. */
export interface WorkerProcess {
  send(message: MessageToWorker): void;
}

export interface WorkerListener {
  readonly onMessage: (message: MessageFromWorker) => void;
  /** `how` is an exit code or the name of a signal. Called once. */
  readonly onExit: (how: string) => void;
}

export interface WorkerPoolOptions {
  readonly count: number;
  readonly clock: Clock;
  readonly fork: (number: number, listener: WorkerListener) => WorkerProcess;
  /** What a worker says after it is ready. */
  readonly onMessage: (message: MessageFromWorker, worker: WorkerProcess) => void;
  /** A worker has ended, and another one takes its place after so many milliseconds. */
  readonly onEnded: (event: {
    readonly worker: number;
    readonly how: string;
    readonly restartInMs: number;
  }) => void;
  /** Another one has taken the place of one that had ended, and accepts requests. */
  readonly onRestarted: (worker: number) => void;
  /** A worker has ended too often for another one to take its place. */
  readonly onGivenUp: (event: { readonly worker: number; readonly how: string }) => void;
}

export interface WorkerPool {
  /**
   * Resolves with the address when all of them accept requests; rejects with a `WorkerEnded` when one ends before. The first
   * one starts alone: what is wrong with the configuration is said once.
   */
  start(): Promise<string>;
  /** Those that accept requests, by their numbers. */
  readonly ready: ReadonlyMap<number, WorkerProcess>;
  /** Asks all of them to leave, and begins no other. Resolves when they have ended. */
  stop(): Promise<void>;
}

/** A worker that has lived for so long has not ended because it cannot live. */
const LONG_LIFE_MS = 60_000;
/** After so many short lives in a row nothing suggests that the next one is longer. */
export const MAX_SHORT_LIVES = 5;
/** The wait after the first short life, which doubles with each further one, in milliseconds. */
const FIRST_WAIT_MS = 250;

export class WorkerEnded extends Error {
  constructor(worker: number, how: string) {
    super(`Worker ${String(worker)} has ended before it accepted requests (${how})`);
    this.name = 'WorkerEnded';
  }
}

interface Slot {
  readonly number: number;
  process: WorkerProcess | null;
  /** Short lives in a row. */
  shortLives: number;
}

export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const { clock, fork } = options;
  const slots = Array.from({ length: options.count }, (_, index): Slot => {
    return { number: index + 1, process: null, shortLives: 0 };
  });
  const ready = new Map<number, WorkerProcess>();
  let onStopped: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    onStopped = resolve;
  });
  let hasStarted = false;
  let isStopping = false;

  function begin(slot: Slot): Promise<string> {
    return new Promise((resolve, reject) => {
      const beganAtMs = clock.now();
      const worker = fork(slot.number, {
        onMessage: (message) => {
          if (message.kind !== 'ready') {
            options.onMessage(message, worker);
            return;
          }
          ready.set(slot.number, worker);
          // What it was told before it listened it has not heard.
          if (isStopping) worker.send({ kind: 'leave' });
          resolve(message.url);
        },
        onExit: (how) => {
          slot.process = null;
          const wasReady = ready.delete(slot.number);
          reject(new WorkerEnded(slot.number, how));
          if (isStopping) endWhenAllHave();
          else if (wasReady || hasStarted) replace(slot, { how, livedMs: clock.now() - beganAtMs });
        },
      });
      slot.process = worker;
    });
  }

  function replace(slot: Slot, { how, livedMs }: { readonly how: string; readonly livedMs: number }): void {
    slot.shortLives = livedMs < LONG_LIFE_MS ? slot.shortLives + 1 : 0;
    const worker = slot.number;
    if (slot.shortLives >= MAX_SHORT_LIVES) {
      options.onGivenUp({ worker, how });
      return;
    }
    const restartInMs = slot.shortLives === 0 ? 0 : FIRST_WAIT_MS * 2 ** (slot.shortLives - 1);
    options.onEnded({ worker, how, restartInMs });
    clock.after(restartInMs, () => {
      if (isStopping) return;
      begin(slot).then(
        () => {
          options.onRestarted(worker);
        },
        // That it has ended again is seen to where it ends.
        () => undefined,
      );
    });
  }

  function endWhenAllHave(): void {
    if (slots.every(({ process }) => process === null)) onStopped();
  }

  return {
    async start() {
      const [first, ...others] = slots;
      if (!first) throw new Error('A pool has at least one worker');
      const url = await begin(first);
      await Promise.all(others.map(begin));
      hasStarted = true;
      return url;
    },
    ready,
    stop() {
      isStopping = true;
      for (const { process } of slots) process?.send({ kind: 'leave' });
      endWhenAllHave();
      return stopped;
    },
  };
}
