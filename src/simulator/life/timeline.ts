/** When things happen in a world: first the past, played without waiting, then the present, played on the clock. */
import type { Clock } from '../../clock.ts';
import { TaskQueue } from './task-queue.ts';

/** Cancels a task that has not run yet. */
export type Cancel = () => void;

export interface Timeline {
  /** Within a task, the instant at which it was due, so that a late timer does not show in the world. */
  now(): number;
  /** Runs the task at an instant (Unix milliseconds), which is the same one at every speed. */
  at(instant: number, task: () => void): Cancel;
  /** Runs the task after a time as it would pass in life; at speed 20 the clock shows a twentieth of it. */
  after(lifeMs: number, task: () => void): Cancel;
}

/** After so many tasks the timeline yields to the event loop, whatever the speed. */
const MAX_TASKS_PER_TURN = 2_000;

export class WorldTimeline implements Timeline, Disposable {
  readonly #clock: Clock;
  readonly #queue = new TaskQueue();
  /** The instant of the running task, or of the past while it is played. */
  #instant: number | undefined;
  #pace = 1;
  #isLive = false;
  #timer: { readonly due: number; readonly abort: AbortController } | undefined;

  constructor(clock: Clock, start: number) {
    this.#clock = clock;
    this.#instant = start;
  }

  now(): number {
    return this.#instant ?? this.#clock.now();
  }

  at(instant: number, task: () => void): Cancel {
    return this.#plan(Math.max(instant, this.now()), task, true);
  }

  after(lifeMs: number, task: () => void): Cancel {
    return this.#plan(this.now() + lifeMs / this.#pace, task, false);
  }

  /** Plays the past up to an instant, at once. */
  playTo(instant: number): void {
    for (let next = this.#queue.first; next && next.due <= instant; next = this.#queue.first) this.#runNext();
    this.#instant = instant;
  }

  /** From here on the clock's time counts. At speed 0 the pending tasks of the past never run; new ones run at normal speed. */
  goLive(speed: number): void {
    const start = this.now();
    if (speed > 0) {
      this.#queue.reschedule((due) => start + (due - start) / speed);
      this.#pace = speed;
    } else this.#queue.clear();
    this.#instant = undefined;
    this.#isLive = true;
    this.#arm();
  }

  /** Runs what is due, so that whoever looks sees the present even when a timer is late. */
  runDue(): void {
    if (!this.#isLive || this.#instant !== undefined) return;
    const now = this.#clock.now();
    for (let count = 0; count < MAX_TASKS_PER_TURN; count++) {
      const next = this.#queue.first;
      if (!next || next.due > now) break;
      this.#runNext();
    }
    this.#instant = undefined;
    this.#arm();
  }

  [Symbol.dispose](): void {
    this.#isLive = false;
    this.#queue.clear();
    this.#timer?.abort.abort();
    this.#timer = undefined;
  }

  #plan(due: number, task: () => void, isFixed: boolean): Cancel {
    const entry = this.#queue.push(due, task, isFixed);
    if (this.#isLive) this.#arm();
    return () => {
      this.#queue.cancel(entry);
    };
  }

  #runNext(): void {
    const task = this.#queue.shift();
    if (!task?.run) return;
    const { run } = task;
    // What has run can no longer be canceled.
    task.run = undefined;
    // Instants in views are whole milliseconds.
    this.#instant = Math.floor(task.due);
    run();
  }

  /** Keeps exactly one timer, for the task that is due first. */
  #arm(): void {
    // While tasks run, the end of that run sets the timer.
    if (this.#instant !== undefined) return;
    const next = this.#queue.first;
    if (next && this.#timer?.due === next.due) return;
    this.#timer?.abort.abort();
    this.#timer = undefined;
    if (!next) return;
    const timer = { due: next.due, abort: new AbortController() };
    this.#timer = timer;
    this.#clock.sleep(Math.max(0, next.due - this.#clock.now()), timer.abort.signal).then(
      () => {
        if (this.#timer === timer) this.#timer = undefined;
        this.runDue();
      },
      // Another task became the first, or the world ended.
      () => undefined,
    );
  }
}
