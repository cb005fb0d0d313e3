/** Tasks ordered by when they are due, those of the same instant in the order in which they were added. */

export interface Task {
  due: number;
  readonly order: number;
  /** Whether it is due at an instant of the clock, however fast life is played. */
  readonly isFixed: boolean;
  /** Undefined once canceled: the entry stays in the queue until it is due, and does nothing. */
  run: (() => void) | undefined;
}

/** Fewer canceled tasks are not worth the work of freeing them. */
const MIN_CANCELED = 1_000;

/** A binary heap. Invariant: no task is due before its parent at `(index - 1) >> 1`. */
export class TaskQueue {
  #tasks: Task[] = [];
  #added = 0;
  /** How many of the tasks were canceled and wait for nothing. */
  #canceled = 0;

  get first(): Task | undefined {
    return this.#tasks[0];
  }

  push(due: number, run: () => void, isFixed = false): Task {
    const task: Task = { due, order: this.#added++, isFixed, run };
    let index = this.#tasks.push(task) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#tasks[parentIndex];
      if (!parent || !isBefore(task, parent)) break;
      this.#tasks[index] = parent;
      index = parentIndex;
    }
    this.#tasks[index] = task;
    return task;
  }

  /** The place of a canceled task is freed at the latest when it is due, or when half of all are canceled. */
  cancel(task: Task): void {
    if (!task.run) return;
    task.run = undefined;
    this.#canceled++;
    if (this.#canceled < MIN_CANCELED || this.#canceled * 2 < this.#tasks.length) return;
    this.#tasks = sorted(this.#tasks.filter(({ run }) => run));
    this.#canceled = 0;
  }

  shift(): Task | undefined {
    const first = this.#tasks[0];
    if (first && !first.run) this.#canceled--;
    const last = this.#tasks.pop();
    if (!first || !last || first === last) return first;
    let index = 0;
    for (;;) {
      const left = this.#tasks[2 * index + 1];
      const right = this.#tasks[2 * index + 2];
      const child = left && right && isBefore(right, left) ? right : left;
      if (!child || !isBefore(child, last)) break;
      this.#tasks[index] = child;
      index = 2 * index + (child === left ? 1 : 2);
    }
    this.#tasks[index] = last;
    return first;
  }

  /** Changes the due time of every task that is not fixed. */
  reschedule(change: (due: number) => number): void {
    for (const task of this.#tasks) if (!task.isFixed) task.due = change(task.due);
    this.#tasks = sorted(this.#tasks);
  }

  clear(): void {
    this.#tasks = [];
    this.#canceled = 0;
  }
}

/** A sorted list is a heap. */
function sorted(tasks: readonly Task[]): Task[] {
  return [...tasks].sort((a, b) => (isBefore(a, b) ? -1 : 1));
}

function isBefore(a: Task, b: Task): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}
